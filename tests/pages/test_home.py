from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.runs import queue
from core.runs.records.store import RunStatus, RunStore
from core.runs.worker.liveness import worker_lock
from pages.components import wording
from pages.components.shell import session
from tests.pages.conftest import button, words


def test_empty_home_says_what_this_is_and_what_to_do(open_page):
    app = open_page("home")
    assert app.title[0].value == "Teach a network your own classes"
    assert [f"{number}." in words(app) for number in (1, 2, 3)] == [True] * 3
    assert button(app, "Try it now").disabled is False
    assert "No run yet" in app.info[0].value


def test_no_worker_is_kept_warm_without_a_browser(open_page):
    open_page("home").run()
    assert not session.warm_worker().is_kept


def test_home_lists_the_latest_runs(open_page, trained):
    app = open_page("home")
    links = app.get("page_link")
    assert [link.proto.label for link in links] == ["**Stopped run**", "**Failed run**", "**Good run**"]
    assert f"run={trained.get('Good run').id}" in links[2].proto.query_string
    assert "Shapes · Recommended" in words(app)
    assert not app.info


def test_steps_lead_to_their_pages(open_page):
    app = open_page("home")
    assert button(app, "Choose data").click().run().title[0].value == "Data"


def test_try_it_now_imports_the_sample_and_starts_the_recommended_recipe(open_page, home):
    app = button(open_page("home"), "Try it now").click().run()
    assert not app.exception
    (dataset,) = DatasetStore(home).list()
    (run,) = RunStore(home.database).list()
    assert dataset.name == "Textures"
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
        labels = [link.proto.label for link in open_page("home").get("page_link")]
        store.finish(running.id, RunStatus.STOPPED)
    assert running.id == runs[0].id
    assert labels == ["**First**", "**Second**", "**Third**"]
    for run in runs[1:]:
        queue.stop(store, run.id)
