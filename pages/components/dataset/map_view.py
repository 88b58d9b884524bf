"""The map of a data set: pictures that look alike to a network are near each other, which shows mixed-up classes."""

from collections import Counter
from typing import Literal

import numpy as np
import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Issue
from core.datasets.quality.embeddings import EmbeddingAnalysis
from core.processes.embeddings_process import analyse_in_subprocess
from core.settings import settings
from core.wording.issues import issue_detail
from pages.components import wording
from pages.components.background.jobs import SURVEY
from pages.components.charts import chart_view, dataset_charts
from pages.components.dataset import dataset_queries, decisions
from pages.components.dataset.dataset_queries import Findings
from pages.components.shared import pictures
from pages.components.shell import job_views, session

# Together with a data set's id, because the same path is another picture in another data set.
PICTURE = "map_picture_"
CHOICE = "map_choice_"
LARGE = 360
NEIGHBOURS = 6
MOST_CHOICES = 500


def show(dataset: DatasetIndex, found: Findings) -> None:
    """Draws the section.

    Args:
        dataset: the data set, each picture with its split.
        found: what was found in it.
    """
    pending = decisions.current(dataset)
    decisions.staged(dataset, pending)
    seen = dataset_queries.analysis(dataset)
    if seen is None:
        _invite(dataset)
        return
    st.markdown(
        "Each dot is a picture; pictures that look alike to the network are near each other. A dot in the middle of "
        "another class may have the wrong label: click it."
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _map(dataset, seen)
    with right:
        _chosen(dataset, found, seen)
    st.caption(_summary(dataset, seen))


def _invite(dataset: DatasetIndex) -> None:
    with st.container(border=True):
        st.markdown(
            "A pretrained network looks at every picture, before any training. It draws a map on which pictures that "
            "look alike lie near each other, and finds **doubtful labels** and pictures **unlike all others**."
        )
        start_button(dataset, "Look through the pictures", "survey_map", "primary")
        st.caption(
            "The first time it reads every picture: about a minute for five hundred on a small machine. Training "
            "afterwards starts that much faster."
        )


def start_button(
    dataset: DatasetIndex, label: str, key: str, kind: Literal["primary", "secondary"] = "secondary"
) -> None:
    """Draws the button that starts the survey of a data set."""
    latest = session.jobs().latest(SURVEY, dataset.id)
    st.button(
        label,
        key=key,
        type=kind,
        icon=":material/travel_explore:",
        disabled=latest is not None and latest.is_running,
        on_click=_start,
        args=(dataset,),
    )


def _start(dataset: DatasetIndex) -> None:
    job_views.start(
        SURVEY,
        dataset.name,
        lambda on_event, should_stop: analyse_in_subprocess(settings(), dataset, on_event, should_stop),
        about=dataset.id,
    )


def _map(dataset: DatasetIndex, seen: EmbeddingAnalysis) -> None:
    by_path = dataset_queries.by_path(dataset)
    samples = [by_path[path] for path in seen.paths]
    classes = [dataset.class_names[sample.label] for sample in samples]
    indices = {path: index for index, path in enumerate(seen.paths)}
    marked = sorted({indices[issue.path] for issue in seen.issues if issue.path in indices})
    coloured = _coloured(dataset, seen)
    figure = dataset_charts.picture_map(
        seen.coordinates, classes, [sample.name for sample in samples], coloured, marked
    )
    key = f"map_{dataset.id}"
    chart_view.show(
        figure,
        alt=f"Map of {len(samples)} pictures in {len(dataset.class_names)} classes, {len(marked)} of them to look at",
        key=key,
        on_select=lambda: _picked(key, dataset, seen),
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


def _picked(key: str, dataset: DatasetIndex, seen: EmbeddingAnalysis) -> None:
    """Remembers the picture whose dot was clicked."""
    points = st.session_state[key].selection.points
    if points:
        st.session_state[PICTURE + dataset.id] = seen.paths[int(points[0]["customdata"][0])]
        st.session_state[CHOICE + dataset.id] = None


def _chosen(dataset: DatasetIndex, found: Findings, seen: EmbeddingAnalysis) -> None:
    """Draws the chosen picture with its neighbours, and a way to choose one without a mouse."""
    by_path = dataset_queries.by_path(dataset)
    worst = list(dict.fromkeys(issue.path for issue in seen.issues if issue.path in by_path))[:MOST_CHOICES]
    details = {issue.path: issue_detail(issue.detail) for issue in reversed(seen.issues)}
    if worst:
        st.selectbox(
            "Pictures to look at, worst first",
            worst,
            index=None,
            key=CHOICE + dataset.id,
            placeholder=f"{len(worst)} pictures",
            format_func=lambda path: f"{by_path[path].name}: {details[path]}",
            on_change=_chose,
            args=(dataset,),
        )
    path = st.session_state.get(PICTURE + dataset.id, "")
    if path not in by_path:
        st.info("Click a dot to see its picture.", icon=":material/ads_click:")
        return
    pending = decisions.current(dataset)
    with st.container(border=True, key="map_card"):
        issues: tuple[Issue, ...] = found.by_path.get(path, ())
        decisions.card(dataset, by_path[path], pending, issues, found.suggested.get(path, ""), LARGE)
    _near(dataset, seen, path)


def _chose(dataset: DatasetIndex) -> None:
    chosen = st.session_state[CHOICE + dataset.id]
    if chosen is not None:
        st.session_state[PICTURE + dataset.id] = chosen


def _near(dataset: DatasetIndex, seen: EmbeddingAnalysis, path: str) -> None:
    if path not in seen.paths:
        return
    index = seen.paths.index(path)
    distances = np.linalg.norm(seen.coordinates - seen.coordinates[index], axis=1)
    by_path = dataset_queries.by_path(dataset)
    near = [by_path[seen.paths[other]] for other in np.argsort(distances, kind="stable") if other != index]
    names = [dataset.class_names[sample.label] for sample in near[:NEIGHBOURS]]
    st.caption("Near it on the map")
    pictures.gallery("near", dataset, near[:NEIGHBOURS], names, [wording.plain(name) for name in names])


def _summary(dataset: DatasetIndex, seen: EmbeddingAnalysis) -> str:
    total = len(dataset.samples)
    shown = f" The map shows {len(seen.paths):,} of {total:,} pictures." if len(seen.paths) < total else ""
    return (
        f"Without any training of the network, a simple model already gives {wording.percent(seen.accuracy)} of the "
        f"pictures their own class.{shown}"
    )
