"""The value of a setting in words. No Streamlit calls."""

from core.backbones.table import get_backbone


def setting_words(name: str, value: object) -> str:
    """Returns the value of a setting as users know it.

    Args:
        name: of the setting.
        value: a valid value of it.
    """
    if name == "backbone":
        return get_backbone(str(value)).label
    if isinstance(value, bool):
        return "On" if value else "Off"
    return f"{value:g}" if isinstance(value, float) else str(value)
