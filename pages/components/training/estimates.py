"""Questions about a run before it is started: how long it will take, which learning rate suits it, what to expect.

Questions leave out settings that have no effect, so that changing one of those doesn't ask again. No Streamlit calls.
"""

from core.config.training_config import TrainingConfig
from core.forecast.advice import Advice
from core.forecast.forecast import Forecast
from core.forecast.rate_curve import RateCurve
from core.forecast.relevant_settings import settings_for_advice, settings_for_rate, settings_for_time
from core.processes.inference_client import InferenceClient
from core.progress import OnEvent, ShouldStop

# A configuration and the id of a data set.
Question = tuple[TrainingConfig, str]
# ... and whether pictures may go through the network for the answer.
AdviceQuestion = tuple[TrainingConfig, str, bool]


def time_question(config: TrainingConfig, dataset_id: str) -> Question:
    """Returns the question of how long a run will take."""
    return settings_for_time(config), dataset_id


def rate_question(config: TrainingConfig, dataset_id: str) -> Question:
    """Returns the question of which learning rate suits a run."""
    return settings_for_rate(config), dataset_id


def advice_question(config: TrainingConfig, dataset_id: str, computes: bool) -> AdviceQuestion:
    """Returns the question of what a network's features are worth."""
    return settings_for_advice(config), dataset_id, computes


def find_forecast(
    client: InferenceClient, question: Question, is_warm: bool, on_event: OnEvent, should_stop: ShouldStop
) -> Forecast:
    """Asks the estimates process how long a run will take.

    Raises:
        CoreError: it can't be estimated.
        Stopped: `should_stop` said so.
    """
    return client.forecast(*question, is_warm, on_event, should_stop)


def find_curve(client: InferenceClient, question: Question, on_event: OnEvent, should_stop: ShouldStop) -> RateCurve:
    """Asks the estimates process for a learning rate.

    Raises:
        CoreError: there is none.
        Stopped: `should_stop` said so.
    """
    return client.find_rate(*question, on_event, should_stop)


def find_advice(
    client: InferenceClient, question: AdviceQuestion, on_event: OnEvent, should_stop: ShouldStop
) -> Advice:
    """Asks the estimates process what a network's features are worth.

    Raises:
        CoreError: it can't be measured.
        Stopped: `should_stop` said so.
    """
    return client.advise(*question, on_event, should_stop)
