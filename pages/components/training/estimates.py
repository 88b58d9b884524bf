"""What can be asked about a run before it is started: how long it will take, at which rate its head learns.

Questions leave out the fields that make no difference, so that changing one of those asks nothing anew. No Streamlit
calls.
"""

from core.config.training_config import TrainingConfig
from core.forecast.forecast import Forecast
from core.forecast.rate_curve import RateCurve
from core.processes.inference_client import InferenceClient

# A configuration and the id of a data set.
Question = tuple[TrainingConfig, str]

NO_MATTER_FOR_TIME = (
    "learning_rate",
    "fine_tune_learning_rate",
    "rate_decay",
    "schedule",
    "label_smoothing",
    "class_weighting",
    "early_stopping_patience",
)
# The finder trains the head on plain pictures, with rates of its own.
NO_MATTER_FOR_RATE = (
    "learning_rate",
    "fine_tune_learning_rate",
    "rate_decay",
    "schedule",
    "class_weighting",
    "early_stopping_patience",
    "epochs",
    "head_epochs",
    "trainable_blocks",
    "flip",
    "rotation",
    "zoom",
    "shear",
    "translation",
    "contrast",
    "brightness",
    "views",
)


def time_question(config: TrainingConfig, dataset_id: str) -> Question:
    """Returns what to ask to know how long a run will take."""
    return _without(config, NO_MATTER_FOR_TIME), dataset_id


def rate_question(config: TrainingConfig, dataset_id: str) -> Question:
    """Returns what to ask to know at which rate a run's head learns."""
    return _without(config, NO_MATTER_FOR_RATE), dataset_id


def _without(config: TrainingConfig, names: tuple[str, ...]) -> TrainingConfig:
    defaults = TrainingConfig().options()
    return config.with_options(**{name: defaults[name] for name in names})


def find_forecast(client: InferenceClient, question: Question, is_warm: bool) -> Forecast:
    """Asks the inference process how long a run will take.

    Raises:
        CoreError: it can't be told.
    """
    return client.forecast(*question, is_warm)


def find_curve(client: InferenceClient, question: Question) -> RateCurve:
    """Asks the inference process for a learning rate.

    Raises:
        CoreError: there is none.
    """
    return client.find_rate(*question)
