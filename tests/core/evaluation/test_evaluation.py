import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support

from core.errors import RunError
from core.evaluation.evaluation import Evaluation, final_metrics, load_evaluations, save_evaluations, wilson_interval
from core.settings import MEGABYTE


@pytest.fixture
def evaluation() -> Evaluation:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 200)
    probabilities = generator.dirichlet((1, 1, 1), 200) * 0.5 + np.eye(3)[labels] * 0.5 * generator.random((200, 1))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Evaluation("validation", ("a", "b", "c"), labels, probabilities, tuple(f"{n}.png" for n in range(200)))


def test_scores_are_those_of_scikit_learn(evaluation):
    expected = precision_recall_fscore_support(evaluation.labels, evaluation.predictions)
    scores = [(s.precision, s.recall, s.f1, s.support) for s in evaluation.per_class]
    np.testing.assert_allclose(np.array(scores).T, expected)
    np.testing.assert_array_equal(evaluation.confusion, confusion_matrix(evaluation.labels, evaluation.predictions))
    assert evaluation.loss == pytest.approx(log_loss(evaluation.labels, evaluation.probabilities))


def test_a_part_of_the_confusion_is_that_of_the_whole(evaluation):
    assert evaluation.most_confused(5) == [0, 1, 2]
    for chosen in ([0, 1, 2], [2, 0], [1]):
        part = evaluation.confusion_among(chosen)
        np.testing.assert_array_equal(part, evaluation.confusion[np.ix_(chosen, chosen)])


def test_the_most_confused_classes_are_in_the_most_mistakes():
    labels, answers = np.array([0, 1, 3, 3, 4, 4, 4]), np.array([0, 1, 4, 4, 3, 4, 1])
    evaluation = Evaluation("test", tuple("abcde"), labels, np.eye(5)[answers], tuple("tuvwxyz"))
    assert evaluation.most_confused(2) == [3, 4]
    assert evaluation.most_confused(3) == [1, 3, 4]
    assert evaluation.mistakes() == [(3, 4, 2), (4, 1, 1), (4, 3, 1)]
    assert Evaluation("test", ("a", "b"), labels[:2], np.eye(2), ("x", "y")).mistakes() == []


@pytest.mark.filterwarnings("error")
def test_scores_are_what_counting_gives():
    generator = np.random.default_rng(1)
    for _ in range(100):
        size, number = (int(generator.integers(low, high)) for low, high in ((2, 7), (1, 20)))
        labels, answers = generator.integers(0, size, (2, number))
        evaluation = Evaluation("test", tuple("abcdef"[:size]), labels, np.eye(size)[answers], ("x",) * number)
        counts = np.zeros((size, size), np.int64)
        np.add.at(counts, (labels, answers), 1)
        chosen = generator.permutation(size)[:2].tolist()
        np.testing.assert_array_equal(evaluation.confusion, counts)
        np.testing.assert_array_equal(evaluation.confusion_among(chosen), counts[np.ix_(chosen, chosen)])
        for label, score in enumerate(evaluation.per_class):
            right, answered, support = counts[label, label], counts[:, label].sum(), counts[label].sum()
            assert score.support == support
            for value, wanted in (
                (score.precision, right / answered if answered else math.nan),
                (score.recall, right / support if support else math.nan),
                (score.f1, 2 * right / (answered + support) if answered + support else math.nan),
            ):
                assert value == wanted or (math.isnan(value) and math.isnan(wanted))


def test_ten_thousand_classes_need_no_matrix():
    size = 10_000
    labels = np.arange(20)
    evaluation = Evaluation("test", tuple(map(str, range(size))), labels, np.eye(20, size, 1), tuple(map(str, labels)))
    tracemalloc.start()
    assert evaluation.per_class[5].recall == 0
    assert evaluation.confusion_among(evaluation.most_confused(10)).sum() == 9
    assert len(evaluation.mistakes()) == 20
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50 * MEGABYTE  # all pairs of classes would be 800 MB


def test_a_class_without_pictures_and_predictions_has_no_score():
    evaluation = Evaluation("test", ("a", "b"), np.array([0, 0]), np.array([[0.9, 0.1], [0.8, 0.2]]), ("x", "y"))
    assert math.isnan(evaluation.per_class[1].precision)
    assert math.isnan(evaluation.per_class[1].recall)
    assert evaluation.accuracy == 1


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    # Computed with statsmodels.stats.proportion.proportion_confint(method="wilson").
    [(45, 50, 0.7864, 0.9565), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_interval(right, total, low, high):
    assert wilson_interval(right, total) == pytest.approx((low, high), abs=1e-4)


def test_wilson_interval_is_that_of_its_formula():
    generator = np.random.default_rng(0)
    z = 1.959963984540054  # the 97.5 % quantile of the normal distribution
    for _ in range(200):
        total = int(generator.integers(1, 10 ** generator.integers(1, 6)))
        right = int(generator.choice([0, total, generator.integers(0, total + 1)]))
        share = right / total
        middle = (share + z**2 / (2 * total)) / (1 + z**2 / total)
        half = z / (1 + z**2 / total) * math.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
        expected = max(0.0, middle - half), min(1.0, middle + half)
        assert wilson_interval(right, total) == pytest.approx(expected, abs=1e-14)


def test_final_metrics_are_those_of_the_validation_pictures_and_the_accuracy_on_others(evaluation):
    test = replace(evaluation, split="test", labels=evaluation.predictions)
    assert final_metrics([evaluation, test]) == {
        "val_accuracy": evaluation.accuracy,
        "val_loss": evaluation.loss,
        "val_pictures": 200,
        "test_accuracy": 1,
    }
    assert final_metrics([]) == {}


def test_what_is_written_is_read(evaluation, tmp_path):
    save_evaluations([evaluation], tmp_path)
    (read,) = load_evaluations(tmp_path)
    np.testing.assert_array_equal(read.probabilities, evaluation.probabilities)
    assert (read.paths, read.class_names, read.split) == (evaluation.paths, evaluation.class_names, "validation")


@pytest.mark.parametrize("text", [None, "", "[{}]", "[3]"])
def test_an_unreadable_evaluation_is_reported(text, tmp_path):
    if text is not None:
        (tmp_path / "evaluation.json").write_text(text)
    with pytest.raises(RunError, match="no evaluation that can be read"):
        load_evaluations(tmp_path)
