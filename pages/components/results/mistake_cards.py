"""One mistake of a model: the picture, what it was taken for, what can be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.datasets.edit import REMOVE
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import KEEP, RELABEL_PREFIX, UNDECIDED, PendingEdits
from core.evaluation.mistakes import Mistake
from pages.components import wording
from pages.components.check import decisions
from pages.components.shared import pictures
from pages.components.shell import address, session
from pages.components.testing.answer_view import VERDICTS

SIDE = 320
PLACE = "mistake"
DECIDED = {KEEP: "Kept as it is", REMOVE: "To be removed"}


@dataclass(frozen=True)
class Shown:
    """What the cards of one page have in common.

    Attributes:
        dataset: the run's data set.
        class_names: the classes that the model tells apart.
        by_path: the data set's pictures.
        pending: the decisions about them so far.
    """

    dataset: DatasetIndex
    class_names: tuple[str, ...]
    by_path: Mapping[str, Sample]
    pending: PendingEdits


def card(shown: Shown, mistake: Mistake) -> bool:
    """Draws one mistake. Returns whether its picture was pressed to be enlarged.

    Args:
        shown: what all cards have in common.
        mistake: of a picture that the data set has.
    """
    sample = shown.by_path[mistake.path]
    own, answer = (shown.class_names[number] for number in (mistake.label, mistake.answer))
    with st.container(gap="xsmall"):
        is_pressed = pictures.one(shown.dataset, sample, f"{own} taken for {answer}: {sample.name}", PLACE, SIDE)
        words(mistake, shown.class_names)
        name = sample.name.rsplit("/", 1)[-1]
        st.caption(wording.plain(wording.short(name)), help=wording.whole(name))
        _decision(shown, mistake, answer)
        _nearest(shown, mistake)
    return is_pressed


def words(mistake: Mistake, class_names: tuple[str, ...]) -> None:
    """Draws what a picture is, what it was taken for, and how sure the model was.

    Args:
        mistake: of the picture.
        class_names: the classes that the model tells apart.
    """
    own, answer = (class_names[number] for number in (mistake.label, mistake.answer))
    short = [wording.plain(wording.short(name)) for name in (own, answer)]
    is_whole = wording.whole(own) is None and wording.whole(answer) is None
    st.markdown(
        f"**{short[0]}** taken for **{short[1]}**",
        help=None if is_whole else f"{wording.plain(own)} taken for {wording.plain(answer)}",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if mistake.verdict is not None:
            word, color, icon = VERDICTS[mistake.verdict]
            st.badge(word, color=color, icon=icon)
        st.caption(wording.percent(mistake.probability), width="content")


def _decision(shown: Shown, mistake: Mistake, answer: str) -> None:
    """Draws the decision about a picture, with the way back and the way on, or the button that relabels it."""
    decision = shown.pending.decisions.get(mistake.path, UNDECIDED)
    if decision == UNDECIDED:
        st.button(
            "This label is wrong",
            key=f"wrong_label_{mistake.path}",
            icon=":material/label_off:",
            help=f"Relabels it as {wording.plain(answer)}. The data set stays as it is until you make a new version.",
            on_click=decisions.stage,
            args=(shown.dataset, (mistake.path,), f"{RELABEL_PREFIX}{answer}"),
        )
        return
    new = wording.plain(wording.short(decision.removeprefix(RELABEL_PREFIX)))
    done = DECIDED.get(decision) or f"Relabelled as **{new}**"
    st.markdown(f":material/inventory: {done}: decided, not applied yet.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Undo",
            key=f"undo_{mistake.path}",
            icon=":material/undo:",
            on_click=decisions.stage,
            args=(shown.dataset, (mistake.path,), UNDECIDED),
        )
        st.page_link(
            session.DATA,
            label="Apply it",
            icon=":material/auto_fix_high:",
            query_params={address.DATASET: shown.dataset.id, address.SECTION: "check"},
        )


def _nearest(shown: Shown, mistake: Mistake) -> None:
    """Draws, once it is opened, the training pictures that are most like the picture."""
    if not mistake.nearest:
        return
    popover = st.popover(
        "Nearest pictures",
        type="tertiary",
        icon=":material/image_search:",
        key=f"nearest_{mistake.path}",
        on_change="rerun",
    )
    if not popover.open:
        return
    with popover:
        st.caption("The training pictures that are most like this one to the network, with their similarity.")
        grid = st.grid(min_column_width=80, gap="xsmall", key=f"gallery_nearest_{mistake.path}")
        for near in mistake.nearest:
            with grid.cell(), st.container(gap="xsmall"):
                _near(shown, near.path, near.cosine)


def _near(shown: Shown, path: str, cosine: float) -> None:
    sample = shown.by_path.get(path)
    if sample is None:
        st.caption("Not in the data set any more.")
        return
    class_name = shown.dataset.class_names[sample.label]
    small = pictures.sample_thumbnail(shown.dataset, sample)
    if small is None:
        st.caption("Its file is missing.")
    else:
        st.image(small, alt=f"{class_name}: {sample.name}", width="stretch")
    st.caption(f"**{wording.plain(wording.short(class_name))}** · {cosine:.2f}", text_alignment="center")
