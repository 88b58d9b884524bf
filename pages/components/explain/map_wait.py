"""The wait for an answer of the inference process about one picture."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import streamlit as st

from pages.components import phases, wording
from pages.components.background.background_cache import BackgroundCache, Found
from pages.components.shell import polling, presence, session

POLL_SECONDS = 0.3
PATIENCE_SECONDS = 1.5


class AboutRun(Protocol):
    """A question to a run's model."""

    @property
    def run_id(self) -> str:
        """Id of the run."""

    def __hash__(self) -> int: ...


Question = TypeVar("Question", bound=AboutRun)
Result = TypeVar("Result")


def wait(
    cache: BackgroundCache[Question, Result],
    question: Question,
    find: Callable[[Question], Found[Result] | None],
    name: str,
    words: str,
) -> Result | None:
    """Returns an answer; until it is there, draws that it is being looked for and returns None.

    Args:
        cache: asks the inference process.
        question: what is asked.
        find: returns an answer that is there already, or None.
        name: begins the keys of what is drawn.
        words: what is being done, once the model is loaded.
    """
    found = find(question)
    if found is None and session.inference_client().is_warm(question.run_id):
        # Of a warm model, most answers are there before the page could be drawn a second time.
        cache.ask(question, presence.of_this_session())
        found = cache.wait(question, PATIENCE_SECONDS)
    if found is None:
        _draw_wait(cache, question, name, words)
        return None
    if found.result is None:
        st.error(wording.plain(_as_sentence(found.error)), icon=":material/error:")
        st.button("Try again", icon=":material/refresh:", key=f"again_{name}", on_click=cache.forget, args=(question,))
    return found.result


def _as_sentence(error: str) -> str:
    """Returns a message as a sentence: what is wrong with a picture comes as the end of one."""
    return f"{error[:1].upper()}{error[1:]}{'' if error.endswith('.') else '.'}"


def _draw_wait(cache: BackgroundCache[Question, Result], question: Question, name: str, words: str) -> None:
    is_warm = session.inference_client().is_warm(question.run_id)

    def draw() -> bool:
        if cache.get(question) is not None:
            return False
        cache.ask(question, presence.of_this_session())
        now = words if is_warm else "Loading the model, which takes a few seconds"
        st.caption(f":material/hourglass_top: :shimmer[{now} …]")
        progress = cache.progress(question)
        if progress is not None and progress.total > 1:
            st.progress(phases.share_done(progress))
        return True

    polling.poll(name, draw, True, POLL_SECONDS)
