"""The replay on a run's page."""

import json

from core.runs.records.store import RunStatus
from tests.pages.conftest import button, component, components, curves


def test_a_finished_run_opens_its_replay_in_place_of_the_curves(open_page, trained):
    run = trained.get("Good run")
    app = button(open_page("run", run=run.id, section="progress"), "Replay").click().run()
    assert app.query_params["replay"] == "1"
    assert len(components(app, "replay")) == 1 == len(curves(app))
    button(app, "Close the replay").click().run()
    assert "replay" not in app.query_params
    assert not components(app, "replay") and len(curves(app)) == 1


def test_the_address_of_a_replay_opens_it(open_page, trained):
    app = open_page("run", run=trained.get("Good run").id, replay="1")
    # Only a press on the button lets it begin by itself.
    assert json.loads(component(app, "replay").json)["starts"] is False
    button(app, "Close the replay").click().run()
    button(app, "Replay").click().run()
    assert json.loads(component(app, "replay").json)["starts"] is True


def test_without_an_epoch_there_is_nothing_to_replay(open_page, trained):
    run = trained.get("Stopped run")
    assert run.status == RunStatus.STOPPED
    app = open_page("run", run=run.id, replay="1")
    assert not components(app, "replay")
    assert "Replay" not in [item.label for item in app.button]
