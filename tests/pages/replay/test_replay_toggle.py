"""Whether a replay is open is in the address."""

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import button


def page() -> None:
    from core.experiments.recording import Lane, Panel, Point, Recording
    from pages.components.replay import replay_toggle

    panel = Panel("Accuracy", "Epoch", "Accuracy", True, (Lane("x", (Point(1, 1, 0.5),)),))
    replay_toggle.show("some", lambda: Recording("Title", "", (panel,), (), "", 2))


def test_the_replay_opens_and_closes_and_stays_open_over_a_reload() -> None:
    app = AppTest.from_function(page).run()
    app = button(app, "Replay").click().run()
    assert not app.exception
    assert app.query_params["replay"] == "1"
    again = AppTest.from_function(page)
    again.query_params["replay"] = "1"
    again.run()
    app = button(again, "Close the replay").click().run()
    assert "replay" not in app.query_params
    assert button(app, "Replay")
