"""A model's predictions: picture, bars and a verdict in words for one; a table and a CSV file for many."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.evaluation.prediction import Prediction, Verdict
from core.images.decoding import thumbnail
from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import chart_view, charts
from pages.components.shared import tables
from pages.components.shell import session

PICTURE_SIDE = 320
A_PAGE = 6
MOST_KEPT = 32
VERDICT_ICONS = {
    Verdict.SURE: ":material/check_circle:",
    Verdict.UNSURE: ":material/help:",
    Verdict.UNLIKE: ":material/warning:",
}


@dataclass(frozen=True)
class Picture:
    """A picture to classify.

    Attributes:
        name: the user's name for it.
        source: its bytes, or its file.
        true_class: its class, if known.
    """

    name: str
    source: bytes | Path
    true_class: str = ""

    @property
    def digest(self) -> str:
        """Identifies its content, so that each picture is classified once."""
        content = self.source if isinstance(self.source, bytes) else str(self.source).encode()
        return hashlib.sha256(content).hexdigest()


@st.cache_data(show_spinner=False, max_entries=MOST_KEPT)
def _answers(run_id: str, digests: tuple[str, ...], _sources: Sequence[bytes | Path]) -> list[Prediction]:
    return session.inference_client().predict(run_id, list(_sources))


def show(run: Run, chosen: Sequence[Picture]) -> None:
    """Asks the model and draws its predictions."""
    with st.spinner(f"Looking at {wording.count(len(chosen), 'picture')}"):
        digests = tuple(picture.digest for picture in chosen)
        answers = _answers(run.id, digests, [picture.source for picture in chosen])
    if len(chosen) > 1:
        _show_table(run, chosen, answers)
    pages = -(-len(chosen) // A_PAGE)
    page = st.pagination(pages, key=f"answers_{len(chosen)}") if pages > 1 else 1
    part = slice((page - 1) * A_PAGE, page * A_PAGE)
    grid = st.grid(2 if len(chosen) > 1 else 1, min_column_width=320, border=True)
    for index, (picture, answer) in enumerate(zip(chosen[part], answers[part], strict=True)):
        with grid.cell():
            _show_answer(picture, answer, index)


def _show_answer(picture: Picture, answer: Prediction, index: int) -> None:
    if answer.error:
        st.markdown(f"**{wording.plain(picture.name)}**")
        st.warning(f"Can't be read: {wording.plain(answer.error)}", icon=":material/warning:")
        return
    left, right = st.columns([1, 2], vertical_alignment="center")
    with left:
        _show_picture(picture)
    with right:
        words = wording.verdict(f"**{wording.plain(answer.class_name)}**", answer.probability, answer.verdict)
        st.markdown(f"{VERDICT_ICONS[answer.verdict]} {words}")
        chart_view.show(
            charts.probabilities(answer.class_names, answer.probabilities),
            alt=", ".join(f"{name} {wording.percent(value)}" for name, value in answer.top()),
            key=f"answer_{index}",
        )
        if picture.true_class:
            right_or_not = "right" if picture.true_class == answer.class_name else "wrong"
            st.caption(f"True class: {wording.plain(picture.true_class)}. The model is {right_or_not}.")


def _show_picture(picture: Picture) -> None:
    try:
        small = thumbnail(picture.source, PICTURE_SIDE)
    except CoreError:
        st.caption("No preview")
        return
    st.image(small, alt=picture.name, caption=wording.plain(picture.name), width="stretch")


def _show_table(run: Run, chosen: Sequence[Picture], answers: Sequence[Prediction]) -> None:
    rows: dict[str, Sequence[object]] = {
        "Picture": [picture.name for picture in chosen],
        "Answer": [answer.class_name or None for answer in answers],
        "Probability": [None if answer.error else answer.probability * 100 for answer in answers],
        "Verdict": [answer.error or str(answer.verdict) for answer in answers],
    }
    if any(picture.true_class for picture in chosen):
        rows["True class"] = [picture.true_class for picture in chosen]
    tables.show(
        rows,
        alt="The answer to each picture",
        column_config={"Probability": st.column_config.NumberColumn(format="%.1f %%")},
        placeholder=wording.UNKNOWN,
    )
    st.download_button(
        "Download as CSV",
        answers_as_csv(chosen, answers),
        file_name=f"answers-{run.id}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def answers_as_csv(chosen: Sequence[Picture], answers: Sequence[Prediction]) -> bytes:
    """Returns the predictions as CSV for spreadsheets, with every probability.

    Pictures that couldn't be read have none.
    """
    rows = [["picture", "answer", "probability", "verdict", "error", *answers[0].class_names]]
    for picture, answer in zip(chosen, answers, strict=True):
        numbers = ["" if answer.error else f"{value:.6f}" for value in (answer.probability, *answer.probabilities)]
        verdict = "" if answer.error else str(answer.verdict)
        rows.append([picture.name, answer.class_name, numbers[0], verdict, answer.error, *numbers[1:]])
    return tables.rows_as_csv(rows)
