import threading

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import CoreError
from pages.components.shell.presses import MOST_KEPT, Presses


def test_two_presses_at_once_act_once():
    presses, begun, go_on = Presses(), threading.Event(), threading.Event()
    done: list[str] = []

    def act() -> str:
        begun.set()
        assert go_on.wait(10)
        done.append("run")
        return "run"

    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(presses.do("press", "submit", act))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert (results, done) == (["run"] * 3, ["run"])
    assert presses.do("another", "submit", lambda: "other") == "other"
    assert presses.do("press", "next step", lambda: None) is None
    assert presses.do("press", "next step", lambda: "never") is None


def test_a_failed_action_can_be_tried_again():
    presses = Presses()

    def fail() -> None:
        raise CoreError("No room.")

    with pytest.raises(CoreError):
        presses.do("press", "submit", fail)
    assert presses.do("press", "submit", lambda: 1) == 1


def test_old_presses_are_forgotten():
    presses = Presses()
    for number in range(MOST_KEPT + 10):
        presses.do(str(number), "submit", object)
    assert len(presses._steps) == MOST_KEPT


def page() -> None:
    import streamlit as st

    from pages.components.shell.presses import press

    counted = st.session_state.setdefault("counted", [])
    if pressed := press("go", st.button("Go")):
        pressed.do("count", lambda: counted.append(pressed.id))


def test_a_press_after_a_redraw_is_a_new_one():
    app = AppTest.from_function(page).run()
    for _ in range(2):
        app.button[0].click().run()
        app.run()
    assert len(set(app.session_state["counted"])) == 2
