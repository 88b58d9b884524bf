"""The values of settings in the words of the form."""

from core.backbones.table import get_backbone

WEIGHTS = {"imagenet": "Pretrained on ImageNet", "none": "From scratch"}
POOLINGS = {"average": "Average over the picture", "flatten": "Flatten, keep every position"}
PREPROCESSINGS = {"native": "As the network was trained", "unit": "Pixels divided by 255"}
SCHEDULES = {"constant": "Constant", "cosine": "Falling to zero (cosine)"}
ENGINES = {"auto": "The fastest exact one", "tensorflow": "TensorFlow", "bfloat16": "OpenVINO in bfloat16"}
CHOICES = {
    "weights": WEIGHTS,
    "pooling": POOLINGS,
    "preprocessing": PREPROCESSINGS,
    "schedule": SCHEDULES,
    "engine": ENGINES,
}


def setting_value(name: str, value: bool | int | float | str) -> str:
    """Returns the value of a setting as the form shows it.

    Args:
        name: of the setting, see `core.config.training_config.SETTINGS`.
        value: a valid value of it.
    """
    if name == "backbone":
        return get_backbone(str(value)).label
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    # The weights may be the path of a file.
    return CHOICES.get(name, {}).get(value, value)
