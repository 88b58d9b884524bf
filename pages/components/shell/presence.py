"""Whether a browser still has a page open."""

from functools import partial

from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components.background.background_cache import IsHere


def of_this_session() -> IsHere:
    """Returns a function that tells, at any time and from any thread, whether this session's browser is connected."""
    context = get_script_run_ctx()
    return partial(_is_here, context.session_id) if context is not None else lambda: True


def _is_here(session_id: str) -> bool:
    # Without a server, as in tests, this can't be known.
    return not Runtime.exists() or is_connected(session_id)


def is_connected(session_id: str) -> bool:
    """Returns whether a browser session is connected to the server."""
    return Runtime.exists() and Runtime.instance().is_active_session(session_id)
