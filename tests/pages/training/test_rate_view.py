"""The search for a learning rate on the page that trains."""

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.events import Event
from pages.components.training import cached_estimates, estimates
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, form_values, wait_until, words

pytestmark = pytest.mark.usefixtures("all_groups")

PATIENCE_SECONDS = 90


@pytest.mark.slow
def test_a_rate_is_found_shown_and_applied_with_one_click(open_page, shapes):
    app = open_page("train")
    fields(app)["image_size"].set_value(64).run()
    button(app, "Find a learning rate").click().run()
    assert "Looking for a learning rate" in words(app)
    config = TrainingConfig().with_options(**form_values(app), validation_split=shapes.validation_split)
    question = estimates.rate_question(config, shapes.id)
    curve = cached_estimates.rate_curves().wait(question, PATIENCE_SECONDS).result
    app.run()
    rate = f"{curve.suggestion:.0e}"
    assert f"falling fastest at {rate}" in app.get("plotly_chart")[0].proto.alt
    button(app, f"Use {rate}").click().run()
    assert fields(app)["learning_rate"].value == curve.suggestion
    assert button(app, f"Use {rate}"), "the curve stays when its suggestion is taken"
    fields(app)["batch_size"].set_value(8).run()
    assert "use_rate" not in {item.key for item in app.button}

    for picture in shapes.folder.glob("pictures/*"):
        picture.unlink()
    fields(app)["image_size"].set_value(96).run()
    button(app, "Find a learning rate").click().run()
    config = TrainingConfig().with_options(**form_values(app), validation_split=shapes.validation_split)
    cached_estimates.rate_curves().wait(estimates.rate_question(config, shapes.id), PATIENCE_SECONDS)
    app.run()
    assert app.warning


@pytest.mark.slow
def test_a_rate_search_shows_its_progress_and_can_be_cancelled(open_page, home, tmp_path):
    DatasetStore(home).import_source(draw_folder(tmp_path / "many", 120, seed=1), name="Many")
    app = open_page("train")
    fields(app)["image_size"].set_value(320).run()
    app = button(app, "Find a learning rate").click().run()
    (question, _) = app.session_state["rate_asked"]
    curves = cached_estimates.rate_curves()
    reading = "Reading pictures through the network"

    def is_reading() -> bool:
        curves.ask(question)  # Like the page's timer.
        return (curves.progress(question) or Event("")).phase == "features"

    wait_until(is_reading)
    assert reading in app.run().get("progress")[0].proto.text
    asked = fields(app)["batch_size"].value
    button(app, "Cancel").click().run()
    assert "Looking for a learning rate" not in words(app)
    assert "Cancel" not in [item.label for item in app.button]
    wait_until(lambda: curves.progress(question) is None)
    assert curves.get(question) is None

    button(app, "Find a learning rate").click().run()
    wait_until(lambda: curves.ask(question) or curves.progress(question) is not None)
    fields(app)["batch_size"].set_value(asked // 2).run()
    wait_until(lambda: curves.progress(question) is None)
    assert curves.get(question) is None, "what the form doesn't ask any more isn't looked for any more"
    assert "Looking for a learning rate" not in words(app)
