"""The map of a data set: pictures that look alike to a network are near each other, which shows mixed-up classes."""

from collections import Counter

import numpy as np
import streamlit as st

from core.datasets.edit import REMOVE
from core.datasets.index import DatasetIndex
from core.datasets.quality.embeddings import EmbeddingAnalysis
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import PendingEdits
from core.processes.embeddings_process import analyse_in_subprocess
from core.settings import settings
from core.wording.issues import KIND_TITLES, issue_detail
from pages.components import wording
from pages.components.background.jobs import SURVEY
from pages.components.charts import dataset_charts, map_chart
from pages.components.check import cards, dataset_queries
from pages.components.check.dataset_queries import Findings
from pages.components.shared import pictures
from pages.components.shell import job_views, session, widget_values

# Together with a data set's id, because the same path is another picture in another data set.
PICTURE = "map_picture_"
CHOICE = "map_choice_"
NEIGHBOURS = 6
MOST_CHOICES = 500


def show(dataset: DatasetIndex, found: Findings, pending: PendingEdits, kind: str) -> None:
    """Draws the map with the pictures of one kind marked, or the offer to compute it.

    Args:
        dataset: the data set, each picture with its split.
        found: what was found in it.
        pending: the decisions so far.
        kind: the kind of issues to mark; empty for none.
    """
    seen = dataset_queries.analysis(dataset)
    if seen is None:
        _invite(dataset)
        return
    st.markdown(
        "Each dot is a picture; pictures that look alike to the network are near each other. A dot in the middle of "
        "another class may have the wrong label: click it."
    )
    indices = {path: index for index, path in enumerate(seen.paths)}
    marked = list(dict.fromkeys(issue.path for issue in found.by_kind.get(kind, ()) if issue.path in indices))
    left, right = st.columns([3, 2], gap="medium")
    with right:
        path = _choose(dataset, found, seen, marked)
        sample = dataset_queries.by_path(dataset).get(path)
        near = _near(dataset, seen, path)
        _chosen(dataset, found, pending, sample, near)
    with left:
        place = st.container()
        if near:
            _neighbours(dataset, pending, near)
        # The chart comes last: pictures don't wait until Plotly has loaded.
        with place:
            _map(dataset, seen, [indices[one] for one in marked], KIND_TITLES.get(kind, ""), indices.get(path))
    st.caption(_summary(dataset, seen))


def _invite(dataset: DatasetIndex) -> None:
    with st.container(border=True):
        st.markdown(
            "A pretrained network looks at every picture, before any training. It draws a map on which pictures that "
            "look alike lie near each other, and finds **doubtful labels** and pictures **unlike all others**."
        )
        latest = session.jobs().latest(SURVEY, dataset.id)
        st.button(
            "Look through the pictures",
            key="survey_map",
            icon=":material/travel_explore:",
            disabled=latest is not None and latest.is_running,
            on_click=_start,
            args=(dataset,),
        )
        st.caption(
            "The first time it reads every picture: about a minute for five hundred on a small machine. Training "
            "afterwards starts that much faster."
        )


def _start(dataset: DatasetIndex) -> None:
    job_views.start(
        SURVEY,
        dataset.name,
        lambda on_event, should_stop: analyse_in_subprocess(settings(), dataset, on_event, should_stop),
        about=dataset.id,
    )


def _map(dataset: DatasetIndex, seen: EmbeddingAnalysis, marked: list[int], title: str, chosen: int | None) -> None:
    by_path = dataset_queries.by_path(dataset)
    samples = [by_path[path] for path in seen.paths]
    classes = [dataset.class_names[sample.label] for sample in samples]
    figure = dataset_charts.picture_map(
        seen.coordinates,
        classes,
        [sample.name for sample in samples],
        _coloured(dataset, seen),
        marked,
        title,
        chosen,
    )
    about = [f"{len(marked)} of them marked: {title}"] if marked else []
    about += [f"{samples[chosen].name} is chosen"] if chosen is not None else []
    map_chart.show(
        figure,
        ", ".join([f"Map of {len(samples)} pictures in {len(dataset.class_names)} classes", *about]),
        f"map_{dataset.id}",
        # What a browser sends needn't be on the map of now.
        lambda index: _choose_picture(dataset, seen.paths[index]) if 0 <= index < len(seen.paths) else None,
    )


def _coloured(dataset: DatasetIndex, seen: EmbeddingAnalysis) -> list[str]:
    """Draws the choice of classes to colour if there are more than colours; those with most issues come first."""
    names = dataset.class_names
    if len(names) <= dataset_charts.MOST_COLOURS:
        return list(names)
    by_path = dataset_queries.by_path(dataset)
    doubtful = Counter(names[by_path[issue.path].label] for issue in seen.issues if issue.path in by_path)
    first = sorted(names, key=lambda name: -doubtful[name])[: dataset_charts.MOST_COLOURS]
    return st.multiselect(
        "Classes in colour",
        names,
        default=first,
        key=f"coloured_{dataset.id}",
        max_selections=dataset_charts.MOST_COLOURS,
        help="There are more classes than colours that can be told apart: the others are grey.",
    )


def _choose_picture(dataset: DatasetIndex, path: str) -> None:
    st.session_state[PICTURE + dataset.id] = path


def _choose(dataset: DatasetIndex, found: Findings, seen: EmbeddingAnalysis, marked: list[str]) -> str:
    """Draws the way to choose a picture without a mouse. Returns the path of the chosen one; empty if none is."""
    by_path = dataset_queries.by_path(dataset)
    chosen = st.session_state.get(PICTURE + dataset.id, "")
    chosen = chosen if chosen in by_path else ""
    first = dict.fromkeys([*marked, *([chosen] if chosen else []), *found.by_path, *seen.paths])
    choices = [path for path in first if path in by_path][:MOST_CHOICES]
    if chosen and chosen not in choices:
        choices.append(chosen)
    name = CHOICE + dataset.id

    def words(path: str) -> str:
        issues = found.by_path.get(path, ())
        return f"{by_path[path].name}: {issue_detail(issues[0].detail)}" if issues else by_path[path].name

    st.selectbox(
        "Picture, those to look at first",
        choices,
        key=widget_values.shown(name, chosen or None),
        index=None,
        placeholder="Click a dot, or choose a picture here",
        format_func=words,
        on_change=widget_values.when_changed(name, lambda path: _choose_picture(dataset, path or "")),
    )
    return chosen


def _chosen(
    dataset: DatasetIndex, found: Findings, pending: PendingEdits, sample: Sample | None, near: list[Sample]
) -> None:
    """Draws the chosen picture with the decisions about it."""
    if sample is None:
        st.info("Click a dot to see its picture.", icon=":material/ads_click:")
        return
    with st.container(border=True, key="map_card"):
        issues, suggested = found.by_path.get(sample.path, ()), found.suggested.get(sample.path, "")
        is_pressed = cards.card(dataset, sample, pending, "map", issues, suggested)
    cards.enlarge(dataset, [sample, *near], sample if is_pressed else None, found)


def _near(dataset: DatasetIndex, seen: EmbeddingAnalysis, path: str) -> list[Sample]:
    """Returns the nearest pictures on the map, nearest first; none if the picture isn't on it."""
    if path not in seen.paths:
        return []
    index = seen.paths.index(path)
    distances = np.linalg.norm(seen.coordinates - seen.coordinates[index], axis=1)
    by_path = dataset_queries.by_path(dataset)
    order = [other for other in np.argsort(distances, kind="stable") if other != index]
    return [by_path[seen.paths[other]] for other in order[:NEIGHBOURS]]


def _neighbours(dataset: DatasetIndex, pending: PendingEdits, near: list[Sample]) -> None:
    st.caption("Near it on the map: click one to choose it")
    grid = st.grid(min_column_width=95, gap="small", key="gallery_near")
    for sample in near:
        with grid.cell(), st.container(gap="xsmall"):
            pictures.one(
                dataset,
                sample,
                f"{dataset.class_names[sample.label]}: {sample.name}",
                "near",
                is_faded=pending.decisions.get(sample.path) == REMOVE,
                action="Choose",
                on_click=_choose_picture,
                args=(dataset, sample.path),
            )
            cards.class_choice(dataset, sample, pending, "near")


def _summary(dataset: DatasetIndex, seen: EmbeddingAnalysis) -> str:
    total = len(dataset.samples)
    shown = f" The map shows {len(seen.paths):,} of {total:,} pictures." if len(seen.paths) < total else ""
    return (
        f"Without any training of the network, a simple model already gives {wording.percent(seen.accuracy)} of the "
        f"pictures their own class.{shown}"
    )
