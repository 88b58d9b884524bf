"""The wait for an answer that the user asked for."""

import threading
from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.errors import Stopped
from core.events import Event
from pages.components.background.background_cache import BackgroundCache
from tests.pages.conftest import wait_until


@pytest.fixture
def waiting() -> Iterator[tuple[AppTest, BackgroundCache[str, str], threading.Event]]:
    """A page that waits for an answer, the cache that finds it, and what lets it be found."""
    may_end = threading.Event()

    def find(question, on_event, should_stop):
        on_event(Event("features", 3, 12))
        while not may_end.wait(0.01):
            if should_stop():
                raise Stopped
        return question.upper()

    cache = BackgroundCache(find)

    def page() -> None:
        import time

        import streamlit

        from pages.components.shared import waiting_view

        cache, since = streamlit.session_state["cache"], time.monotonic() - 5
        if cache.get("a") is None and not streamlit.session_state.get("cancelled"):
            words = ("Measuring …", "It is kept.")
            waiting_view.show(cache, "a", since, words, "it", lambda question: cancel(cache, question))
        else:
            streamlit.write(f"answer {cache.get('a')}")

        def cancel(cache, question):
            cache.leave(question)
            streamlit.session_state["cancelled"] = True

    app = AppTest.from_function(page)
    app.session_state["cache"] = cache
    yield app.run(), cache, may_end
    may_end.set()
    cache.close()
    st.cache_resource.clear()


def test_it_says_how_far_the_answer_is_until_it_is_there(waiting):
    app, cache, may_end = waiting
    wait_until(lambda: cache.progress("a") is not None)
    app.run()
    assert [caption.value for caption in app.caption] == ["Measuring … 5 s. It is kept."]
    assert "3 of 12" in app.get("progress")[0].proto.text
    may_end.set()
    wait_until(lambda: cache.get("a") is not None)
    app.run()
    assert "answer" in app.markdown[0].value
    assert cache.get("a").result == "A"


def test_cancel_leaves_it(waiting):
    app, cache, _ = waiting
    app.button(key="cancel_it").click().run()
    assert app.markdown[0].value == "answer None"
    wait_until(lambda: cache.progress("a") is None)
