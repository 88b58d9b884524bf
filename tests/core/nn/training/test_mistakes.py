"""What a run stores of its wrong answers is what its model says when it is loaded."""

import numpy as np
import pytest

from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.evaluation.mistakes import load_details
from core.evaluation.prediction import Verdict
from core.features.feature_space import array_rows
from core.nn.inference.predictor import Predictor
from core.nn.networks.model_files import TrainingEmbeddings
from core.nn.training.mistakes import mistake_details
from core.nn.training.training import run_training
from tests.conftest import draw_shape


def shuffled_folder(folder):
    """Draws shapes into classes that have nothing to do with them, so that a model can only guess."""
    generator = np.random.default_rng(0)
    for name in ("one", "two"):
        (folder / name).mkdir(parents=True)
        for number in range(20):
            shape = generator.choice(["circle", "square", "stripes"])
            draw_shape(shape, generator).save(folder / name / f"{name} {number}.png")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [{}, pytest.param({"trainable_blocks": 1, "head_epochs": 1, "epochs": 2}, marks=pytest.mark.slow)],
    ids=["frozen", "fine-tuned"],
)
def test_a_run_stores_what_its_model_says_of_each_mistake(home, tmp_path, config, options, monkeypatch):
    monkeypatch.setattr("core.nn.training.mistakes.WRONG_AT_ONCE", 3)
    dataset = DatasetStore(home).import_source(shuffled_folder(tmp_path / "guesses")).with_split(0.4, seed=0)
    folder = home.runs / "run"
    run_training(config.with_options(**options), dataset, folder, home, lambda event: None, lambda: False)
    (evaluation,) = load_evaluations(folder)
    wrong = np.flatnonzero(evaluation.predictions != evaluation.labels)
    stored = load_details(folder)["validation"]
    assert len(wrong) > 3
    assert set(stored) == {evaluation.paths[index] for index in wrong}

    predictor = Predictor(folder)
    training = {sample.path for sample in dataset.select("train")}
    for path, said in zip(stored, predictor.predict([dataset.folder / path for path in stored]), strict=True):
        nearest = stored[path].nearest
        assert len({near.path for near in nearest} & training) == 3
        assert nearest[0].cosine == pytest.approx(said.similarity, abs=5e-3)
        assert nearest[0].path in said.nearest
        assert stored[path].verdict == said.verdict


def test_the_most_similar_training_pictures_and_the_verdict_are_computed_by_hand():
    reference = TrainingEmbeddings(np.eye(3, dtype=np.float16), ("x", "y", "z"), threshold=0.1, neighbour=2)
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.95, 0.05]])
    evaluation = Evaluation("test", ("a", "b"), np.array([1, 1, 1]), probabilities, ("p", "q", "r"))
    vectors = np.array([[0.8, 0.6, 0.0], [0.0, 0.6, 0.8], [0.0, 1.0, 0.0]])
    found = mistake_details(evaluation, np.array([0, 1, 2]), array_rows(vectors), reference, sure_probability=0.8)
    assert {path: detail.verdict for path, detail in found.items()} == {
        "p": Verdict.SURE,
        "q": Verdict.UNSURE,
        # Its second nearest isn't like it at all.
        "r": Verdict.UNLIKE,
    }
    assert [(near.path, near.cosine) for near in found["p"].nearest[:2]] == [("x", 0.8), ("y", 0.6)]
    assert [near.path for near in found["q"].nearest[:2]] == ["z", "y"]
