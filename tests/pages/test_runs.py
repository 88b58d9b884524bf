from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStatus
from tests.pages.conftest import button, listed_runs, words

RUN_NAMES = ("Stopped run", "Failed run", "Good run")


def tick(app, store, *run_names):
    for name in run_names:
        app.checkbox(key=f"run_tick_{store.get(name).id}").check()
    return app.run()


def act(app, store, name: str, action: str):
    app.menu_button(key=f"run_menu_{store.get(name).id}").click(action).run()
    assert not app.exception
    return app


def test_without_runs_the_ways_to_one_are_shown(open_page):
    app = open_page("runs")
    assert "No run yet" in app.info[0].value
    assert button(app, "Try it now").disabled is False
    assert button(app, "Train a model").click().run().title[0].value == "Train a model"


def test_runs_are_listed_newest_first_with_links_and_facts(open_page, trained):
    app = open_page("runs")
    assert listed_runs(app) == list(RUN_NAMES)
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    assert links["**Good run**"].query_string == f"run={trained.get('Good run').id}"
    assert [item.value for item in app.header] == ["Shapes"]
    good = trained.get("Good run")
    assert links["Open the data set"].query_string == f"dataset={good.dataset_id}"
    text = words(app)
    assert "Recommended · " in text and "Own settings · " in text
    assert text.count("No model") == 2


def test_the_accuracy_has_its_interval_even_if_the_number_of_pictures_was_not_recorded(open_page, trained):
    good = trained.get("Good run")
    number = int(good.metrics["val_pictures"])
    app = open_page("runs")
    intervals = [item.value for item in app.caption if " to " in item.value and item.value.endswith("%")]
    assert len(intervals) == 1 and number > 1

    older = {name: value for name, value in good.metrics.items() if name != "val_pictures"}
    trained.requeue(trained.get("Stopped run").id)
    trained.claim(9)
    trained.finish(trained.get("Stopped run").id, RunStatus.COMPLETED, metrics=older)
    evaluation = trained.folder(good.id) / "evaluation.json"
    target = trained.folder(trained.get("Stopped run").id)
    target.mkdir(parents=True, exist_ok=True)
    (target / "evaluation.json").write_bytes(evaluation.read_bytes())
    app.run()
    again = [item.value for item in app.caption if " to " in item.value and item.value.endswith("%")]
    assert again == intervals * 2


def test_runs_of_a_deleted_data_set_say_so(open_page, trained, home):
    DatasetStore(home).delete(trained.get("Good run").dataset_id)
    app = open_page("runs")
    assert [item.value for item in app.header] == ["Shapes (deleted)"]
    assert "Open the data set" not in [link.proto.label for link in app.get("page_link")]


def test_a_star_brings_a_run_to_the_top_and_can_be_taken_away(open_page, trained):
    app = open_page("runs")
    star = f"run_star_{trained.get('Good run').id}"
    app.button(key=star).click().run()
    assert listed_runs(app) == ["Good run", "Stopped run", "Failed run"]
    assert trained.get("Good run").is_starred
    assert app.button(key=star).label == "Remove the star"
    app.button(key=star).click().run()
    assert listed_runs(app) == list(RUN_NAMES)


def test_the_filter_finds_by_name_note_status_recipe_and_star(open_page, trained):
    trained.set_note(trained.get("Failed run").id, "Wrong path of the weights")
    trained.set_star(trained.get("Failed run").id, True)
    app = open_page("runs")
    assert listed_runs(app) == ["Failed run", "Stopped run", "Good run"]
    app.text_input(key="find").set_value("weights WRONG").run()
    assert listed_runs(app) == ["Failed run"]
    assert "1 of 3 runs" in words(app)
    app.text_input(key="find").set_value("nothing like this").run()
    assert listed_runs(app) == []
    button(app, "Show all runs").click().run()
    assert len(listed_runs(app)) == 3

    app.selectbox(key="status").select("Completed").run()
    assert listed_runs(app) == ["Good run"]
    app.selectbox(key="status").select("All")
    app.selectbox(key="recipe").select("Own settings").run()
    assert listed_runs(app) == ["Failed run", "Stopped run"]
    app.toggle(key="starred").set_value(True).run()
    assert listed_runs(app) == ["Failed run"]


def test_a_filtered_list_is_opened_by_its_address(open_page, trained):
    assert listed_runs(open_page("runs", find="good", status="Completed")) == ["Good run"]


def test_the_best_come_first_if_asked_for(open_page, trained):
    app = open_page("runs")
    app.selectbox(key="order").select("Best first").run()
    assert listed_runs(app)[0] == "Good run"


def test_long_lists_have_pages(open_page, trained):
    good = trained.get("Good run")
    for number in range(30):
        trained.request_stop(trained.create("other", "Other", good.config, name=f"Run {number}").id)
    app = open_page("runs")
    assert listed_runs(app)[0] == "Run 29" and len(listed_runs(app)) == 25
    app.pagination(key="page").set_value(2).run()
    assert listed_runs(app) == [*(f"Run {number}" for number in range(4, -1, -1)), *RUN_NAMES]
    assert [item.value for item in app.header] == ["Other (deleted)", "Shapes"]


def test_two_ticked_runs_are_compared_at_an_address(open_page, trained):
    app = tick(open_page("runs"), trained, "Good run")
    assert button(app, "Compare").disabled
    app = tick(app, trained, "Failed run")
    button(app, "Compare 2").click().run()
    assert app.title[0].value == "Compare runs"
    assert app.query_params["runs"] == f"{trained.get('Failed run').id},{trained.get('Good run').id}"


def test_ticks_can_be_cleared_and_outlast_a_filter(open_page, trained):
    app = tick(open_page("runs"), trained, "Good run", "Failed run")
    app.text_input(key="find").set_value("Stopped").run()
    button(app, "Compare 2")
    button(app, "Clear").click().run()
    assert not [item for item in app.button if item.label.startswith("Compare")]


def test_delete_asks_first_and_names_the_runs(open_page, trained):
    app = tick(open_page("runs"), trained, "Stopped run", "Failed run")
    app = button(app, "Delete 2").click().run()
    assert "This deletes 2 runs: Stopped run and Failed run. It can't be undone." in words(app)
    assert len(trained.list()) == 3


def test_delete_of_one_says_that_its_model_goes_too(open_page, trained):
    app = act(open_page("runs"), trained, "Good run", "Delete")
    assert "This deletes 1 run: Good run, with 1 model" in words(app)


def test_menu_renames_and_notes(open_page, trained):
    app = act(open_page("runs"), trained, "Good run", "Rename")
    assert [item.value for item in app.text_input if item.label == "Name"] == ["Good run"]
    app = act(app, trained, "Good run", "Note")
    assert [item.value for item in app.text_input if item.label == "Note"] == [""]
    trained.set_note(trained.get("Good run").id, "For the *talk*")
    assert r"For the \*talk\*" in words(app.run())


def test_a_run_that_ended_early_is_resumed_from_its_menu(open_page, trained):
    app = open_page("runs")
    assert not any("Resume" in option for option in app.menu_button(key=menu_of(trained, "Good run")).options)
    run = trained.get("Stopped run")
    app = act(app, trained, "Stopped run", "Resume")
    assert app.query_params["run"] == run.id
    assert trained.get(run.id).status in (RunStatus.QUEUED, RunStatus.RUNNING)


def menu_of(store, name: str) -> str:
    return f"run_menu_{store.get(name).id}"


def test_a_failed_run_says_why(open_page, trained):
    app = open_page("runs")
    (why,) = [item for item in app.caption if item.value == "Why?"]
    assert "nowhere" in why.help
