"""Labels, distances and maps on made-up features: what is found, what isn't, and that copies don't count."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from core.datasets.quality import label_review
from core.datasets.sample import Sample

NUM_CLASSES = 3


@pytest.fixture(autouse=True)
def one_thread():
    """As in a survey: beside other work, threads that wait for each other took ten times as long."""
    with threadpool_limits(1):
        yield


def make_samples(labels) -> list[Sample]:
    return [
        Sample(f"pictures/{n}.png", int(label), "", f"{n}.png", f"{n:064x}", 9, 9) for n, label in enumerate(labels)
    ]


def make_vectors(labels, seed=0, noise=0.6) -> np.ndarray:
    """Unit vectors around a direction for each class."""
    generator = np.random.default_rng(seed)
    vectors = np.eye(NUM_CLASSES, 40)[np.asarray(labels)] * 3 + generator.normal(0, noise, (len(labels), 40)) + 1
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def labels() -> np.ndarray:
    return np.arange(150) % NUM_CLASSES


def count(calls: list[int]):
    return lambda number=1: calls.append(number)


def test_folds_are_even_and_keep_copies_together(labels):
    samples = make_samples(labels)
    samples[7] = replace(samples[7], group="near")
    samples[8] = replace(samples[8], group="near")
    samples[20] = replace(samples[20], digest=samples[11].digest)
    parts = label_review.folds(samples)
    assert parts[7] == parts[8] and parts[20] == parts[11]
    for label in range(NUM_CLASSES):
        counts = np.bincount(parts[labels == label], minlength=label_review.FOLDS)
        assert counts.min() >= 9 and counts.max() <= 11
    np.testing.assert_array_equal(parts, label_review.folds(samples))


def test_models_are_asked_about_pictures_that_they_have_not_seen(labels):
    samples = make_samples(np.random.default_rng(1).permutation(labels))
    given = np.array([sample.label for sample in samples])
    nobody, calls = np.zeros(150, bool), []
    answers = label_review.out_of_sample(make_vectors(labels), samples, nobody, NUM_CLASSES, count(calls))
    # Labels are random: models that had seen them would do better.
    assert (answers.argmax(axis=1) == given).mean() < 0.5
    np.testing.assert_allclose(answers.sum(axis=1), 1)
    assert len(calls) == label_review.FOLDS


def test_right_labels_are_hardly_doubted(labels):
    review = label_review.review_labels(make_vectors(labels), make_samples(labels), NUM_CLASSES, count([]))
    assert review.accuracy == 1
    assert len(review.suspects) == 0


def test_wrong_labels_are_found_and_what_they_look_like(labels):
    wrong = np.random.default_rng(0).choice(150, 12, replace=False)
    given = labels.copy()
    given[wrong] = (given[wrong] + 1) % NUM_CLASSES
    review = label_review.review_labels(make_vectors(labels), make_samples(given), NUM_CLASSES, count([]))
    assert set(review.suspects) <= set(wrong)
    assert len(review.suspects) >= 10
    assert [review.likely(place) for place in wrong] == labels[wrong].tolist()
    own = review.probabilities[review.suspects, given[review.suspects]]
    assert (np.diff(own) >= 0).all() and own.max() < 0.5
    assert 0.85 < review.accuracy < 0.95


def test_a_class_of_a_few_pictures_is_not_doubted():
    labels = np.array([0, 1] * 30 + [2] * 4)
    vectors = make_vectors(labels)
    vectors[-1] = vectors[0]
    review = label_review.review_labels(vectors, make_samples(labels), NUM_CLASSES, count([]))
    assert len(review.suspects) == 0


def test_a_class_that_is_all_copies_of_one_picture_is_unknown_where_it_is_held_out():
    samples = make_samples([0, 0, 0, 0, 1, 1, 1])
    samples = [replace(sample, group="one") if sample.label else sample for sample in samples]
    vectors = make_vectors([0, 0, 0, 0, 1, 1, 1])
    answers = label_review.out_of_sample(vectors, samples, np.zeros(7, bool), 2, count([]))
    np.testing.assert_array_equal(answers[4:], [[1, 0]] * 3)
    assert len(label_review.review_labels(vectors, samples, 2, count([])).suspects) == 0


def test_pictures_unlike_all_others_are_far_out_even_five_alike(labels):
    generator = np.random.default_rng(5)
    odd = np.zeros(40)
    odd[30:] = 1
    odd = odd + generator.normal(0, 0.05, (5, 40))
    vectors = np.concatenate([make_vectors(labels), odd / np.linalg.norm(odd, axis=1, keepdims=True)])
    samples = make_samples([*labels, *[0] * 5])
    done = []
    found = label_review.distances(vectors.astype(np.float32), samples, count(done))
    assert sum(done) == 155 and found.min() >= 0 and found.max() <= 1
    places, usual = label_review.outliers(found, np.array([sample.label for sample in samples]))
    assert sorted(places) == [150, 151, 152, 153, 154]
    assert (np.diff(found[places]) <= 0).all()
    assert (usual < found[places].min()).all()


def test_copies_do_not_keep_an_odd_picture_company(labels):
    lone = np.concatenate([make_vectors(labels), np.eye(1, 40, 35, np.float32)])
    samples = [*make_samples(labels), replace(make_samples([0])[0], path="odd.png", digest="odd")]
    (alone,) = label_review.distances(lone, samples, count([]))[150:]
    with_copies = np.concatenate([lone, *[lone[150:]] * 12])
    copies = [replace(samples[150], path=f"copy {number}.png") for number in range(12)]
    among_copies = label_review.distances(with_copies, [*samples, *copies], count([]))[150:]
    np.testing.assert_allclose(among_copies, alone, atol=1e-6)


def test_a_class_that_is_more_varied_has_its_own_measure():
    values = np.concatenate([np.linspace(0.1, 0.2, 50), np.linspace(0.4, 0.8, 50), [0.6]])
    labels = np.array([0] * 50 + [1] * 50 + [0])
    places, usual = label_review.outliers(values, labels)
    assert places.tolist() == [100]
    np.testing.assert_allclose(usual, [0.15, 0.6], atol=0.01)


def test_a_map_of_many_pictures_takes_a_share_of_each_class():
    labels = [0] * 4000 + [1] * 996 + [2] * 4
    samples = make_samples(labels)
    chosen = label_review.map_sample(samples)
    counts = np.bincount(np.array(labels)[chosen])
    assert counts.tolist() == [1600, 398, 1]
    assert (np.diff(chosen) > 0).all()
    np.testing.assert_array_equal(chosen, label_review.map_sample(samples))
    # The pictures decide, not their order.
    backwards = {samples[::-1][place].path for place in label_review.map_sample(samples[::-1])}
    assert backwards == {samples[place].path for place in chosen}


def test_like_pictures_are_near_each_other_on_the_map(labels):
    vectors = make_vectors(labels, noise=0.3)
    places = label_review.project(vectors)
    assert places.shape == (150, 2) and places.dtype == np.float32
    assert np.abs(places).max() == pytest.approx(1)
    centres = np.stack([places[labels == label].mean(axis=0) for label in range(NUM_CLASSES)])
    nearest = np.linalg.norm(places[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == labels).mean() > 0.97


@pytest.mark.parametrize("number", [2, 3, 4, 7])
def test_a_map_of_a_few_pictures(number):
    places = label_review.project(make_vectors([0] * number))
    assert places.shape == (number, 2) and np.isfinite(places).all()


def test_a_map_of_pictures_that_are_all_the_same():
    np.testing.assert_array_equal(label_review.project(make_vectors([0] * 9)[[0] * 9]), np.zeros((9, 2)))
