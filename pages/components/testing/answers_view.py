"""Many answers: a summary, a choice of which and in which order, a card for each picture, one of them enlarged."""

from collections.abc import Sequence

import streamlit as st

from core.runs.records.store import Run
from pages.components import wording
from pages.components.shared.pictures import page_of
from pages.components.testing import answer_view, answers_table, summary
from pages.components.testing.answering import Answered, fingerprint
from pages.components.testing.picture import small_copy
from pages.components.testing.summary import Group, Order

A_PAGE = 48
CARD_WIDTH = 150
# More are offered in a list that can be searched.
MOST_PILLS = 12
ALL = "all"
ICONS = {str(verdict): icon for verdict, (_, _, icon) in answer_view.VERDICTS.items()} | {
    summary.WRONG: ":material/close:",
    summary.UNREADABLE: ":material/warning:",
}
ENLARGED = "enlarged_answer"


def show(run: Run, answered: Sequence[Answered], key: str = "") -> None:
    """Draws the answers.

    Args:
        run: the model's run.
        answered: the pictures with their answers.
        key: begins the names of the widgets.
    """
    groups = summary.groups(answered)
    with st.container(key=f"{key}answers_summary"):
        st.markdown(" · ".join(filter(None, [summary.sentence(groups), summary.rightness(answered)])))
    # A choice among these answers has no meaning for others.
    about = fingerprint(run, [one.picture for one in answered])
    with st.container(horizontal=True, vertical_alignment="center"):
        code = _choose_group(groups, f"{key}answers_shown_{about}") if len(groups) > 1 else ALL
        order = _choose_order(f"{key}answers_order")
    chosen = summary.ordered(answered if code == ALL else summary.in_group(answered, code), order)
    readable = [one for one in chosen if not one.answer.error]
    cards = st.container()
    page = page_of(readable, A_PAGE, f"{key}answers_page_{about}_{code}_{order}")
    with cards:
        _show_cards(page, key, run)
    if len(readable) < len(chosen):
        answer_view.unreadable([one for one in chosen if one.answer.error])
    answers_table.show(run, answered, key)


def _choose_order(key: str) -> Order:
    chosen = st.selectbox(
        "Order", list(Order), key=key, width=180, persist_state="session", label_visibility="collapsed"
    )
    return chosen or Order.LEAST_SURE


def _choose_group(groups: Sequence[Group], key: str) -> str:
    """Draws the choice of what to see, and returns the code of the group, or `ALL`."""
    if len(groups) >= MOST_PILLS:
        # Lists show text as it is.
        names = {ALL: "All"} | {group.code: group.name for group in groups}
        return st.selectbox(
            "Show", list(names), format_func=names.__getitem__, key=key, width=260, label_visibility="collapsed"
        )
    labels = {ALL: "All"} | {group.code: f"{ICONS.get(group.code, '')} {group.label}" for group in groups}
    chosen = st.pills(
        "Show",
        list(labels),
        default=ALL,
        required=True,
        format_func=labels.__getitem__,
        key=key,
        label_visibility="collapsed",
        wrap=True,
    )
    return chosen or ALL


def _show_cards(answered: Sequence[Answered], key: str, run: Run) -> None:
    grid = st.grid(min_column_width=CARD_WIDTH, gap="small", key=f"{key}answer_cards")
    for place, one in enumerate(answered):
        with grid.cell(), st.container(key=f"{key}answer_card_{place}", gap="xsmall"):
            _show_card(one)
            # It lies over the picture: a click on the picture enlarges it, and so does the Enter key.
            if st.button(f"Enlarge picture {one.number}", key=f"{key}enlarge_{place}", type="tertiary"):
                _enlarge(answered, place, key, run)


def _show_card(one: Answered) -> None:
    copy = small_copy(one.picture)
    if copy is None:
        st.caption("No preview")
    else:
        st.image(copy, alt=one.picture.name, width="stretch")
    percent = f" {wording.percent(one.answer.probability)}" if one.answer.answer else ""
    st.markdown(f"**{answer_view.in_words(one.answer)}**{percent}")
    answer_view.badges(one)
    st.caption(answer_view.name_line(one))


def _enlarge(answered: Sequence[Answered], place: int, key: str, run: Run) -> None:
    """Opens a dialog with one picture and its answer, from which the others can be reached."""
    st.session_state[ENLARGED] = place
    last = len(answered) - 1

    def turn(step: int) -> None:
        st.session_state[ENLARGED] = min(last, max(0, st.session_state[ENLARGED] + step))

    @st.dialog("Picture and answer", width="large")
    def draw() -> None:
        now = st.session_state[ENLARGED]
        answer_view.show(answered[now], f"{key}enlarged", run)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Previous",
                icon=":material/chevron_left:",
                on_click=turn,
                args=(-1,),
                disabled=now == 0,
                shortcut="Left",
                key=f"{key}previous_answer",
            )
            st.button(
                "Next",
                icon=":material/chevron_right:",
                on_click=turn,
                args=(1,),
                disabled=now == last,
                shortcut="Right",
                key=f"{key}next_answer",
            )
            st.caption(f"{now + 1:,} of {len(answered):,}")

    draw()
