"""Where the heat of each class lies on average, and whether a class is told by something at the border."""

import time

import streamlit as st
from PIL import Image

from core.datasets.index import DatasetIndex
from core.explanation import overlay
from core.explanation.class_maps import ClassMap, class_maps_path, load_class_maps
from core.explanation.wording import leaning
from core.processes.class_maps_process import class_maps_in_subprocess
from core.runs.records.store import Run
from core.settings import Settings, settings
from pages.components import wording
from pages.components.background.background_cache import BackgroundCache
from pages.components.shared import waiting_view
from pages.components.shell import presence, session

Question = tuple[str, str]
# What this session asked for, and when.
ASKED = "class_maps_asked"
LOOKING = (
    ":material/stacks: :shimmer[Looking at pictures of each class …]",
    "At most 60 of each. The result is stored with the run.",
)
SHOWN_SIDE = 224
OPACITY = 0.7
MOST_CLASSES = 24


@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _cache(_settings: Settings, home: str) -> BackgroundCache[Question, list[ClassMap]]:
    datasets = session.dataset_store()
    return BackgroundCache(
        lambda question, on_event, should_stop: class_maps_in_subprocess(
            _settings, question[0], datasets.get(question[1]), on_event, should_stop
        )
    )


def cache() -> BackgroundCache[Question, list[ClassMap]]:
    """Returns what makes the maps of one run at a time."""
    return _cache(settings(), str(settings().home))


def show(run: Run, dataset: DatasetIndex) -> None:
    """Draws the mean maps of a run's classes if they were made, else a button that makes them."""
    st.header("On average", anchor=False)
    question = run.id, dataset.id
    kept = load_class_maps(class_maps_path(settings().runs / run.id))
    if kept is not None:
        _show_maps(kept)
        return
    st.caption(
        "Where the heat of each class lies over its validation pictures. A watermark or a background that gives a "
        "class away shows at once."
    )
    asked, since = st.session_state.get(ASKED, (None, 0.0))
    found = cache().get(question)
    if found is not None and found.error:
        st.error(wording.plain(found.error), icon=":material/error:")
    elif asked == question:
        waiting_view.show(cache(), question, since, LOOKING, "class_maps", _cancel)
        return
    st.button(
        "Average over each class",
        icon=":material/stacks:",
        key="make_class_maps",
        on_click=_ask,
        args=(question,),
    )


def _ask(question: Question) -> None:
    cache().forget(question)
    cache().ask(question, presence.of_this_session())
    st.session_state[ASKED] = question, time.monotonic()


def _cancel(question: Question) -> None:
    cache().leave(question)
    st.session_state.pop(ASKED, None)


def _show_maps(maps: list[ClassMap]) -> None:
    warnings = [leaning(one) for one in maps if one.leans_on_border]
    if warnings:
        st.warning("\n\n".join(map(wording.plain, warnings)), icon=":material/branding_watermark:")
    else:
        st.markdown(
            "No class is told by something at the border: nowhere does most of the heat lie outside the middle, at the "
            "same place of most pictures."
        )
    st.caption(
        "The heat of each class over the mean of its pictures. The middle is the square with rounded corners in the "
        "centre that has half of the area."
    )
    # Those that lean on the border first.
    ordered = sorted(maps, key=lambda one: (not one.leans_on_border, -one.outside))
    grid = st.grid(min_column_width=150, gap="small", key="class_maps")
    for one in ordered[:MOST_CLASSES]:
        with grid.cell():
            _show_map(one)
    if len(ordered) > MOST_CLASSES:
        st.caption(f"The {MOST_CLASSES} of {len(ordered):,} classes with the most heat outside the middle.")


def _show_map(one: ClassMap) -> None:
    picture = Image.fromarray(one.picture).resize((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BILINEAR)
    st.image(
        overlay.as_jpeg(overlay.overlay(picture, one.heat, OPACITY)),
        alt=f"Mean heat of {one.class_name}: mostly {one.place}, {wording.percent(one.outside)} outside the middle",
        width="stretch",
    )
    st.caption(
        f"**{wording.plain(wording.short(one.class_name))}** · {wording.count(one.num_pictures, 'picture')} · "
        f"{wording.percent(one.outside)} outside the middle"
    )
