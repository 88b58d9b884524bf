"""One answer, large: the class, how reliable it is and what that means, and a bar for each class."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import streamlit as st

from core.evaluation import verdicts
from core.evaluation.prediction import Prediction, Verdict
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shell import address, session
from pages.components.testing.answering import Answered
from pages.components.testing.picture import Picture, large_copy
from pages.components.testing.summary import is_right

MOST_BARS = 5
MOST_UNREADABLE = 10
BadgeColor = Literal["green", "orange", "gray"]
VERDICTS: dict[Verdict, tuple[str, BadgeColor, str]] = {
    Verdict.SURE: ("Sure", "green", ":material/check_circle:"),
    Verdict.UNSURE: ("Unsure", "orange", ":material/help:"),
    Verdict.UNLIKE: ("Unlike anything seen", "gray", ":material/block:"),
}


def show(one: Answered, key: str, run: Run) -> None:
    """Draws a picture with its answer beside it.

    Args:
        one: the picture with its answer.
        key: unique on the page.
        run: the model's run.
    """
    left, right = st.columns([5, 4], gap="medium", vertical_alignment="center")
    with left:
        _show_picture(one.picture, key)
    with right:
        words(one)
        _lead_to_reason(one, key, run)


def _lead_to_reason(one: Answered, key: str, run: Run) -> None:
    """Draws the button that leads to what spoke for the answer, if the picture is one of the data set's."""
    if not isinstance(one.picture.source, Path) or one.answer.error:
        return
    # A link to the page that is open already would leave its address as it is.
    if st.button("Why?", icon=":material/help_center:", key=f"why_{key}"):
        st.switch_page(
            session.RUN,
            query_params={"run": run.id, address.SECTION: "explain"}
            | {address.PICTURE: one.picture.digest[: address.DIGITS]},
        )


def _show_picture(picture: Picture, key: str) -> None:
    copy = large_copy(picture)
    with st.container(key=f"answer_picture_{key}"):
        if copy is None:
            st.caption("No preview")
        else:
            st.image(copy, alt=picture.name, width="stretch")


def words(one: Answered) -> None:
    """Draws an answer without its picture."""
    answer = one.answer
    if answer.error:
        unreadable([one])
        return
    st.header(in_words(answer), anchor=False)
    badges(one)
    st.markdown(verdicts.meaning(answer))
    st.html(bars(answer))
    st.caption(name_line(one))


def in_words(answer: Prediction) -> str:
    """Returns the answer as Markdown: the class, or a dash and the nearest class behind it."""
    if answer.answer:
        return wording.plain(wording.short(answer.answer))
    return f"{wording.UNKNOWN} :gray[{wording.plain(verdicts.nearest(wording.short(answer.class_name)))}]"


def name_line(one: Answered) -> str:
    """Returns a picture's name as Markdown, with its true class where that isn't the answer."""
    name = wording.plain(one.picture.name)
    if not one.picture.true_class or is_right(one):
        return name
    return f"True class: **{wording.plain(wording.short(one.picture.true_class))}** · {name}"


def badges(one: Answered) -> None:
    """Draws how reliable an answer is and, if that is known, whether it is right."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _verdict_badge(one.answer)
        _right_or_wrong(one)


def _verdict_badge(answer: Prediction) -> None:
    """Draws how reliable an answer is: by colour, symbol and word, and in a sentence where the pointer rests on it."""
    word, color, icon = VERDICTS[answer.verdict]
    st.badge(word, color=color, icon=icon, help=verdicts.meaning(answer))


def _right_or_wrong(one: Answered) -> None:
    """Says whether an answer is right, if that is known."""
    found = is_right(one)
    if found:
        st.badge("Right", color="green", icon=":material/check:")
    elif found is False:
        st.badge("Wrong", color="red", icon=":material/close:")


def bars(answer: Prediction) -> str:
    """Returns HTML that shows the most probable classes as bars; grey if the picture is unlike anything seen."""
    rows = "".join(
        f"<li><span>{html.escape(wording.short(name))}</span><span>{wording.percent(probability)}</span>"
        f'<div aria-hidden="true"><div style="width: {probability * 100:.1f}%"></div></div></li>'
        for name, probability in answer.top(MOST_BARS)
    )
    kind = "answer-bars" if answer.answer else "answer-bars quiet"
    return f'<ul class="{kind}">{rows}</ul>'


def unreadable(answered: Sequence[Answered]) -> None:
    """Names the pictures that can't be read, with the reasons."""
    lines = [f"- **{wording.plain(one.picture.name)}**: {wording.plain(one.answer.error)}" for one in answered]
    heading = f"{wording.count(len(lines), 'picture')} can't be read"
    st.warning("\n".join([heading, "", *lines[:MOST_UNREADABLE]]), icon=":material/warning:")
    if further := lines[MOST_UNREADABLE:]:
        with st.expander(f"{len(further):,} more that can't be read"):
            st.markdown("\n".join(further))
