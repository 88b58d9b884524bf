"""What can be asked about a run before it is started: how long it will take, at which rate its head learns.

Questions leave out the fields that make no difference, so that changing one of those asks nothing anew. No Streamlit
calls.
"""

from dataclasses import dataclass

from core.config import TrainingConfig
from core.forecast import Forecast
from core.rate_curve import RateCurve
from core.serving import InferenceClient

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


@dataclass(frozen=True)
class Outlook:
    """What a run will need.

    Attributes:
        forecast: of the whole run.
        views_seconds: how much of it is for changed versions of pictures.
    """

    forecast: Forecast
    views_seconds: float


def time_question(config: TrainingConfig, dataset_id: str) -> Question:
    """Returns what to ask to know how long a run will take."""
    return _without(config, NO_MATTER_FOR_TIME), dataset_id


def rate_question(config: TrainingConfig, dataset_id: str) -> Question:
    """Returns what to ask to know at which rate a run's head learns."""
    return _without(config, NO_MATTER_FOR_RATE), dataset_id


def _without(config: TrainingConfig, names: tuple[str, ...]) -> TrainingConfig:
    defaults = TrainingConfig().options()
    return config.with_options(**{name: defaults[name] for name in names})


def find_outlook(client: InferenceClient, question: Question) -> Outlook:
    """Asks the inference process how long a run will take.

    Raises:
        CoreError: it can't be told.
    """
    config, dataset_id = question
    forecast = client.forecast(config, dataset_id)
    views_seconds = 0.0
    if config.augmentation.cached_views > 1:
        # What was measured holds for both, so the second question is answered at once.
        plain = client.forecast(config.with_options(views=1), dataset_id)
        views_seconds = max(0.0, forecast.features_seconds - plain.features_seconds)
    return Outlook(forecast, views_seconds)


def find_curve(client: InferenceClient, question: Question) -> RateCurve:
    """Asks the inference process for a learning rate.

    Raises:
        CoreError: there is none.
    """
    return client.find_rate(*question)
