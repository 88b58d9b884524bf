import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.experiments import progress
from core.experiments.experiment import Kind
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.store import RunStatus, RunStore
from core.runs.worker.liveness import worker_lock
from pages.components import wording
from pages.components.guide import figure_words, recorded
from pages.components.shell import session
from tests.conftest import draw_folder
from tests.pages.conftest import button, words


def links(app) -> list[str]:
    return [link.proto.label.strip("*") for link in app.main.get("page_link")]


def test_empty_home_says_what_this_is_and_has_three_ways_in(open_page):
    app = open_page("home")
    assert app.title[0].value == "Teach a network your own classes"
    for way in ("Try it now", "Bring your pictures", "Show it to others"):
        assert f"**{way}**" in words(app)
    assert button(app, "Try it now").disabled is False
    assert links(app) == ["All experiments", "How transfer learning works"]
    assert not app.header
    # What it buys is told from a real run.
    assert figure_words.finding(recorded.load("curves")) in words(app)


def test_bring_your_pictures_leads_to_the_upload(open_page):
    app = button(open_page("home"), "Add pictures").click().run()
    assert not app.exception
    assert app.title[0].value == "Data" and app.query_params["add"] == "zip"


@pytest.mark.slow
def test_a_race_starts_in_one_click(open_page, home):
    app = button(open_page("home"), "Start a race").click().run()
    assert not app.exception
    (race,) = ExperimentStore(home.home).list()
    assert race.kind == Kind.RACE
    assert app.query_params["experiment"] == race.id
    assert app.title[0].value == "Race · Puzzle pieces"
    progress.stop(RunStore(home.database), race)


def test_experiments_are_one_click_away_later_too(open_page, trained):
    app = button(open_page("home"), "Show it to others").click().run()
    assert not app.exception
    assert app.title[0].value == "Show what transfer learning brings"


def test_the_guide_is_one_click_away(open_page):
    *_, link = open_page("home").main.get("page_link")
    assert (link.proto.page, link.proto.query_string) == ("guide", "topic=three-kinds")


def test_no_worker_is_kept_warm_without_a_browser(open_page):
    open_page("home").run()
    assert not session.warm_worker().is_kept


def test_home_goes_on_with_the_best_model_of_each_data_set(open_page, trained, home, tmp_path):
    good = trained.get("Good run")
    DatasetStore(home).import_source(draw_folder(tmp_path / "more", 4), name="Untrained")
    app = open_page("home")
    assert app.title[0].value == "Continue"
    assert links(app)[:3] == ["Untrained", "Shapes", "Good run"]
    text = words(app)
    assert f"Best model: **{wording.percent(good.metrics['val_accuracy'])}**" in text
    # The three ways in are still there, below and smaller.
    assert "**Bring your pictures**" not in text
    labels = [item.label for item in app.button]
    assert labels[-3:] == ["Try it now", "Bring your pictures", "Show it to others"]

    button(app, "Open").click().run()
    assert app.title[0].value == "Good run"
    app.switch_page("pages/home.py").run()
    button(app, "Test").click().run()
    assert app.query_params["run"] == good.id
    assert app.title[0].value == "Test a model"
    app.switch_page("pages/home.py").run()
    button(app, "Train a model").click().run()
    assert app.title[0].value == "Train a model"


def test_stopped_runs_do_not_hide_the_good_one(open_page, trained):
    good = trained.get("Good run")
    for number in range(5):
        trained.request_stop(trained.create(good.dataset_id, "Shapes", good.config, name=f"Early {number}").id)
    app = open_page("home")
    shown = links(app)
    assert shown.index("Early 4") < shown.index("Good run", 2)
    (fold,) = app.expander
    assert fold.label == "and 5 stopped and 1 failed runs without a model"
    assert shown.count("Early 3") == 1
    assert "Early 3" in [link.proto.label.strip("*") for link in fold.get("page_link")]


@pytest.mark.slow
def test_try_it_now_imports_the_sample_and_starts_the_recommended_recipe(open_page, home):
    app = button(open_page("home"), "Try it now").click().run()
    assert not app.exception
    (dataset,) = DatasetStore(home).list()
    (run,) = RunStore(home.database).list()
    assert dataset.name == "Puzzle pieces"
    assert (run.dataset_id, run.recipe, run.config.backbone) == (dataset.id, "recommended", "efficientnet_lite0")
    assert app.query_params["run"] == run.id
    assert app.title[0].value == wording.plain(run.name)
    assert button(app, "Stop").disabled is False


def test_home_shows_the_running_run_before_those_that_wait_in_turn(open_page, home, shape_folder):
    dataset = DatasetStore(home).import_source(shape_folder, name="Shapes")
    store = RunStore(home.database)
    runs = [
        store.create(dataset.id, dataset.name, TrainingConfig(image_size=32).with_options(epochs=1), name=name)
        for name in ("First", "Second", "Third")
    ]
    running = store.claim(1)
    store.folder(running.id).mkdir(parents=True, exist_ok=True)
    with worker_lock(store.folder(running.id)):  # as its worker would hold it
        app = open_page("home")
        store.finish(running.id, RunStatus.STOPPED)
    assert running.id == runs[0].id
    assert links(app)[:3] == ["First", "Second", "Third"]
    assert app.header[0].value == "At work"
    for run in runs[1:]:
        queue.stop(store, run.id)
