import json

from core.runs.records.store import RunStatus
from tests.pages.conftest import button, words


def choose(app, *rows):
    key = app.dataframe[0].key
    assert key.startswith("runs_")
    app.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return app.run()


def test_without_runs_the_ways_to_one_are_shown(open_page):
    app = open_page("runs")
    assert "No run yet" in app.info[0].value
    assert button(app, "Try it now").disabled is False
    assert button(app, "Train a model").click().run().title[0].value == "Train a model"


def test_table_has_all_runs_newest_first(open_page, trained):
    table = open_page("runs").dataframe[0].value
    assert list(table["Run"]) == ["Stopped run", "Failed run", "Good run"]
    assert list(table["Status"]) == ["Stopped", "Failed", "Completed"]
    assert list(table["Recipe"]) == ["Own settings", "Own settings", "Recommended"]
    assert set(table["Data set"]) == {"Shapes"}
    assert table["Accuracy"].notna().tolist() == [False, False, True]
    assert table["Time"][0] == "–"
    assert list(table.columns)[:3] == ["Status", "Accuracy", "Run"]


def test_chosen_run_can_be_opened(open_page, trained):
    app = choose(open_page("runs"), 2)
    app = button(app, "Open").click().run()
    assert app.query_params["run"] == trained.get("Good run").id


def test_chosen_run_can_be_resumed_where_it_ended_early(open_page, trained):
    app = open_page("runs")
    assert button(choose(app, 2), "Resume").disabled
    run = trained.get("Stopped run")
    app = button(choose(app, 0), "Resume").click().run()
    assert app.query_params["run"] == run.id
    assert trained.get(run.id).status in (RunStatus.QUEUED, RunStatus.RUNNING)


def test_two_runs_are_compared_in_one_chart(open_page, trained):
    app = choose(open_page("runs"), 1, 2)
    assert button(app, "Open").disabled
    app = button(app, "Compare").click().run()
    assert "Validation accuracy of 2 runs" in app.get("plotly_chart")[0].proto.alt
    table = app.dataframe[0].value
    assert list(table["Run"]) == ["Failed run", "Good run"]
    assert list(table["Recipe"]) == ["Own settings", "Recommended"]
    assert table["Accuracy"].notna().tolist() == [False, True]
    assert list(table["Epochs"]) == [0, 3]


def test_delete_asks_first_and_names_the_runs(open_page, trained):
    app = button(choose(open_page("runs"), 0, 1), "Delete").click().run()
    assert "This deletes 2 runs: Stopped run and Failed run" in words(app)
    assert len(trained.list()) == 3


def test_rename_asks_for_the_name(open_page, trained):
    app = button(choose(open_page("runs"), 2), "Rename").click().run()
    assert app.text_input[0].value == "Good run"


def test_run_is_opened_by_its_name(open_page, trained):
    app = open_page("runs")
    states = app._tree.get_widget_states()
    click = states.widgets.add(id=app.dataframe[0].proto.button_click_widgets["Run"])
    click.string_trigger_value.data = json.dumps({"row": 2, "label": "Good run"})
    app = app._run(states)
    assert not app.exception
    assert app.title[0].value == "Good run"
    assert app.query_params["run"] == trained.get("Good run").id
