"""The map of a data set: pictures that look alike to a network lie near each other, so mixed-up classes are seen."""

from collections import Counter
from typing import Literal

import numpy as np
import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Issue
from core.datasets.quality.embeddings import Survey
from core.processes.embeddings_process import survey_apart
from core.settings import settings
from pages.components import wording
from pages.components.charts import chart_view, dataset_charts
from pages.components.dataset import dataset_queries, decisions
from pages.components.dataset.dataset_queries import Findings
from pages.components.shared import pictures
from pages.components.shell import job_views, session
from pages.components.shell.jobs import SURVEY

# With a data set's id: a path means another picture in another data set.
PICTURE = "map_picture_"
CHOICE = "map_choice_"
LARGE = 360
NEIGHBOURS = 6
MOST_CHOICES = 500

ButtonKind = Literal["primary", "secondary"]


def show(index: DatasetIndex, found: Findings) -> None:
    """Draws the section.

    Args:
        index: the data set, each picture with its split.
        found: what was found in it.
    """
    draft = decisions.current(index)
    decisions.staged(index, draft)
    seen = dataset_queries.survey(index)
    if seen is None:
        _invite(index)
        return
    st.markdown(
        "Each dot is a picture; pictures that look alike to the network lie near each other. A dot in the middle of "
        "another class may have the wrong label: click it."
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _map(index, seen)
    with right:
        _chosen(index, found, seen)
    st.caption(_summary(index, seen))


def _invite(index: DatasetIndex) -> None:
    with st.container(border=True):
        st.markdown(
            "A pretrained network looks at every picture, before any training. It draws a map on which pictures that "
            "look alike lie near each other, and finds **doubtful labels** and pictures **unlike all others**."
        )
        start_button(index, "Look through the pictures", "survey_map", "primary")
        st.caption(
            "The first time it reads every picture: about a minute for five hundred on a small machine. A training "
            "after it starts faster by that."
        )


def start_button(
    index: DatasetIndex, label: str, key: str, kind: Literal["primary", "secondary"] = "secondary"
) -> None:
    """Draws the button that starts the survey of a data set."""
    latest = session.jobs().latest(SURVEY, index.id)
    st.button(
        label,
        key=key,
        type=kind,
        icon=":material/travel_explore:",
        disabled=latest is not None and latest.is_running,
        on_click=_start,
        args=(index,),
    )


def _start(index: DatasetIndex) -> None:
    job_views.start(
        SURVEY,
        index.name,
        lambda on_event, should_stop: survey_apart(settings(), index, on_event, should_stop),
        about=index.id,
    )


def _map(index: DatasetIndex, seen: Survey) -> None:
    by_path = dataset_queries.by_path(index)
    samples = [by_path[path] for path in seen.paths]
    classes = [index.class_names[sample.label] for sample in samples]
    places = {path: place for place, path in enumerate(seen.paths)}
    marked = sorted({places[issue.path] for issue in seen.issues if issue.path in places})
    coloured = _coloured(index, seen)
    figure = dataset_charts.picture_map(
        seen.coordinates, classes, [sample.name for sample in samples], coloured, marked
    )
    key = f"map_{index.id}"
    chart_view.show(
        figure,
        alt=f"Map of {len(samples)} pictures in {len(index.class_names)} classes, {len(marked)} of them to look at",
        key=key,
        on_select=lambda: _picked(key, index, seen),
    )


def _coloured(index: DatasetIndex, seen: Survey) -> list[str]:
    """Draws the choice of classes to colour where there are more than colours; those with most to look at first."""
    names = index.class_names
    if len(names) <= dataset_charts.MOST_COLOURS:
        return list(names)
    by_path = dataset_queries.by_path(index)
    doubtful = Counter(names[by_path[issue.path].label] for issue in seen.issues if issue.path in by_path)
    first = sorted(names, key=lambda name: -doubtful[name])[: dataset_charts.MOST_COLOURS]
    return st.multiselect(
        "Classes in colour",
        names,
        default=first,
        key=f"coloured_{index.id}",
        max_selections=dataset_charts.MOST_COLOURS,
        help="There are more classes than colours that can be told apart: the others are grey.",
    )


def _picked(key: str, index: DatasetIndex, seen: Survey) -> None:
    """Remembers the picture whose dot was clicked."""
    points = st.session_state[key].selection.points
    if points:
        st.session_state[PICTURE + index.id] = seen.paths[int(points[0]["customdata"][0])]
        st.session_state[CHOICE + index.id] = None


def _chosen(index: DatasetIndex, found: Findings, seen: Survey) -> None:
    """Draws the chosen picture with what is near it, and a way to choose one without a mouse."""
    by_path = dataset_queries.by_path(index)
    worst = list(dict.fromkeys(issue.path for issue in seen.issues if issue.path in by_path))[:MOST_CHOICES]
    details = {issue.path: issue.detail for issue in reversed(seen.issues)}
    if worst:
        st.selectbox(
            "Pictures to look at, worst first",
            worst,
            index=None,
            key=CHOICE + index.id,
            placeholder=f"{len(worst)} pictures",
            format_func=lambda path: f"{by_path[path].name}: {details[path]}",
            on_change=_chose,
            args=(index,),
        )
    path = st.session_state.get(PICTURE + index.id, "")
    if path not in by_path:
        st.info("Click a dot to see its picture.", icon=":material/ads_click:")
        return
    draft = decisions.current(index)
    with st.container(border=True, key="map_card"):
        issues: tuple[Issue, ...] = found.by_path.get(path, ())
        decisions.card(index, by_path[path], draft, issues, found.suggested.get(path, ""), LARGE)
    _near(index, seen, path)


def _chose(index: DatasetIndex) -> None:
    chosen = st.session_state[CHOICE + index.id]
    if chosen is not None:
        st.session_state[PICTURE + index.id] = chosen


def _near(index: DatasetIndex, seen: Survey, path: str) -> None:
    if path not in seen.paths:
        return
    place = seen.paths.index(path)
    distances = np.linalg.norm(seen.coordinates - seen.coordinates[place], axis=1)
    by_path = dataset_queries.by_path(index)
    near = [by_path[seen.paths[other]] for other in np.argsort(distances, kind="stable") if other != place]
    names = [index.class_names[sample.label] for sample in near[:NEIGHBOURS]]
    st.caption("Near it on the map")
    pictures.gallery("near", index, near[:NEIGHBOURS], names, [wording.plain(name) for name in names])


def _summary(index: DatasetIndex, seen: Survey) -> str:
    total = len(index.samples)
    shown = f" The map shows {len(seen.paths):,} of {total:,} pictures." if len(seen.paths) < total else ""
    return (
        f"Without any training of the network, a simple model gives {wording.percent(seen.accuracy)} of the pictures "
        f"the class that they have.{shown}"
    )
