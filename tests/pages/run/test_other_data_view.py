"""A run's model on other data sets, on the page of the run."""

from dataclasses import replace

import numpy as np
import pytest

from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.runs.other_data import load_others, save_other
from core.runs.records.store import Run, RunStore
from pages.components.background.jobs import EVALUATE
from pages.components.shell import session
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, wait_until, words


@pytest.fixture
def good(trained: RunStore) -> Run:
    return trained.get("Good run")


@pytest.fixture
def others(home, tmp_path, good: Run):
    """Two other data sets: one whose classes the run's model knows, and one with another class."""
    store = DatasetStore(home)
    fits = store.import_source(draw_folder(tmp_path / "elsewhere", 3, seed=7), name="Elsewhere")
    store.import_source(draw_folder(tmp_path / "strange", 3, ("circle", "zebra"), seed=8), name="Strange")
    return fits


def test_without_another_data_set_it_says_what_to_do(open_page, good: Run) -> None:
    app = open_page("run", run=good.id, section="results")
    assert "import a data set whose classes it knows." in words(app)
    assert "Evaluate on it" not in [item.label for item in app.button]


@pytest.mark.slow
def test_it_is_evaluated_on_a_data_set_whose_classes_it_knows(open_page, trained, good: Run, others) -> None:
    app = open_page("run", run=good.id, section="results")
    assert "Not offered: 1 data set with classes that this model doesn't know." in words(app)
    assert fields(app)[f"other_data_{good.id}"].options == ["Elsewhere"]
    button(app, "Evaluate on it").click().run()
    assert not app.exception
    wait_until(lambda: not session.jobs().running(EVALUATE))
    assert session.jobs().latest(EVALUATE, good.id).error == ""
    (found,) = load_others(trained.folder(good.id))
    assert len(found.labels) == len(others.samples) and found.dataset_id == others.id
    app.run()
    right = int((found.predictions == found.labels).sum())
    assert f"**Elsewhere**: {right} of {len(others.samples)} right" in words(app)
    button(app, "Look at it").click().run()
    assert app.query_params["split"] == "Elsewhere"
    assert fields(app)["split"].value == "Elsewhere"


def test_mistakes_on_another_data_set_are_relabelled_there(open_page, trained, good: Run, others, home) -> None:
    own = load_evaluations(trained.folder(good.id))[0]
    samples = others.samples[:4]
    labels = np.array([own.class_names.index(others.class_names[sample.label]) for sample in samples])
    paths = tuple(sample.path for sample in samples)
    wrong = np.eye(3)[(labels + 1) % 3]
    save_other(
        replace(
            own, split="Elsewhere", labels=labels, probabilities=wrong, paths=paths, dataset_id=others.id, num_seen=2
        ),
        trained.folder(good.id),
    )
    app = open_page("run", run=good.id, section="mistakes", split="Elsewhere")
    assert "**4** of 4 pictures taken for something else." in words(app)
    # What spoke for an answer is computed for the run's own pictures.
    assert "Why?" not in [item.label for item in app.button]
    button(app, "This label is wrong").click().run()
    assert not app.exception
    assert "decided, not applied yet." in words(app)
    app = open_page("run", run=good.id, section="results", split="Elsewhere")
    assert "Left out: 2 pictures that the model was trained on." in words(app)


def test_a_mistake_leads_to_its_reason(open_page, home, trained, good: Run) -> None:
    own = load_evaluations(trained.folder(good.id))[0]
    save_evaluations([replace(own, probabilities=np.eye(3)[(own.labels + 1) % 3])], trained.folder(good.id))
    app = open_page("run", run=good.id, section="mistakes")
    button(app, "Why?").click().run()
    assert app.query_params["section"] == "explain"
    assert app.query_params["run"] == good.id
    digests = {sample.digest[:12] for sample in DatasetStore(home).get(good.dataset_id).samples}
    assert app.query_params["picture"] in digests
