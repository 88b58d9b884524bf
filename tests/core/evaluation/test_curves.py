"""The curves of a class are those of scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from core.evaluation.curves import class_curves
from core.evaluation.evaluation import Evaluation


def evaluation_of(labels, probabilities):
    num_classes = probabilities.shape[1]
    names = tuple(f"class {number}" for number in range(num_classes))
    return Evaluation("test", names, labels, probabilities, tuple(map(str, range(len(labels)))))


@pytest.fixture(params=[None, 1], ids=["all different", "many ties"])
def evaluation(request) -> Evaluation:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 4, 300)
    probabilities = generator.dirichlet((1, 1, 1, 1), 300) + np.eye(4)[labels] * generator.random((300, 1))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return evaluation_of(labels, probabilities if request.param is None else probabilities.round(request.param))


def test_curves_and_areas_are_those_of_scikit_learn(evaluation):
    for label in range(4):
        truth, scores = evaluation.labels == label, evaluation.probabilities[:, label]
        found = class_curves(evaluation, label)
        false_rates, true_rates, thresholds = roc_curve(truth, scores, drop_intermediate=False)
        # Scikit-learn begins with a point from which on nothing is called so.
        np.testing.assert_allclose(found.false_positive_rates, false_rates[1:], atol=1e-12, rtol=0)
        np.testing.assert_allclose(found.true_positive_rates, true_rates[1:], atol=1e-12, rtol=0)
        np.testing.assert_array_equal(found.thresholds, thresholds[1:])
        precisions, recalls, _ = precision_recall_curve(truth, scores)
        # ... and ends there, from the other side.
        np.testing.assert_allclose(found.precisions, precisions[:-1][::-1], atol=1e-12, rtol=0)
        np.testing.assert_allclose(found.true_positive_rates, recalls[:-1][::-1], atol=1e-12, rtol=0)
        assert found.roc_area == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
        assert found.average_precision == pytest.approx(average_precision_score(truth, scores), abs=1e-12)
        assert (found.num_positives, found.num_negatives) == (truth.sum(), (~truth).sum())


def test_point_at_a_threshold_is_what_counting_gives(evaluation):
    found, scores = class_curves(evaluation, 2), evaluation.probabilities[:, 2]
    for threshold in (0.05, 0.3, 0.5):
        index, called = found.index_at(threshold), scores >= threshold
        assert found.precisions[index] == (evaluation.labels[called] == 2).mean()
        assert found.true_positive_rates[index] == called[evaluation.labels == 2].mean()
    assert found.index_at(1.1) is None


def test_thinned_curves_keep_their_ends(evaluation):
    found = class_curves(evaluation, 0)
    assert found.thinned(1000) is found
    few = found.thinned(5)
    assert len(few.thresholds) == len(few.precisions) == 5
    assert (few.thresholds[0], few.thresholds[-1]) == (found.thresholds[0], found.thresholds[-1])
    assert few.true_positive_rates[-1] == few.false_positive_rates[-1] == 1


def test_a_class_with_all_pictures_or_none_has_no_curves():
    evaluation = evaluation_of(np.zeros(3, np.int64), np.full((3, 2), 0.5))
    assert class_curves(evaluation, 0) is None
    assert class_curves(evaluation, 1) is None
