"""What one kind of experiment shows besides accuracy: costs, blocks of the network, steps of the article."""

from collections.abc import Sequence
from itertools import pairwise

import streamlit as st

from core.backbones.table import get_backbone
from core.experiments import words
from core.experiments.experiment import Kind
from core.experiments.prediction import predicted
from core.experiments.progress import ExperimentState
from core.experiments.results import Outcome
from core.settings import MEGABYTE
from pages.components.charts import chart_view
from pages.components.experiments import cost_charts
from pages.components.shell import session

BYTES_PER_NUMBER = 4


def show(state: ExperimentState, found: Sequence[Outcome]) -> None:
    """Draws the charts of the experiment's kind.

    Args:
        state: the experiment.
        found: its arms that are done; at least one.
    """
    kind = state.experiment.kind
    if kind == Kind.FREEZE:
        _freeze(found)
    elif kind == Kind.ARTICLE:
        _article(found)
    elif kind == Kind.BACKBONES:
        _backbones(found)


def _freeze(found: Sequence[Outcome]) -> None:
    left, right = st.columns(2)
    with left:
        st.header("What it costs", anchor=False)
        names = [words.position(Kind.FREEZE, one.arm.x) for one in found]
        chart_view.show(
            cost_charts.bars(names, [one.seconds for one in found], "Seconds"), "Seconds by trainable blocks"
        )
        chart_view.show(
            cost_charts.bars(names, [one.trainable_params for one in found], "Trained numbers", is_log=True),
            "Trained numbers by trainable blocks",
        )
    with right:
        st.header("The network", anchor=False)
        backbone = get_backbone(found[0].arm.config.backbone)
        best = max(found, key=lambda one: (one.accuracy, -one.arm.x))
        chart_view.show(
            cost_charts.blocks(backbone, round(best.arm.x)),
            f"The blocks of {backbone.label}; the last {best.arm.x:.0f} learn",
        )
        st.caption(
            f"{backbone.label} from the picture (top) to the answer (bottom), each bar as long as its block has "
            f"numbers. Filled: learns again in the most accurate run here, {words.position(Kind.FREEZE, best.arm.x)}."
        )


def _article(found: Sequence[Outcome]) -> None:
    if len(found) < 2:
        return
    steps = list(pairwise(found))
    names = [words.lane(later.arm.lane).removeprefix("+ ") for _, later in steps]
    st.header("What each difference is worth", anchor=False)
    left, right = st.columns(2)
    with left:
        gains = [100 * (later.accuracy - earlier.accuracy) for earlier, later in steps]
        chart_view.show(cost_charts.bars(names, gains, "Points of accuracy"), "Points of accuracy of each step")
    with right:
        saved = [earlier.seconds - later.seconds for earlier, later in steps]
        chart_view.show(cost_charts.bars(names, saved, "Seconds saved"), "Seconds saved by each step")
    size = len(found[0].evaluation.labels)
    st.caption(
        "Each step keeps those before it and changes one thing more; our last layer comes with its own training. "
        f"Measured on {size:,} pictures, so a difference of fewer than about {100 * 2 / size**0.5:.0f} points may be "
        "chance."
    )


def _backbones(found: Sequence[Outcome]) -> None:
    st.header("What it costs", anchor=False)
    names = [words.lane(one.arm.lane) for one in found]
    left, right = st.columns(2)
    with left:
        megabytes = [
            sum(block.parameters for block in get_backbone(one.arm.lane).blocks) * BYTES_PER_NUMBER / MEGABYTE
            for one in found
        ]
        chart_view.show(
            cost_charts.scatter(names, megabytes, [one.accuracy for one in found], "Megabytes of weights"),
            "Accuracy by size of the network",
        )
    with right:
        store = session.run_store()
        scores = [predicted(store, one.run) for one in found]
        known = [index for index, score in enumerate(scores) if score is not None]
        if known:
            figure = cost_charts.scatter(
                [names[index] for index in known],
                [scores[index] or 0.0 for index in known],
                [found[index].accuracy for index in known],
                "LogME, predicted without training",
            )
            chart_view.show(figure, "Accuracy by LogME")
