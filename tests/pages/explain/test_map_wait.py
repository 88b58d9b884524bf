"""The end of a wait for an answer about a picture; the wait itself is tried where pages draw it."""

import pytest
from streamlit.testing.v1 import AppTest

LOST = "the file can't be opened (No such file or directory)"
DIED = "The inference process was killed. Try again."


def page(found_error: str) -> None:
    from dataclasses import dataclass

    import streamlit as st

    from pages.components.background.background_cache import BackgroundCache, Found
    from pages.components.explain import map_wait

    @dataclass(frozen=True)
    class Question:
        run_id: str

    found = Found(error=found_error) if found_error else Found("the answer")
    cache = BackgroundCache(lambda question, on_event, should_stop: "another answer")
    result = map_wait.wait(cache, Question("first"), lambda question: found, "block", "Looking")
    st.markdown(f"result: {result}")


@pytest.mark.parametrize(("error", "sentence"), [(LOST, f"The{LOST[3:]}."), (DIED, DIED)])
def test_an_error_is_a_sentence_with_a_way_out(error, sentence):
    app = AppTest.from_function(page, args=(error,)).run()
    assert not app.exception
    assert [item.value.replace("\\", "") for item in app.error] == [sentence]
    assert [item.label for item in app.button] == ["Try again"]
    assert app.markdown[0].value == "result: None"


def test_an_answer_that_is_there_is_returned_at_once():
    app = AppTest.from_function(page, args=("",)).run()
    assert not app.error and not app.button and app.markdown[0].value == "result: the answer"
