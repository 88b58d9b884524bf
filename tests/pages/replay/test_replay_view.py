"""The player on a page."""

import json

from streamlit.testing.v1 import AppTest


def page() -> None:
    from core.experiments.recording import Lane, Panel, Point, Recording, Remark
    from pages.components.replay import replay_view

    lanes = (Lane("From scratch", (Point(1, 1, 0.5),)), Lane("Frozen", (Point(0.5, 0.5, 0.9),)))
    panel = Panel("Accuracy", "Seconds", "Accuracy", True, lanes)
    found = Recording("Race", "Which is faster?", (panel,), (Remark(1, "Go."),), "Frozen.", 2.0)
    replay_view.show(found, "race")
    replay_view.show(found, "race_again", starts=True)


def test_two_recordings_can_be_on_one_page():
    app = AppTest.from_function(page).run()
    assert not app.exception
    assert [item.label for item in app.get("download_button")] == ["Download as one HTML file"] * 2


def test_the_player_gets_what_is_stored_and_our_lines():
    app = AppTest.from_function(page).run()
    first, second = (json.loads(part.proto.json) for part in app.get("bidi_component"))
    assert first["recording"]["panels"][0]["lanes"][1]["points"] == [
        {"at": 0.5, "x": 0.5, "y": 0.9, "low": None, "high": None}
    ]
    assert first["look"]["dashes"][0] == "solid"
    assert (first["starts"], second["starts"]) == (False, True)
