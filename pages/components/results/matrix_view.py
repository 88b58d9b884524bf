"""The confusion matrix and the pictures of its chosen cell.

The cell is chosen by a click, or in a list that the keyboard reaches too. The address has it, as the numbers of the
true class and of the answer.
"""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from core.evaluation.threshold import Answers
from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import evaluation_charts, matrix_chart
from pages.components.results import choices, run_pictures
from pages.components.shared import pictures
from pages.components.shell import widget_values

NO_ANSWER = "none"
MOST_CLASSES = 100
MOST_CELLS = 500
A_PAGE = 24
# True class and answer, as numbers of classes; None for no answer.
Cell = tuple[int, int | None]
# Opens the mistakes: all of them, or those with a true class and an answer, as their numbers.
OpenMistakes = Callable[..., None]


def show(run: Run, answers: Answers) -> None:
    """Draws the matrix and, below it, the list of its cells.

    Args:
        run: has a model.
        answers: those that are given.
    """
    evaluation = answers.evaluation
    classes = evaluation.most_confused(MOST_CLASSES)
    names = [evaluation.class_names[label] for label in classes]
    confusion = answers.confusion_among(classes)
    columns: list[int | None] = [*classes, None]
    if not confusion[:, -1].any():
        confusion, columns = confusion[:, :-1], columns[:-1]
    chosen = chosen_cell(answers)
    marked = None
    if chosen and chosen[0] in classes and chosen[1] in columns:
        marked = classes.index(chosen[0]), columns.index(chosen[1])

    def pick(row: int, column: int) -> None:
        if 0 <= row < len(classes) and 0 <= column < len(columns):
            cell = classes[row], columns[column]
            choose(None if cell == chosen else cell)

    matrix_chart.show(
        evaluation_charts.confusion_matrix(confusion, names, marked), _words(names, confusion), f"matrix_{run.id}", pick
    )
    if len(names) < len(evaluation.class_names):
        total = wording.count(len(evaluation.class_names), "class")
        st.caption(f"Of {total}, the {len(names)} with the most mistakes are shown.")
    _cell_list(answers, chosen)


def _words(names: Sequence[str], confusion: np.ndarray) -> str:
    return "Confusion matrix: " + ", ".join(
        f"{name} {right} of {total} right"
        for name, right, total in zip(names, np.diag(confusion), confusion.sum(axis=1), strict=True)
    )


def chosen_cell(answers: Answers) -> Cell | None:
    """Returns the cell in the address; None if it has none, or one that these answers can't have."""
    numbers = {str(number): number for number in range(len(answers.evaluation.class_names))}
    code = st.query_params.get(choices.CELL, "")
    label, _, answer = code.partition("-")
    is_cell = label in numbers and answer in (*numbers, NO_ANSWER)
    return (numbers[label], numbers.get(answer)) if choices.chosen(choices.CELL, [code] if is_cell else []) else None


def choose(cell: Cell | None) -> None:
    """Opens the pictures of a cell with the next drawing; None closes them. For callbacks."""
    code = "" if cell is None else f"{cell[0]}-{NO_ANSWER if cell[1] is None else cell[1]}"
    choices.choose({choices.CELL: code})


def _cell_list(answers: Answers, chosen: Cell | None) -> None:
    counts = answers.cells()
    order = sorted(counts, key=lambda cell: (cell[0] == cell[1], -counts[cell], cell[0]))[:MOST_CELLS]
    if chosen and chosen not in order:
        order.append(chosen)
    st.selectbox(
        "Pictures of a cell",
        order,
        key=widget_values.shown(choices.CELL, chosen),
        index=None,
        placeholder="Click a cell, or choose one here",
        format_func=lambda cell: f"{title(answers, cell)} ({counts.get(cell, 0):,})",
        on_change=widget_values.when_changed(choices.CELL, choose),
    )


def title(answers: Answers, cell: Cell) -> str:
    """Returns what the pictures of a cell have in common: `cat taken for dog`."""
    names = answers.evaluation.class_names
    label, answer = cell
    if answer is None:
        return f"{names[label]} without an answer"
    return f"{names[label]}, rightly" if answer == label else f"{names[label]} taken for {names[answer]}"


def show_pictures(run: Run, answers: Answers, open_mistakes: OpenMistakes) -> None:
    """Draws the pictures of the chosen cell, if there is one, with the way back.

    Args:
        run: has a model.
        answers: those that are given.
        open_mistakes: opens the mistakes.
    """
    cell = chosen_cell(answers)
    if cell is None:
        return
    evaluation, indices = answers.evaluation, answers.indices_of(*cell)
    with st.container(border=True, key="cell"):
        with st.container(horizontal=True, vertical_alignment="center"):
            heading = wording.plain(wording.with_short(evaluation.class_names, title(answers, cell)))
            st.markdown(f"**{heading}** · {wording.count(len(indices), 'picture')}", width="content")
            if cell[1] not in (None, cell[0]) and indices:
                st.button(
                    "Open in Mistakes",
                    key="to_mistakes",
                    icon=":material/rule:",
                    on_click=open_mistakes,
                    args=(str(cell[0]), str(cell[1])),
                )
            st.button(
                "Close", key="cell_close", icon=":material/close:", type="tertiary", on_click=choose, args=(None,)
            )
        dataset = run_pictures.dataset_of(run, evaluation) if indices else None
        if dataset is None:
            return
        known, by_path = run_pictures.known(dataset, evaluation, indices)
        shown = pictures.page_of(known, A_PAGE, f"cell_page_{run.id}_{cell[0]}_{cell[1]}")
        top = evaluation.probabilities.max(axis=1)
        pictures.gallery(
            "cell",
            dataset,
            [by_path[evaluation.paths[index]] for index in shown],
            [f"{title(answers, cell)}: {by_path[evaluation.paths[index]].name}" for index in shown],
            [wording.percent(top[index]) for index in shown],
            among=[by_path[evaluation.paths[index]] for index in known],
        )
