"""The list of data sets as cards: pictures, what is in them, the best model, and what to do next."""

from collections import Counter
from collections.abc import Callable, Sequence

import streamlit as st

from core.datasets.index import DatasetIndex
from core.runs.records.store import Run
from pages.components import wording
from pages.components.imports.kept_sources import kept_sources
from pages.components.library.families import Entry, best_runs, entries, matching, telling_pictures
from pages.components.results import run_views
from pages.components.shared import pictures
from pages.components.shell import address, ages, session

A_PAGE = 12
THUMBNAILS = 4
MOST_CHANGES = 90


def show(datasets: Sequence[DatasetIndex], runs: Sequence[Run]) -> None:
    """Draws the cards of a page, and what leads to the others if there are many.

    Args:
        datasets: all data sets.
        runs: all runs.
    """
    found = entries(datasets)
    if len(found) > A_PAGE:
        words = st.text_input(
            "Find", key="find_dataset", placeholder="Name or class", icon=":material/search:", live=True, width=360
        )
        found = matching(found, words or "")
        if not found:
            st.caption("No data set has such a name or class.")
            return
    best, counts = best_runs(runs), Counter(run.dataset_id for run in runs)
    shown = _page(found)
    grid = st.grid(3, min_column_width=280, border=True)
    draw_pictures: list[Callable[[], None]] = []
    for entry in shown:
        # Its key removes the mark of a link to the page that is shown, see `page.css`.
        with grid.cell(), st.container(key=f"card_{entry.dataset.id}", gap="xsmall"):
            draw_pictures.append(_card(entry, best.get(entry.dataset.id), counts[entry.dataset.id]))
    # Last, because decoding them takes longer than all the rest.
    for draw in draw_pictures:
        draw()


def _page(found: Sequence[Entry]) -> Sequence[Entry]:
    return pictures.page_of(found, A_PAGE, f"datasets_page_{len(found)}")


def _card(entry: Entry, best: Run | None, num_runs: int) -> Callable[[], None]:
    """Draws a card, and returns what draws its pictures."""
    dataset = entry.dataset
    place = st.container(key=f"card_pictures_{dataset.id}")
    st.page_link(
        session.DATA,
        label=f"**{wording.plain(wording.short(dataset.name))}**",
        help=wording.whole(dataset.name),
        query_params={address.DATASET: dataset.id},
    )
    ages.caption(
        f"{wording.classes(dataset)} · {wording.count(len(dataset.samples), 'picture')} · {ages.age(dataset.created)}"
    )
    if words := _origin(entry):
        st.caption(f":material/account_tree: {words}")
    _state(dataset, best, num_runs)
    if dataset.has_labels and st.button("Train", key=f"train_{dataset.id}", icon=":material/model_training:"):
        session.choose_dataset(dataset.id)
        st.switch_page(session.TRAIN)

    def draw() -> None:
        with place:
            grid = st.grid(THUMBNAILS, min_column_width=50, gap="xsmall", key=f"gallery_card_{dataset.id}")
            for sample in telling_pictures(dataset, THUMBNAILS):
                small = pictures.sample_thumbnail(dataset, sample)
                if small is None:
                    grid.caption("File missing")
                else:
                    grid.image(small, alt=dataset.class_names[sample.label], width="stretch")

    return draw


def _origin(entry: Entry) -> str:
    """Returns, as Markdown, which data set this is a version of and how it was made; empty for an original."""
    dataset = entry.dataset
    if not dataset.parent:
        return ""
    made = wording.changes(dataset.edits)
    made = made if len(made) <= MOST_CHANGES else f"{made[:MOST_CHANGES].rstrip()}…"
    if entry.original is None:
        return f"A version of a data set that was deleted: {wording.plain(made)}"
    of = wording.plain(wording.short(entry.original.name))
    return f"Version {entry.number} of {of}: {wording.plain(made)}"


def _state(dataset: DatasetIndex, best: Run | None, num_runs: int) -> None:
    """Draws whether its labels are still to be checked, and its best model."""
    if kept_sources().get(dataset.id) is not None:
        st.page_link(
            session.DATA,
            label="New: are its labels right?" if dataset.has_labels else "New: is it read rightly?",
            icon=":material/receipt_long:",
            query_params={address.DATASET: dataset.id},
        )
    if not dataset.has_labels:
        st.caption(wording.WITHOUT_LABELS)
        return
    if best is None:
        runs = wording.count(num_runs, "run")
        st.caption(f"No model yet, {runs}" if num_runs else "No model yet")
        return
    st.page_link(
        session.RUN,
        label=f"Best: **{run_views.accuracy(best)}**, {wording.plain(wording.short(best.name))}",
        icon=":material/emoji_events:",
        query_params={"run": best.id},
    )
