"""The way from poor answers on other pictures to a model that is adapted to them."""

from dataclasses import replace

import numpy as np
import pytest

from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.runs.other_data import save_other
from core.runs.records.store import Run, RunStore
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, words

ADAPT = "Adapt to them"


@pytest.fixture
def good(trained: RunStore) -> Run:
    return trained.get("Good run")


@pytest.fixture
def elsewhere(home, tmp_path) -> DatasetIndex:
    store = DatasetStore(home)
    store.import_source(draw_folder(tmp_path / "third", 3, seed=9), name="Third")
    return store.import_source(draw_folder(tmp_path / "elsewhere", 3, seed=7), name="Elsewhere")


def evaluated(trained: RunStore, run: Run, dataset_id: str, right: int, wrong: int) -> None:
    """Records that a run's model is always right on its own pictures, and so often on those of another data set."""
    folder = trained.folder(run.id)
    own = load_evaluations(folder)[0]
    labels = np.arange(60) % 3
    paths = tuple(f"{index}.png" for index in range(60))
    save_evaluations([replace(own, labels=labels, probabilities=np.eye(3)[labels], paths=paths)], folder)
    labels = np.arange(right + wrong) % 3
    answers = np.where(np.arange(right + wrong) < right, labels, (labels + 1) % 3)
    other = replace(own, split="Elsewhere", labels=labels, probabilities=np.eye(3)[answers], dataset_id=dataset_id)
    save_other(replace(other, paths=tuple(f"{index}.png" for index in range(right + wrong))), folder)


def test_a_model_that_is_clearly_worse_on_other_pictures_may_be_adapted_to_them(
    open_page, trained: RunStore, good: Run, elsewhere: DatasetIndex
) -> None:
    evaluated(trained, good, elsewhere.id, right=20, wrong=40)
    app = open_page("run", run=good.id, section="results")
    assert "Clearly less often right than on its own held-out pictures." in words(app)
    button(app, ADAPT).click().run()
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert fields(app)["adapt_to"].value == elsewhere.id


@pytest.mark.parametrize(("right", "wrong"), [(60, 0), (57, 3), (4, 1)])
def test_what_may_be_chance_gives_no_such_advice(
    open_page, trained: RunStore, good: Run, elsewhere: DatasetIndex, right: int, wrong: int
) -> None:
    evaluated(trained, good, elsewhere.id, right, wrong)
    app = open_page("run", run=good.id, section="results")
    assert "**Elsewhere**" in words(app)
    assert ADAPT not in [item.label for item in app.button]


@pytest.mark.parametrize("reason", ["adapted already", "pictures deleted"])
def test_what_cant_be_adapted_isnt_offered(
    open_page, home, trained: RunStore, good: Run, elsewhere: DatasetIndex, reason: str
) -> None:
    run = good
    if reason == "adapted already":
        config = good.config.with_options(adapt_to=elsewhere.id)
        run = trained.create(good.dataset_id, good.dataset_name, config, "recommended", "Adapted")
        own = load_evaluations(trained.folder(good.id))
        save_evaluations(own, trained.folder(run.id))
    evaluated(trained, run, elsewhere.id, right=20, wrong=40)
    if reason == "pictures deleted":
        DatasetStore(home).delete(elsewhere.id)
    app = open_page("run", run=run.id, section="results")
    assert not app.exception
    assert ADAPT not in [item.label for item in app.button]
