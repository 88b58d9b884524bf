"""How long a run will take, beside Start and on the cards of the recipes."""

import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.forecast import wording as forecasts
from core.forecast.wording import shortage
from core.processes.inference_client import ESTIMATES_LOG_NAME, LOG_NAME
from core.runs import queue
from core.runs.records.store import RunStatus
from core.runs.worker.liveness import worker_lock
from pages.components.training import cached_estimates, estimates
from tests.pages.conftest import button, fields, form_values, words

pytestmark = pytest.mark.usefixtures("all_groups")


PATIENCE_SECONDS = 90


def measured(app, shapes):
    """Waits for the form's forecast, like its timer."""
    config = TrainingConfig().with_options(**form_values(app), validation_split=shapes.validation_split)
    question = estimates.time_question(config, shapes.id)
    cached_estimates.forecasts().ask(question)
    found = cached_estimates.forecasts().wait(question, PATIENCE_SECONDS)
    app.run()
    assert not app.exception
    return found


def test_the_page_does_not_wait_for_the_forecast_and_costs_nothing_unseen(open_page, home, shapes):
    app = open_page("train")
    assert "Measuring this machine" in words(app)
    assert not button(app, "Start training").disabled
    fields(app)["epochs"].set_value(7).run()
    assert not (home.home / LOG_NAME).exists()
    assert not (home.home / ESTIMATES_LOG_NAME).exists()


@pytest.mark.slow
def test_forecast_stands_beside_start_and_follows_the_form(open_page, shapes):
    app = open_page("train")
    fields(app)["image_size"].set_value(64).run()
    found = measured(app, shapes).result
    sentence = forecasts.details(found)
    assert sentence in words(app).replace("\\", "")
    assert f"**{forecasts.total(found)}**" in words(app)
    fields(app)["learning_rate"].set_value(0.5).run()
    assert sentence in words(app).replace("\\", ""), "a rate changes nothing of the time"
    fields(app)["epochs"].set_value(1000).run()
    assert "Measuring this machine" in words(app)
    assert "measuring" in fields(app)["recipe"].proto.captions[2]
    longer = measured(app, shapes).result
    assert forecasts.total(longer) in words(app)
    assert forecasts.details(longer) in words(app).replace("\\", "")

    fields(app)["flip"].set_value(True).run()
    fields(app)["views"].set_value(4).run()
    assert "4 copies of each of 24 training pictures, 3 of them changed: 96 to read." in words(app)
    assert measured(app, shapes).result.views_seconds > 0
    assert "96 to read, " in words(app)

    for picture in shapes.folder.glob("pictures/*"):
        picture.unlink()
    fields(app)["image_size"].set_value(96).run()
    assert measured(app, shapes).error
    assert "No forecast." in words(app)
    assert not button(app, "Start training").disabled


@pytest.mark.slow
def test_a_card_says_how_long_its_recipe_takes(open_page, shapes):
    app = open_page("train")
    assert "measuring … · works offline" in fields(app)["recipe"].proto.captions[0]
    found = measured(app, shapes)
    time = forecasts.about(found.result.total_seconds)
    assert f"**{time}** · works offline" in fields(app)["recipe"].proto.captions[0]


def test_start_is_disabled_if_training_does_not_fit_in_memory(open_page, shapes):
    app = open_page("train")
    fields(app)["pooling"].set_value("flatten").run()
    fields(app)["image_size"].set_value(1024).run()
    fields(app)["units"].set_value(4096).run()
    config = TrainingConfig().with_options(**form_values(app))
    assert "GB of memory" in shortage(config.trainable_params(3), psutil.virtual_memory().available)
    assert button(app, "Start training").disabled
    assert f"{config.trainable_params(3):,} trainable parameters need about" in words(app).replace("\\", "")
    fields(app)["units"].set_value(0).run()
    assert not button(app, "Start training").disabled


def test_runs_before_it_are_told_before_start(open_page, trained):
    assert "before this one" not in words(open_page("train"))
    good = trained.get("Good run")
    runs = [trained.create(good.dataset_id, good.dataset_name, good.config, name=f"Run {n}") for n in (1, 2)]
    trained.claim(1)
    trained.folder(runs[0].id).mkdir(parents=True, exist_ok=True)
    with worker_lock(trained.folder(runs[0].id)):  # held like its worker would
        both = words(open_page("train"))
        queue.stop(trained, runs[1].id)
        one = words(open_page("train"))
        trained.finish(runs[0].id, RunStatus.STOPPED)
    assert "2 runs before this one (Run 1 first, about " in both
    assert "1 run before this one (Run 1, about " in one
