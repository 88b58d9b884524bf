"""The threshold of what is familiar: its false alarms, copies, few pictures, classes with few pictures."""

import numpy as np
import pytest

from core.config.recipes import recipe_config
from core.datasets.store.samples import import_sample
from core.datasets.store.store import DatasetStore
from core.evaluation.prediction import Prediction, Verdict
from core.nn.inference.predictor import Predictor
from core.nn.selection.familiarity import (
    FALSE_ALARMS,
    NEIGHBOUR,
    Familiarity,
    familiarity,
    kth_largest,
    leave_one_out_similarities,
    widened,
)
from core.nn.training.notes import UNKNOWN_CLASSES, load_notes
from core.nn.training.training import run_training
from core.settings import Settings


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def around(centre: np.ndarray, count: int, seed: int) -> np.ndarray:
    return unit(centre + np.random.default_rng(seed).normal(0, 0.3, (count, len(centre))))


CENTRE = np.eye(30)[0] * 2


def test_third_nearest_of_the_others_by_hand() -> None:
    angles = np.radians([0, 10, 30, 60, 100])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = leave_one_out_similarities(vectors, np.arange(5))
    # The third nearest is 60, 50, 30, 50 and 90 degrees away.
    np.testing.assert_allclose(found, np.cos(np.radians([60, 50, 30, 50, 90])), atol=1e-3)


def test_copies_dont_count_as_others() -> None:
    vectors = np.concatenate([around(CENTRE, 20, 0)] * 4)
    copies = np.tile(np.arange(20), 4)
    alone = leave_one_out_similarities(vectors, np.arange(80))
    together = leave_one_out_similarities(vectors, copies)
    assert alone.min() > 0.99
    assert together.max() < 0.99


def test_with_fewer_others_the_last_one_counts() -> None:
    found = leave_one_out_similarities(np.eye(2), np.arange(2))
    np.testing.assert_allclose(found, [0, 0])
    np.testing.assert_allclose(leave_one_out_similarities(np.eye(1), np.arange(1)), [-1])
    np.testing.assert_allclose(kth_largest(np.array([[0.1, 0.9, -np.inf, 0.5]]), 3), [0.1])


@pytest.mark.parametrize("count", [40, 200])
def test_one_in_twenty_of_its_own_kind_is_taken_for_foreign_at_most(count: int) -> None:
    alarms = []
    for seed in range(20):
        known = around(CENTRE, count, seed)
        found = familiarity(leave_one_out_similarities(known, np.arange(count)), np.zeros(count, np.int64))
        new = around(CENTRE, 200, 1000 + seed).astype(np.float32)
        alarms.append((kth_largest(new @ known.T.astype(np.float32), NEIGHBOUR) < found.threshold).mean())
        assert found.is_certain
    assert np.mean(alarms) < FALSE_ALARMS + 0.01
    assert np.mean(alarms) > 0.01


def test_few_pictures_promise_nothing_and_it_is_told() -> None:
    known = around(CENTRE, 10, 0)
    similarities = leave_one_out_similarities(known, np.arange(10))
    found = familiarity(similarities, np.zeros(10, np.int64))
    assert not found.is_certain
    assert found.threshold == pytest.approx(similarities.min(), abs=2e-3)
    foreign = unit(np.random.default_rng(0).normal(0, 1, (100, 30))).astype(np.float32)
    assert (kth_largest(foreign @ known.T.astype(np.float32), NEIGHBOUR) < found.threshold).mean() > 0.95


def test_a_rare_class_among_many_pictures_isnt_always_foreign() -> None:
    rare = unit(np.eye(30)[1:2] * 2 + np.random.default_rng(5).normal(0, 0.3, (3, 30)))
    vectors, labels = np.concatenate([around(CENTRE, 200, 0), rare]), np.array([0] * 200 + [1] * 3)
    similarities = leave_one_out_similarities(vectors, np.arange(203))
    found = familiarity(similarities, labels)
    assert not found.is_certain
    assert found.threshold <= similarities[-3:].min()


def test_no_pictures_call_nothing_foreign() -> None:
    found = familiarity(np.zeros(0), np.zeros(0, np.int64))
    assert (found.threshold, found.is_certain) == (-1.0, False)


def test_a_small_class_unlike_the_others_is_not_always_foreign() -> None:
    similarities = np.concatenate([np.linspace(0.7, 0.9, 400), np.linspace(0.3, 0.4, 8)])
    labels = np.repeat([0, 1], [400, 8])
    found = familiarity(similarities, labels)
    assert (similarities >= found.threshold).all() and not found.is_certain
    # Were they as much alike as the others, 5 % would be below it.
    same = familiarity(similarities[:400], np.arange(400) % 2)
    assert (similarities[:400] < same.threshold).mean() == pytest.approx(0.05, abs=0.01)
    assert same.is_certain


def test_validation_pictures_unlike_the_training_pictures_lower_the_threshold() -> None:
    known = around(CENTRE, 100, 0)
    found = familiarity(leave_one_out_similarities(known, np.arange(100)), np.zeros(100, np.int64))
    elsewhere = np.eye(30)[0] * 2 + np.eye(30)[1]
    held_out, new = (
        kth_largest(around(elsewhere, count, seed).astype(np.float32) @ known.T.astype(np.float32), NEIGHBOUR)
        for count, seed in ((100, 1), (1000, 2))
    )
    assert (new < found.threshold).mean() > 0.15
    lower = widened(found, held_out)
    assert (new < lower.threshold).mean() < 2 * FALSE_ALARMS
    assert (lower.num_alarms, lower.is_certain) == ((held_out < found.threshold).sum(), True)
    foreign = unit(np.random.default_rng(0).normal(0, 1, (100, 30))).astype(np.float32)
    assert (kth_largest(foreign @ known.T.astype(np.float32), NEIGHBOUR) < lower.threshold).mean() > 0.95


@pytest.mark.parametrize(("num_alarms", "num_pictures"), [(0, 20), (1, 2), (2, 20), (8, 100)])
def test_as_many_below_it_as_chance_leaves_there_change_nothing(num_alarms: int, num_pictures: int) -> None:
    found = Familiarity(0.5, True, 100)
    similarities = np.array([0.3] * num_alarms + [0.7] * (num_pictures - num_alarms))
    assert widened(found, similarities) == found


def test_few_validation_pictures_lower_it_to_the_least_like_and_promise_nothing() -> None:
    lower = widened(Familiarity(0.5, True, 100), np.array([0.4, 0.3, 0.8]))
    assert lower == Familiarity(pytest.approx(0.3, abs=2e-3), False, 100, 2)
    assert widened(Familiarity(0.5, True, 100), np.zeros(0)).threshold == 0.5


def own_and_digits(home: Settings, name: str, num_training: int) -> tuple[list[Prediction], list[Prediction]]:
    """Trains on a sample; returns what the model says of the sample's validation pictures, and of some digits."""
    store = DatasetStore(home)
    dataset, digits = (import_sample(store, one) for one in (name, "digits"))
    folder = home.runs / "run"
    run_training(recipe_config("recommended", num_training), dataset, folder, home, lambda event: None, lambda: False)
    predictor = Predictor(folder)
    own = predictor.predict([dataset.picture_path(sample) for sample in dataset.select("validation")])
    return own, predictor.predict([digits.picture_path(sample) for sample in digits.samples[::20]])


@pytest.mark.slow
def test_digits_are_foreign_by_their_style_to_a_model_of_pieces_of_photographs(home: Settings) -> None:
    own, foreign = own_and_digits(home, "puzzle", 240)
    assert np.mean([one.verdict == Verdict.UNLIKE for one in own]) < 2 * FALSE_ALARMS
    assert {one.verdict for one in foreign} == {Verdict.UNLIKE}
    # The last stage alone takes most of them for pieces.
    assert np.mean([one.is_style_unlike for one in foreign]) > 0.3


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["tensorflow", "auto", "bfloat16"])
def test_digits_are_familiar_whatever_computed_their_features(home: Settings, engine: str) -> None:
    """They are so alike that rounding moves them far: in half precision, all were in another style."""
    digits = import_sample(DatasetStore(home), "digits").with_split()
    folder = home.runs / "run"
    config = recipe_config("recommended", 800).with_options(engine=engine)
    run_training(config, digits, folder, home, lambda event: None, lambda: False)
    pictures = [digits.picture_path(sample) for sample in digits.select("validation")]
    assert np.mean([one.verdict == Verdict.UNLIKE for one in Predictor(folder).predict(pictures)]) < 2 * FALSE_ALARMS


@pytest.mark.slow
def test_textures_from_another_part_of_the_photographs_are_known_and_digits_are_not(home: Settings) -> None:
    own, foreign = own_and_digits(home, "textures", 180)
    notes = {one.code: one for one in load_notes(home.runs / "run")}
    # Brick, grass and gravel are as foreign to each other as digits are to them.
    assert notes[UNKNOWN_CLASSES].parameters == {"count": 180, "total": 180, "least": 1.0, "most": 1.0}
    note = notes["familiarity_widened"]
    assert note.parameters["total"] == len(own)
    assert note.parameters["count"] > 10
    assert [one.verdict for one in own].count(Verdict.UNLIKE) <= 3
    assert {one.verdict for one in foreign} == {Verdict.UNLIKE}
