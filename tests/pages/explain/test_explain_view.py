"""The section Explain of a real run, with the real inference process."""

import io
import time

import numpy as np
import pytest

from core.datasets.store.store import DatasetStore
from core.events import Event
from core.explanation.store import FOLDER
from core.settings import settings
from pages.components.shell import session
from tests.conftest import draw_shape
from tests.pages.conftest import button, words


def alts(app) -> list[str]:
    return [image.alt for item in app.image for image in item.proto.imgs]


def waiting_for(app, *texts: str):
    """Draws the page until one of these texts is on it."""
    for _ in range(100):
        if any(text in words(app) for text in texts):
            return app
        time.sleep(0.3)
        app.run()
    raise AssertionError(words(app))


def explained(open_page, run):
    """Opens the section and waits until the maps are there."""
    app = open_page("run", run=run.id, section="explain")
    return waiting_for(app, "Probability of", "Nothing in this picture")


def test_a_running_run_has_nothing_to_explain_yet(open_page, trained, at_work):
    app = open_page("run", run=at_work(Event("head", 1, 4)).id, section="explain")
    assert "Answers can be explained when training has ended" in app.info[0].value


def test_a_deleted_data_set_leaves_uploads(open_page, trained):
    run = trained.get("Good run")
    DatasetStore(settings()).delete(run.dataset_id)
    app = open_page("run", run=run.id, section="explain")
    assert "Upload a picture instead" in app.info[0].value
    source = next(item for item in app.segmented_control if item.key.startswith("explain_source"))
    source.set_value("upload").run()
    assert len(app.file_uploader) == 1


@pytest.mark.slow
def test_a_picture_is_explained_by_two_methods_and_kept(open_page, trained):
    run = trained.get("Good run")
    app = explained(open_page, run)
    assert not app.exception and not app.error
    answer = next(item for item in app.selectbox if item.key.startswith("explain_class"))
    assert len(answer.options) == 3 and answer.value in ("circle", "square", "stripes")
    grad_cam, occlusion = (next(alt for alt in alts(app) if alt.startswith(name)) for name in ("Grad-CAM", "Occlusion"))
    assert f"for {answer.value}" in grad_cam and f"for {answer.value}" in occlusion
    assert "spoke most for" in words(app)
    kept = settings().runs / run.id / FOLDER
    assert len(list(kept.iterdir())) == 2

    waiting_for(button(app, "Does the map depend on the model?").click().run(), "With random weights in the head")
    assert len(list(kept.iterdir())) == 3

    other = next(name for name in ("circle", "square", "stripes") if name != answer.value)
    waiting_for(answer.set_value(other).run(), f"**{other}**: ", f"spoke for **{other}**")
    assert f"Grad-CAM for {other}" in " ".join(alts(app))
    assert "With random weights" not in words(app)

    # What is on disk needs no process.
    session.inference_client().close()
    answer.set_value(grad_cam.split(" for ")[1].split(":")[0]).run()
    assert not app.error and grad_cam in alts(app)


@pytest.mark.slow
def test_the_picture_in_the_address_is_shown_and_another_can_be_chosen(open_page, trained):
    run = trained.get("Good run")
    app = explained(open_page, run)
    presses = [item for item in app.button if item.label.startswith("Explain ")]
    assert len(presses) == 6
    waiting_for(presses[3].click().run(), "Probability of", "Nothing in this picture")
    chosen = app.query_params["picture"]
    chosen = chosen[0] if isinstance(chosen, list) else chosen
    (dataset,) = [item for item in DatasetStore(settings()).list() if item.id == run.dataset_id]
    sample = next(sample for sample in dataset.samples if sample.digest.startswith(chosen))
    assert sample.name.rsplit("/", 1)[-1].replace(".", "\\.").replace("_", "\\_") in words(app)


@pytest.mark.slow
def test_an_upload_is_explained_and_a_broken_one_refused(open_page, trained):
    run = trained.get("Good run")
    app = explained(open_page, run)
    next(item for item in app.segmented_control if item.key.startswith("explain_source")).set_value("upload").run()
    buffer = io.BytesIO()
    draw_shape("circle", np.random.default_rng(5)).save(buffer, "PNG")
    app.file_uploader[0].upload("new.png", buffer.getvalue()).run()
    waiting_for(app, "Probability of", "Nothing in this picture")
    assert not app.exception and not app.error
    assert "the model's answer" in words(app)
    before = len(list((settings().runs / run.id / FOLDER).iterdir()))
    assert before == 2  # only of the validation picture
    app.file_uploader[0].set_value([]).run()
    app.file_uploader[0].upload("broken.png", b"no picture").run()
    assert "can't be read as a picture" in app.warning[0].value


@pytest.mark.slow
def test_the_nearest_training_pictures_are_shown_on_a_press(open_page, trained):
    run = trained.get("Good run")
    app = button(explained(open_page, run), "Nearest training pictures").click().run()
    waiting_for(app, "closest to it, as the model sees them")
    assert not app.exception
    assert len([item for item in app.button if item.key and item.key.startswith("pressed_nearest_")]) == 3


@pytest.mark.slow
def test_an_answer_leads_to_its_reason(open_page, trained):
    run = trained.get("Good run")
    (dataset,) = [item for item in DatasetStore(settings()).list() if item.id == run.dataset_id]
    split = dataset.with_split(run.config.validation_split, run.config.seed)
    for sample in (split.select("validation")[2], split.select("train")[0]):
        app = open_page("run", run=run.id, section="explain", picture=sample.digest[:12])
        waiting_for(app, "Probability of", "Nothing in this picture")
        assert sample.name.rsplit("/", 1)[-1].split(".")[0] in words(app).replace("\\", "")
