"""What of a picture spoke for a class: a heat map over the picture, a second method, and a check of the map itself."""

import streamlit as st

from core.explanation.explanation import GRAD_CAM, OCCLUSION, Explanation, rank_correlation
from core.explanation.wording import agreement, sanity
from core.nn.networks.model_folder import classes_of_model
from core.processes.explanations import Question
from core.runs.records.store import Run
from core.settings import settings
from pages.components import wording
from pages.components.explain import blocks_view, choice, class_maps_view, kept_maps, map_view, map_wait, nearest_view
from pages.components.shell import session
from pages.components.testing.picture import Picture, large_copy

SOURCES = {"validation": ":material/photo_library: Validation pictures", "upload": ":material/upload: Upload"}
# Session state: the pictures and classes whose maps are checked with random weights.
CHECKED = "explain_checked"
ABOUT = {
    GRAD_CAM: "**Grad-CAM**: which positions of the network's last maps raise the score, by their gradients.",
    OCCLUSION: "**Occlusion**: how much the score falls when a part of the picture is covered. Needs no gradients.",
}


def show(run: Run) -> None:
    """Draws the section Explain of a run that has a model."""
    source = st.segmented_control(
        "Picture from",
        list(SOURCES),
        default="validation",
        required=True,
        format_func=SOURCES.__getitem__,
        key=f"explain_source_{run.id}",
        label_visibility="collapsed",
    )
    picture, answer = _uploaded() if source == "upload" else (choice.validation_picture(run) or (None, ""))
    if picture is None:
        return
    with session.errors_shown():
        _show_picture(run, picture, answer, keeps=source != "upload")
    dataset = choice.dataset_of(run)
    if dataset is not None:
        nearest_view.show(run, dataset, picture)
    if dataset is not None and source != "upload":
        choice.other_pictures(run)
        class_maps_view.show(run, dataset)


def _uploaded() -> tuple[Picture | None, str]:
    picture = choice.uploaded_picture()
    if picture is None:
        st.caption("Drop a picture: you see what of it speaks for the model's answer.")
    return picture, ""


def _show_picture(run: Run, picture: Picture, answer: str, keeps: bool) -> None:
    copy = large_copy(picture)
    if copy is None:
        st.warning(f"{wording.plain(picture.name)} can't be read as a picture.", icon=":material/broken_image:")
        return
    digest = picture.digest if keeps else ""
    if not answer:
        # The answer to an uploaded picture comes with its first map.
        first = _wait(Question(run.id, picture.source, digest, "", GRAD_CAM))
        if first is None:
            return
        answer = first.answer
    chosen = _chosen_class(run, picture, answer)
    columns = st.columns(3, gap="small")
    with columns[0]:
        st.image(
            copy, alt=f"{picture.true_class}: {picture.name}" if picture.true_class else picture.name, width="stretch"
        )
        st.caption(_facts(picture, answer))
    opacity = st.slider("How strong the colours are", 0, 100, 60, 5, format="%d %%", key="explain_opacity", width=320)
    maps: list[Explanation] = []
    for column, method in zip(columns[1:], (GRAD_CAM, OCCLUSION), strict=True):
        with column:
            found = _wait(Question(run.id, picture.source, digest, chosen, method))
            if found is None:
                return
            map_view.show(copy, found, opacity / 100)
            st.caption(ABOUT[method])
            maps.append(found)
    map_view.legend(maps[0])
    _words(maps[0], maps[1])
    _check(run, picture, maps[0], Question(run.id, picture.source, digest, chosen, GRAD_CAM, randomised=True))
    blocks_view.show(run, picture)


def _facts(picture: Picture, answer: str) -> str:
    name, answered = wording.plain(picture.name), wording.plain(wording.short(answer))
    if not picture.true_class:
        return f"{name} · the model's answer: **{answered}**"
    if picture.true_class == answer:
        return f"{name} · **{answered}**, rightly answered"
    return f"{name} · **{wording.plain(wording.short(picture.true_class))}**, taken for **{answered}**"


def _chosen_class(run: Run, picture: Picture, answer: str) -> str:
    """Draws the choice of the class, the model's answer at first, and returns it."""
    names = classes_of_model(settings().runs / run.id)
    return st.selectbox(
        "Why this class?",
        names,
        index=names.index(answer),
        format_func=lambda name: f"Why {wording.short(name)}?",
        key=f"explain_class_{run.id}_{picture.digest}",
        width=320,
        label_visibility="collapsed",
    )


def _words(first: Explanation, second: Explanation) -> None:
    own, other = (wording.plain(wording.short(name)) for name in (first.class_name, first.against))
    share = wording.percent(first.probability)
    if first.is_blank:
        st.markdown(f"Nothing in this picture spoke for **{own}** rather than {other} (probability {share}).")
        return
    correlation = rank_correlation(first.heat, second.heat)
    st.markdown(f"Probability of **{own}**: {share}. {agreement(correlation)}")


def _check(run: Run, picture: Picture, own: Explanation, question: Question) -> None:
    """Draws the button of the check with random weights, and what it found."""
    key = f"{run.id} {picture.digest} {own.class_name}"
    if st.session_state.get(CHECKED) != key:
        st.button(
            "Does the map depend on the model?",
            icon=":material/casino:",
            on_click=_mark,
            args=(key,),
            help="Makes the same map with random weights in the head. If it stays the same, it explains the picture "
            "and not the model.",
        )
        return
    found = _wait(question)
    if found is not None and found.similarity is not None:
        st.markdown(f":material/casino: {sanity(found.similarity)} (Rank correlation {found.similarity:.2f}.)")


def _mark(key: str) -> None:
    st.session_state[CHECKED] = key


def _wait(question: Question) -> Explanation | None:
    """Returns a heat map; until it is there, draws that it is being made and returns None."""
    return map_wait.wait(kept_maps.cache(), question, kept_maps.find, "explain", "Looking at what spoke for it")
