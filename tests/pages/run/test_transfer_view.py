"""Did transfer help? On the page of a run."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.evaluation.pixel_answers import PixelAnswers, save_pixel_answers
from core.runs import queue
from core.runs.counterparts import Way, counterparts, way_of
from core.runs.records.store import Run, RunStatus, RunStore
from pages.components.training import setup_form
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, words

ADAPT = "Adapt to unlabelled pictures"
FROM_SCRATCH = "Train it from scratch too"


@pytest.fixture
def good(trained: RunStore) -> Run:
    return trained.get("Good run")


@pytest.fixture
def results(open_page, good: Run):
    return lambda: open_page("run", run=good.id, section="results")


def completed(store: RunStore, like: Run, config: TrainingConfig, wrong: int) -> Run:
    """Records a completed run with so many wrong answers to the pictures of another."""
    run = store.create(like.dataset_id, like.dataset_name, config, "recommended", "Compared")
    store.claim(slots=1)
    (store.folder(run.id) / "model").mkdir(parents=True)
    own = load_evaluations(store.folder(like.id))[0]
    probabilities = own.probabilities * 0
    probabilities[range(len(own.labels)), own.labels] = 1
    probabilities[:wrong] = probabilities[:wrong, [1, 2, 0]]
    save_evaluations([replace(own, probabilities=probabilities)], store.folder(run.id))
    store.finish(run.id, RunStatus.COMPLETED, metrics={"val_accuracy": 1 - wrong / len(own.labels)})
    return store.get(run.id)


def test_the_bare_pixels_are_compared_with(results, trained: RunStore, good: Run) -> None:
    app = results()
    assert "Did transfer help?" in [header.value for header in app.header]
    assert "A support vector machine on nothing but the pixels (16 x 16, trained on 24 pictures)" in words(app)
    (trained.folder(good.id) / "pixels.json").unlink()
    assert "support vector machine" not in words(results())


def test_what_is_missing_is_trained_in_one_click(results, trained: RunStore, good: Run) -> None:
    app = button(results(), FROM_SCRATCH).click().run()
    assert not app.exception
    (started,) = [run for run in trained.list() if run.config.from_scratch]
    assert started.dataset_id == good.dataset_id
    assert way_of(started.config) == Way.SCRATCH
    assert started.config.image_size == good.config.image_size
    links = [link.proto.label for link in app.get("page_link")]
    assert f"The run to compare with, by training from scratch, is at work: **{started.name}**" in links
    assert FROM_SCRATCH not in [item.label for item in app.button]
    queue.stop(trained, started.id)


def test_both_runs_say_what_pretrained_features_are_worth(open_page, trained: RunStore, good: Run) -> None:
    scratch = good.config.with_options(weights="none", trainable_blocks=9)
    other = completed(trained, good, scratch, wrong=6)
    own = load_evaluations(trained.folder(good.id))[0]
    right = int((own.predictions == own.labels).sum())
    sentence = f"With pretrained features {right} of 6 are right, from scratch 0."
    for run in (good, other):
        assert sentence in words(open_page("run", run=run.id, section="results"))


@pytest.fixture
def negative(trained: RunStore, good: Run) -> None:
    """Makes the run worse than the pixels."""
    folder = trained.folder(good.id)
    own = load_evaluations(folder)[0]
    labels = np.tile(own.labels, 5)
    paths = tuple(f"{number}.png" for number in range(len(labels)))
    wrong = np.eye(3)[(labels + 1) % 3]
    save_evaluations([replace(own, labels=labels, probabilities=wrong, paths=paths)], folder)
    save_pixel_answers(PixelAnswers(dict(zip(paths, labels.tolist(), strict=True)), 24, 16), folder)


@pytest.mark.usefixtures("negative")
def test_negative_transfer_comes_with_remedies(results, good: Run) -> None:
    app = results()
    assert "negative transfer" in words(app)
    app = button(app, "Let its end learn too").click().run()
    assert not app.exception
    assert app.title[0].value == "Train a model"
    assert app.session_state[setup_form.FOLLOWED].recipe == "fine_tune"
    assert app.session_state[setup_form.FOLLOWED].dataset_id == good.dataset_id


@pytest.mark.usefixtures("negative")
def test_a_remedy_is_to_adapt_to_unlabelled_pictures(results, home, tmp_path, good: Run) -> None:
    app = results()
    assert "bring them as a data set of their own" in words(app)
    assert "Add pictures" in [link.proto.label for link in app.get("page_link")]
    other = DatasetStore(home).import_source(draw_folder(tmp_path / "Sketches", 3, seed=8))
    app = button(results(), ADAPT).click().run()
    assert not app.exception
    assert app.title[0].value == "Train a model"
    assert app.session_state[setup_form.FOLLOWED].recipe == "recommended"
    assert app.session_state[setup_form.FOLLOWED].dataset_id == good.dataset_id
    assert fields(app)["adapt_to"].value == other.id
    assert fields(app)["trainable_blocks"].value == 0
    DatasetStore(home).import_source(draw_folder(tmp_path / "Photographs", 3, seed=9))
    app = button(results(), ADAPT).click().run()
    assert fields(app)["adapt_to"].value == "", "of two, only the user knows which"


def test_an_adapted_run_says_what_its_accuracy_speaks_of(open_page, trained: RunStore, good: Run) -> None:
    run = completed(trained, good, good.config.with_options(adapt_to="gone"), wrong=0)
    app = open_page("run", run=run.id, section="results")
    assert "Did transfer help?" not in [header.value for header in app.header]
    (said,) = [info.value for info in app.info if "This model was adapted to" in info.value]
    said = said.replace("\\", "")
    assert "a data set that was deleted (gone)" in said and "no answer is called sure" in said
    # Nor is it what others are compared with: it was made for other pictures.
    scratch = completed(trained, good, good.config.with_options(weights="none", trainable_blocks=9), wrong=6)
    assert run.id not in [one.id for one in counterparts(trained.list(), scratch).values()]


@pytest.mark.parametrize(
    ("label", "name", "value"),
    [("Let more of it learn", "trainable_blocks", 3), ("Learn at a lower rate", "fine_tune_learning_rate", 1e-4)],
)
def test_a_fine_tuned_run_comes_with_remedies_of_its_own(
    open_page, trained: RunStore, good: Run, label: str, name: str, value: float
) -> None:
    config = good.config.with_options(trainable_blocks=1, fine_tune_learning_rate=3e-4)
    run = completed(trained, good, config, wrong=6)
    own = load_evaluations(trained.folder(run.id))[0]
    labels = np.tile(own.labels, 5)
    paths = tuple(f"{number}.png" for number in range(len(labels)))
    wrong = np.eye(3)[(labels + 1) % 3]
    save_evaluations([replace(own, labels=labels, probabilities=wrong, paths=paths)], trained.folder(run.id))
    answers = dict(zip(paths, labels.tolist(), strict=True))
    save_pixel_answers(PixelAnswers(answers, 24, 16), trained.folder(run.id))
    app = button(open_page("run", run=run.id, section="results"), label).click().run()
    assert not app.exception
    assert app.title[0].value == "Train a model"
    assert app.session_state[setup_form.FILLED][name] == pytest.approx(value)


def test_without_the_data_set_nothing_more_can_be_trained(results, home, trained: RunStore, good: Run) -> None:
    assert not button(results(), FROM_SCRATCH).disabled
    DatasetStore(home).delete(good.dataset_id)
    assert button(results(), FROM_SCRATCH).disabled


def test_damaged_answers_of_the_pixels_are_left_out(results, trained: RunStore, good: Run) -> None:
    (trained.folder(good.id) / "pixels.json").write_text(json.dumps({"answers": 3}))
    app = results()
    assert not app.exception
    assert "support vector machine" not in words(app)
