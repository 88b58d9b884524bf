"""Asks a model about pictures: once each, a few at a time, with progress and Stop where there are many."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.evaluation.prediction import Prediction
from core.runs.records.store import Run
from core.settings import settings
from pages.components import wording
from pages.components.shell import session
from pages.components.testing.kept_answers import KeptAnswers
from pages.components.testing.picture import Picture

# Asked at once. Between two such steps come the pictures of other users, and a press of Stop.
A_STEP = 16


@dataclass(frozen=True)
class Answered:
    """A picture with its answer.

    Attributes:
        number: its place among the pictures, from 1.
        picture: the picture.
        answer: the model's answer.
    """

    number: int
    picture: Picture
    answer: Prediction


@st.cache_resource(show_spinner=False)
def _kept_answers(home: Path) -> KeptAnswers:
    return KeptAnswers()


def fingerprint(run: Run, pictures: Sequence[Picture]) -> str:
    """Returns what identifies a model and pictures: the name under which choices about them are kept."""
    parts = [run.id, str(run.finished), *(picture.digest for picture in pictures)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def ask(run: Run, pictures: Sequence[Picture], key: str = "") -> list[Answered]:
    """Returns the pictures with their answers; asks the model for those that are missing.

    While it asks about many, it draws how far it is and a button to stop: then only some of them have answers.

    Args:
        run: the model's run.
        pictures: the pictures.
        key: begins the names of the widgets.
    """
    kept = _kept_answers(settings().home)
    found = {picture.digest: kept.get(run, picture.digest) for picture in pictures}
    missing = list({picture.digest: picture for picture in pictures if found[picture.digest] is None}.values())
    # Also where nothing is missing: what is drawn below keeps its place, and isn't there twice for a moment.
    place = st.empty()
    if missing:
        try:
            with place.container():
                for answers in _steps(run, missing, f"{key}stopped_{fingerprint(run, pictures)}"):
                    kept.keep(run, answers)
                    found |= answers
        except CoreError as error:
            with place.container():
                st.error(wording.plain(str(error)), icon=":material/error:")
                st.button("Try again", icon=":material/refresh:", key=f"{key}ask_again")
        if all(found.values()):
            place.empty()
    numbered = [(number, picture, found[picture.digest]) for number, picture in enumerate(pictures, 1)]
    return [Answered(number, picture, answer) for number, picture, answer in numbered if answer is not None]


def _steps(run: Run, pictures: Sequence[Picture], stopped: str) -> Iterator[dict[str, Prediction]]:
    """Asks about pictures, and gives the answers by digest, step by step. A press in the browser ends this.

    Args:
        run: the model's run.
        pictures: those without an answer.
        stopped: name in session state of whether the user has stopped this.
    """
    count = wording.count(len(pictures), "picture")
    if len(pictures) <= A_STEP:
        with st.spinner(f"Looking at {count}"):
            yield _ask_step(run, pictures)
        return
    if st.session_state.get(stopped):
        st.info(f"Stopped. {count} without an answer yet.", icon=":material/info:")
        st.button("Go on", icon=":material/play_arrow:", key=f"{stopped}_on", on_click=_set, args=(stopped, False))
        return
    bar = st.progress(0.0, f"Looking at {count}")
    st.button("Stop", icon=":material/stop:", key=f"{stopped}_off", on_click=_set, args=(stopped, True))
    for start in range(0, len(pictures), A_STEP):
        yield _ask_step(run, pictures[start : start + A_STEP])
        done = min(start + A_STEP, len(pictures))
        bar.progress(done / len(pictures), f"Looking at {count}, {done:,} done")


def _set(name: str, value: bool) -> None:
    st.session_state[name] = value


def _ask_step(run: Run, pictures: Sequence[Picture]) -> dict[str, Prediction]:
    answers = session.inference_client().predict(run.id, [picture.source for picture in pictures])
    return dict(zip([picture.digest for picture in pictures], answers, strict=True))
