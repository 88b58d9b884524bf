"""What will be trained, how long it takes, what goes before it, and the Start button: always in view."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import streamlit as st

from core.backbones.availability import manual_ways
from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.files.user_files import is_file
from core.forecast.wording import shortage
from core.settings import settings
from pages.components import wording
from pages.components.shell import polling, widget_values
from pages.components.training import backbone_words, connection, forecast_view
from pages.components.training.estimates import Question

POLL_SECONDS = 2.0
OTHER_WEIGHTS = ("imagenet", "none")
INVALID = "These settings can't be trained yet"


@dataclass(frozen=True)
class Obstacle:
    """Why training can't start.

    Attributes:
        text: the reason, and what to do.
        backbone: the name of a backbone to choose instead; empty if that wouldn't help.
        other_way: what else would help; empty if there is nothing.
    """

    text: str
    backbone: str = ""
    other_way: str = ""


def show(
    config: TrainingConfig | None,
    obstacle: Obstacle | None,
    num_training: int,
    questions: tuple[Question | None, Sequence[Question]],
    queue_words: Callable[[], str],
) -> bool:
    """Draws the box.

    Args:
        config: the form's current configuration; None if it is invalid.
        obstacle: why training can't start; None if it can.
        num_training: the number of training pictures.
        questions: the forecasts to show: for the form, and for the recipes' cards.
        queue_words: returns, as Markdown, which runs go before a run that is started now; empty if none do.

    Returns:
        Whether Start was pressed.
    """
    own, cards = questions
    with st.container(border=True, key="summary"):
        left, right = st.columns([4, 1], vertical_alignment="center")
        with left, st.container(gap="xsmall"):
            st.markdown(f"**{wording.plain(what(config, num_training) if config else INVALID)}**")
            if obstacle:
                st.markdown(f":orange[:material/block:] {wording.plain(obstacle.text)}")
            forecast_view.show(None if obstacle else own, cards, backbone_words.missing_urls())
            _show_queue(queue_words)
        with right:
            if obstacle and obstacle.backbone:
                label = get_backbone(obstacle.backbone).label
                fix = {"backbone": obstacle.backbone, "weights": "imagenet"}
                st.button(
                    f"Use {label}",
                    key="use_backbone",
                    type="primary",
                    on_click=widget_values.fill,
                    args=(fix,),
                    width="stretch",
                )
            return st.button(
                "Start training",
                type="primary",
                icon=":material/play_arrow:",
                disabled=obstacle is not None,
                help=wording.plain(obstacle.other_way) if obstacle and obstacle.other_way else None,
                key="start",
                width="stretch",
            )


def what(config: TrainingConfig, num_training: int) -> str:
    """Returns in words what will be trained."""
    network = get_backbone(config.backbone).label
    blocks = config.freeze.trainable_blocks
    head = "Two new layers" if config.head.units else "A new last layer"
    part = wording.count(blocks, "block") if blocks > 1 else "block"
    some = f"the last {part} of it" if config.num_frozen_blocks else "all of it"
    if config.from_scratch and blocks:
        trained = f"{network} from scratch: {some}, without what it has learned from photographs"
    elif not blocks:
        state = "untrained " if config.from_scratch else ""
        trained = f"{head} on {state}{network}, which stays as it is"
    elif config.head_epochs:
        trained = f"{head} on {network}, then {some} too"
    else:
        trained = f"{head} on {network} and {some}, together"
    if config.adaptation.is_on:
        trained = f"{trained}, then adapted to unlabelled pictures"
    return f"{trained}; {wording.count(num_training, 'picture')} to learn from"


def why_not(config: TrainingConfig, num_classes: int) -> Obstacle | None:
    """Returns why training with this many classes can't start, or None if it can."""
    backbone = get_backbone(config.backbone)
    if config.weights not in OTHER_WEIGHTS and not is_file(Path(config.weights)):
        return Obstacle(f"The weight file {config.weights} is gone. Choose other weights under Network.")
    if lack := shortage(config.trainable_params(num_classes), psutil.virtual_memory().available):
        return Obstacle(lack)
    if config.weights != "imagenet" or not (needed := backbone_words.needs(backbone)):
        return None
    url = backbone.weights_file.url
    # Until it is known whether there is a connection, there is no reason to refuse a download.
    if url and connection.is_reachable(url) is not False:
        return None
    other = backbone_words.working_now()
    advice = f" Choose {other.label}, which works now." if other else ""
    return Obstacle(
        f"{backbone.label} {needed}.{advice}",
        backbone=other.name if other else "",
        other_way=f"Or {', or '.join(manual_ways(backbone, settings()))}.",
    )


def _show_queue(queue_words: Callable[[], str]) -> None:
    """Draws which runs go before, repeatedly while there are any."""
    first = queue_words()

    def draw() -> bool:
        words = queue_words()
        if words:
            st.markdown(f":material/hourglass_empty: {words}")
        return bool(words)

    polling.poll("turn", draw, bool(first), POLL_SECONDS)
