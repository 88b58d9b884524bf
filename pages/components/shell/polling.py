"""Parts of a page that redraw themselves while something is running, and stop when it ends."""

from collections.abc import Callable
from functools import wraps

import streamlit as st
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from pages.components.shell import session


def poll(key: str, draw: Callable[[], bool], is_at_work: bool, seconds: float = 1.0) -> None:
    """Draws a part of the page repeatedly while something is running, then the whole page once.

    The browser owns a fragment's timer, and the fragment's own rerun can't stop it: only a full rerun can, which builds
    the fragment without a timer.

    Args:
        key: of the part, in session state.
        draw: draws it; returns False once the work has ended or the rest of the page is out of date.
        is_at_work: whether the work is running now.
        seconds: between two drawings.
    """
    state = f"polling_{key}"

    def step() -> None:
        at_work = False
        with session.errors_shown():
            at_work = draw()
        if not at_work and st.session_state.get(state):
            st.session_state[state] = False
            st.rerun()

    st.session_state[state] = is_at_work
    st.fragment(step, run_every=seconds if is_at_work else None)()


def keep_to_their_page() -> None:
    """Stops fragments from drawing after their page was left. Called once per server, before it draws a page.

    Until a browser learns that another page is coming, the fragments of the page it shows keep asking to be drawn. A
    request that arrives just before a script calls `st.switch_page` waits until the new page is drawn. Streamlit (1.67)
    then skips the fragment, which is gone, but still announces a run of the old page. The browser takes that for a
    change of pages and clears the window, and the next fragment of the new page is drawn into nothing: "Bad delta path
    index", which breaks the page. So such a request is dropped before it is announced.
    """
    run_script = ScriptRunner._run_script
    if getattr(run_script, "keeps_to_its_page", False):
        return

    @wraps(run_script)
    def run_on_its_page(runner: ScriptRunner, rerun_data: RerunData) -> None:
        fragments = rerun_data.fragment_id_queue
        if not fragments or any(map(runner._fragment_storage.contains, fragments)):
            run_script(runner, rerun_data)

    run_on_its_page.keeps_to_its_page = True  # type: ignore[attr-defined]
    ScriptRunner._run_script = run_on_its_page  # type: ignore[method-assign,assignment]
