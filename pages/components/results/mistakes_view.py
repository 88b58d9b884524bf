"""All mistakes of a run's model as a gallery, with filters that the address keeps."""

from collections.abc import Mapping, Sequence
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
from pages.components.shell import session, widget_values
from pages.components.testing.answer_view import VERDICTS

A_PAGE = 24
CARD_WIDTH = 210
ORDERS: dict[str, str] = {
    Order.MOST_SURE.value: "Most sure first",
    Order.LEAST_SURE.value: "Least sure first",
    Order.NAME.value: "By file name",
}


def show(run: Run) -> None:
    """Draws the section.

    Args:
        run: has a model.
    """
    choices.begin()
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
                on_click=choices.show_mistakes,
                key="all_mistakes",
            )
            return
        dataset = run_pictures.dataset_of(run, evaluation)
        if dataset is not None:
            _gallery(dataset, evaluation, found)


def _choose_filter(evaluation: Evaluation, mistakes: Sequence[Mistake]) -> Filter:
    names = evaluation.class_names
    own, given = (
        {str(number): names[number] for number in sorted(found)}
        for found in ({mistake.label for mistake in mistakes}, {mistake.answer for mistake in mistakes})
    )
    found = {mistake.verdict for mistake in mistakes}
    verdicts = {verdict.name.lower(): VERDICTS[verdict][0] for verdict in Verdict if verdict in found}
    grid = st.grid(4 if verdicts else 3, min_column_width=160, gap="small")
    with grid.cell():
        label = _choose("True class", own, choices.TRUE, "All classes")
    with grid.cell():
        answer = _choose("Taken for", given, choices.TAKEN_FOR, "All classes")
    verdict = ""
    if verdicts:
        with grid.cell():
            verdict = _choose("How sure", verdicts, choices.VERDICT, "Sure or not")
    with grid.cell():
        order = choices.chosen(choices.ORDER, ORDERS, Order.MOST_SURE.value)
        st.selectbox(
            "Order",
            list(ORDERS),
            key=widget_values.shown(choices.ORDER, order),
            format_func=ORDERS.__getitem__,
            on_change=choices.when_changed(choices.ORDER, default=Order.MOST_SURE.value, leaves_page=True),
        )
    return Filter(
        int(label) if label else None,
        int(answer) if answer else None,
        Verdict[verdict.upper()] if verdict else None,
        Order(order),
    )


def _choose(label: str, options: Mapping[str, str], name: str, placeholder: str) -> str:
    """Draws a choice of one of the codes, given with their words; returns an empty one for all."""
    code = choices.chosen(name, options)
    st.selectbox(
        label,
        list(options),
        key=widget_values.shown(name, code or None),
        index=None,
        placeholder=placeholder,
        format_func=options.__getitem__,
        on_change=choices.when_changed(name, leaves_page=True),
    )
    return code


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
    numbers = [str(number) for number in range(1, num_pages + 1)]
    page = int(choices.chosen(choices.PAGE, numbers, "1"))
    if num_pages > 1:
        with pages:
            key, changed = widget_values.shown(choices.PAGE, page), choices.when_changed(choices.PAGE, default="1")
            st.pagination(num_pages, key=key, on_change=changed)
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
