"""Where two models differ: both confusion matrices, and the pictures."""

from collections.abc import Sequence

import streamlit as st

from core.errors import CoreError
from core.evaluation.differences import Differences, differences
from core.evaluation.evaluation import Evaluation
from core.runs.records.store import Run
from core.wording.lists import listed
from pages.components import wording
from pages.components.charts import chart_view, evaluation_charts, matrix_chart
from pages.components.results import run_pictures, stored
from pages.components.shared import pictures
from pages.components.shell import session

MOST_CLASSES = 30
A_PAGE = 24
ONLY_FIRST, ONLY_SECOND, BOTH_WRONG = "first", "second", "wrong"


def show(runs: Sequence[Run]) -> None:
    """Draws where two of the runs differ; of more, two are chosen.

    Args:
        runs: those that are compared.
    """
    models = [run for run in runs if run.has_model and _evaluation(run) is not None]
    if len(models) < 2:
        return
    st.header("Where they differ", anchor=False)
    first, second = _pair(models) if len(models) > 2 else models
    with session.errors_shown():
        one, other = stored.evaluations(first)[0], stored.evaluations(second)[0]
        found = differences(one, other) if first.dataset_id == second.dataset_id else None
        _show_matrices([(first, one), (second, found.second if found else other)])
        if found is None:
            st.caption("They have different validation pictures, so they can't be compared picture by picture.")
        else:
            _show_pictures(first, second, found)


def _evaluation(run: Run) -> Evaluation | None:
    try:
        return stored.evaluations(run)[0]
    except CoreError:
        return None


def _pair(models: Sequence[Run]) -> list[Run]:
    by_id = {run.id: run for run in models}
    left, right = st.columns(2)
    ids = list(by_id)

    def choose(label: str, among: list[str], key: str) -> str:
        return st.selectbox(label, among, format_func=lambda run_id: by_id[run_id].name, key=key) or among[0]

    with left:
        first = choose("One model", ids, "differing_first")
    with right:
        second = choose("Another model", [run_id for run_id in ids if run_id != first], "differing_second")
    return [by_id[first], by_id[second]]


def _show_matrices(models: Sequence[tuple[Run, Evaluation]]) -> None:
    chart_view.load_plotly()  # above both, which therefore begin at the same height
    for column, (run, evaluation) in zip(st.columns(2, gap="medium"), models, strict=True):
        with column:
            st.markdown(f"**{wording.plain(run.name)}**")
            classes = evaluation.most_confused(MOST_CLASSES)
            names = [evaluation.class_names[label] for label in classes]
            confusion = evaluation.confusion_among(classes)
            right = f"{int(confusion.diagonal().sum()):,} of {int(confusion.sum()):,} right"
            matrix_chart.show(
                evaluation_charts.confusion_matrix(confusion, names),
                f"Confusion matrix of {run.name}: {right}",
                f"differing_matrix_{run.id}",
                loads_plotly=False,
            )
            if len(names) < len(evaluation.class_names):
                total = wording.count(len(evaluation.class_names), "class")
                st.caption(f"Of {total}, the {len(names)} with the most mistakes are shown.")


def _show_pictures(first: Run, second: Run, found: Differences) -> None:
    indices = {ONLY_FIRST: found.only_first, ONLY_SECOND: found.only_second, BOTH_WRONG: found.both_wrong}
    if not any(indices.values()):
        st.markdown("They give every picture the same answer.")
        return
    labels = {
        ONLY_FIRST: f"Only {wording.plain(first.name)} is right",
        ONLY_SECOND: f"Only {wording.plain(second.name)} is right",
        BOTH_WRONG: "Both are wrong, in different ways",
    }
    kind = st.radio(
        "Pictures",
        list(labels),
        index=next(number for number, chosen in enumerate(indices.values()) if chosen),
        format_func=lambda kind: f"{labels[kind]} ({len(indices[kind]):,})",
        key=f"differing_{first.id}_{second.id}",
    )
    chosen = indices[kind]
    if not chosen:
        st.caption("None.")
        return
    dataset = run_pictures.dataset_of(first, found.first)
    if dataset is None:
        return
    shown = pictures.page_of(chosen, A_PAGE, f"differing_page_{first.id}_{second.id}_{kind}")
    known, by_path = run_pictures.known(dataset, found.first, shown)
    names = found.first.class_names

    def answer(evaluation: Evaluation, index: int) -> str:
        top = evaluation.probabilities[index].max()
        return f"{names[evaluation.predictions[index]]} ({wording.percent(top)})"

    def about(index: int) -> str:
        wrong = {ONLY_FIRST: [found.second], ONLY_SECOND: [found.first]}.get(kind, [found.first, found.second])
        return f"{names[found.first.labels[index]]}, taken for {listed([answer(one, index) for one in wrong])}"

    samples = [by_path[found.first.paths[index]] for index in known]
    words = [about(index) for index in known]
    pictures.gallery("differing", dataset, samples, words, [wording.plain(text) for text in words])
