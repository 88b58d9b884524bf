"""The table of all answers, folded, with a CSV file to download."""

from collections.abc import Sequence

import streamlit as st

from core.evaluation.prediction import Prediction
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shared import tables
from pages.components.testing.answering import Answered


def show(run: Run, answered: Sequence[Answered], key: str = "") -> None:
    """Draws the table, and the button to download it with every probability.

    Args:
        run: the model's run.
        answered: the pictures with their answers.
        key: begins the names of the widgets.
    """
    with st.expander("All answers as a table", icon=":material/table_rows:"):
        # The table's toolbar lies over what is above it.
        st.download_button(
            "Download as CSV",
            lambda: as_csv(answered),
            file_name=f"answers-{run.id}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"{key}answers_csv",
        )
        st.caption("A dash is no answer: the picture is unlike anything seen, or can't be read.")
        tables.show(
            columns(answered),
            alt="The answer to each picture",
            column_config={"Probability": st.column_config.NumberColumn(format="%.1f %%")},
            placeholder=wording.UNKNOWN,
        )


def columns(answered: Sequence[Answered]) -> dict[str, list[object]]:
    """Returns the table's columns. Without an answer there is no class, but the nearest one is beside it."""
    answers = [one.answer for one in answered]
    found: dict[str, list[object]] = {
        "Picture": [one.picture.name for one in answered],
        "Answer": [answer.answer or None for answer in answers],
        "Verdict": [answer.error or str(answer.verdict) for answer in answers],
        "Nearest class": [nearest_class(answer) or None for answer in answers],
        "Probability": [None if answer.error else answer.probability * 100 for answer in answers],
    }
    if any(one.picture.true_class for one in answered):
        found["True class"] = [one.picture.true_class for one in answered]
    return found


def nearest_class(answer: Prediction) -> str:
    """Returns the class that is the nearest to a picture without an answer; empty if there is an answer."""
    return "" if answer.answer else answer.class_name


def as_csv(answered: Sequence[Answered]) -> bytes:
    """Returns the answers as CSV for spreadsheets, with every probability.

    Pictures that couldn't be read have none.
    """
    rows = [["picture", "answer", "nearest class", "probability", "verdict", "error", *answered[0].answer.class_names]]
    for one in answered:
        answer = one.answer
        numbers = ["" if answer.error else f"{value:.6f}" for value in (answer.probability, *answer.probabilities)]
        verdict = "" if answer.error else str(answer.verdict)
        rows.append(
            [one.picture.name, answer.answer, nearest_class(answer), numbers[0], verdict, answer.error, *numbers[1:]]
        )
    return tables.rows_as_csv(rows)
