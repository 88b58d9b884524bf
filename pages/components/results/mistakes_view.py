"""All mistakes of a run's model as a gallery, with filters that the address keeps."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.evaluation.evaluation import Evaluation
from core.evaluation.mistakes import Filter, Mistake, Order, fitting
from core.evaluation.prediction import Verdict
from core.runs.records.store import Run
from pages.components import wording
from pages.components.check import dataset_queries, decisions
from pages.components.results import choices, mistake_cards, results_view, run_pictures, stored
from pages.components.shared import pictures
from pages.components.shell import session
from pages.components.testing.answer_view import VERDICTS

A_PAGE = 24
CARD_WIDTH = 210
ORDERS = {Order.MOST_SURE: "Most sure first", Order.LEAST_SURE: "Least sure first", Order.NAME: "By file name"}


def show(run: Run) -> None:
    """Draws the section.

    Args:
        run: has a model.
    """
    choices.begin(run)
    with session.errors_shown():
        evaluation = results_view.choose_evaluation(run)
        mistakes = stored.mistakes(run, evaluation)
        total = wording.count(len(evaluation.labels), "picture")
        if not mistakes:
            st.success(f"No mistakes: it got all {total} right.", icon=":material/check_circle:")
            return
        found = fitting(mistakes, _choose_filter(evaluation, mistakes))
        shown = f"; {len(found):,} shown" if len(found) < len(mistakes) else ""
        st.markdown(f"**{len(mistakes):,}** of {total} taken for something else{shown}.")
        if not found:
            st.button(
                "Show all mistakes",
                icon=":material/filter_alt_off:",
                on_click=choices.show_all,
                key="all_mistakes",
            )
            return
        dataset = run_pictures.dataset_of(run)
        if dataset is not None:
            _gallery(dataset, evaluation, found)


def _choose_filter(evaluation: Evaluation, mistakes: Sequence[Mistake]) -> Filter:
    names = evaluation.class_names
    own = [names[number] for number in sorted({mistake.label for mistake in mistakes})]
    given = [names[number] for number in sorted({mistake.answer for mistake in mistakes})]
    verdicts = [verdict for verdict in Verdict if any(mistake.verdict == verdict for mistake in mistakes)]
    grid = st.grid(4 if verdicts else 3, min_column_width=160, gap="small")
    with grid.cell():
        label = _choose("True class", own, choices.TRUE, "All classes")
    with grid.cell():
        answer = _choose("Taken for", given, choices.TAKEN_FOR, "All classes")
    verdict = None
    if verdicts:
        with grid.cell():
            words = [VERDICTS[one][0] for one in verdicts]
            chosen = _choose("How sure", words, choices.VERDICT, "Sure or not")
            verdict = verdicts[words.index(chosen)] if chosen is not None else None
    with grid.cell():
        order = st.selectbox(
            "Order",
            list(ORDERS),
            key=choices.ORDER,
            format_func=ORDERS.__getitem__,
            on_change=choices.first_page,
            bind="query-params",
        )
    return Filter(
        names.index(label) if label is not None else None,
        names.index(answer) if answer is not None else None,
        verdict,
        order,
    )


def _choose(label: str, options: Sequence[str], key: str, placeholder: str) -> str | None:
    return st.selectbox(
        label,
        options,
        key=key,
        index=None,
        placeholder=placeholder,
        on_change=choices.first_page,
        bind="query-params",
    )


def _gallery(dataset: DatasetIndex, evaluation: Evaluation, found: Sequence[Mistake]) -> None:
    by_path = dataset_queries.by_path(dataset)
    known = [mistake for mistake in found if mistake.path in by_path]
    if gone := len(found) - len(known):
        run_pictures.say_gone(gone)
    if not known:
        return
    shown = mistake_cards.Shown(dataset, evaluation.class_names, by_path, decisions.current(dataset))
    cards, pages = st.container(), st.container()
    num_pages = -(-len(known) // A_PAGE)
    with pages:
        page = st.pagination(num_pages, key=choices.PAGE, bind="query-params") if num_pages > 1 else 1
    pressed = None
    with cards:
        grid = st.grid(min_column_width=CARD_WIDTH, gap="small", key="cards_mistakes")
        for mistake in known[(page - 1) * A_PAGE : page * A_PAGE]:
            with grid.cell():
                if mistake_cards.card(shown, mistake):
                    pressed = by_path[mistake.path]
    if pressed is not None:
        by_picture = {mistake.path: mistake for mistake in known}
        samples = [by_path[mistake.path] for mistake in known]
        about = partial(_about, by_picture, evaluation.class_names)
        pictures.enlarge(dataset, samples, pressed, about)


def _about(mistakes: dict[str, Mistake], class_names: tuple[str, ...], sample: Sample) -> None:
    mistake_cards.words(mistakes[sample.path], class_names)
