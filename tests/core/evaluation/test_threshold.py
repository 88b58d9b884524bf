"""Answers only from some probability on: what is counted, against counting one by one and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from core.evaluation.evaluation import Evaluation, wilson_interval
from core.evaluation.threshold import Answers


@pytest.fixture
def evaluation() -> Evaluation:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 200)
    probabilities = generator.dirichlet((1, 1, 1), 200) * 0.5 + np.eye(3)[labels] * 0.5 * generator.random((200, 1))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Evaluation("validation", ("a", "b", "c"), labels, probabilities, tuple(f"{n}.png" for n in range(200)))


@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.8, 0.99])
def test_numbers_are_what_counting_gives(evaluation, threshold):
    answers = Answers(evaluation, threshold)
    rows = list(zip(evaluation.labels, evaluation.probabilities, strict=True))
    given = [(label, row.argmax()) for label, row in rows if row.max() >= threshold]
    right = sum(label == answer for label, answer in given)
    assert (answers.num_pictures, answers.num_given, answers.num_right) == (200, len(given), right)
    assert answers.interval == wilson_interval(right, len(given))
    assert sum(answers.unanswered_by_class) == 200 - len(given)
    counts = {(label, label_of): 0 for label in range(3) for label_of in (0, 1, 2, None)}
    for label, row in rows:
        counts[int(label), int(row.argmax()) if row.max() >= threshold else None] += 1
    assert answers.cells() == {cell: count for cell, count in counts.items() if count}
    matrix = answers.confusion_among([0, 1, 2])
    assert matrix.tolist() == [[counts[label, answer] for answer in (0, 1, 2, None)] for label in range(3)]


def test_all_answers_are_scored_as_scikit_learn_does(evaluation):
    answers = Answers(evaluation)
    assert answers.per_class == evaluation.per_class
    expected = confusion_matrix(evaluation.labels, evaluation.predictions)
    np.testing.assert_array_equal(answers.confusion_among([0, 1, 2])[:, :3], expected)


def test_no_answer_is_scored_as_an_answer_of_no_class(evaluation):
    answers = Answers(evaluation, 0.6)
    assert 0 < answers.num_given < 200
    # For scikit-learn, a fourth class that no picture is of.
    given = np.where(answers.are_given, evaluation.predictions, 3)
    expected = precision_recall_fscore_support(evaluation.labels, given, labels=[0, 1, 2])
    found = [(score.precision, score.recall, score.f1, score.support) for score in answers.per_class]
    np.testing.assert_allclose(np.array(found).T, expected, atol=1e-12)


def test_a_part_of_the_matrix_leaves_out_other_classes(evaluation):
    answers = Answers(evaluation, 0.6)
    whole = answers.confusion_among([0, 1, 2])
    np.testing.assert_array_equal(answers.confusion_among([2, 0]), whole[np.ix_([2, 0], [2, 0, 3])])


def test_pictures_of_a_cell_begin_with_the_surest(evaluation):
    answers = Answers(evaluation, 0.5)
    top = evaluation.probabilities.max(axis=1)
    for (label, answer), count in answers.cells().items():
        indices = answers.indices_of(label, answer)
        assert len(indices) == count
        assert (evaluation.labels[indices] == label).all()
        if answer is None:
            assert (top[indices] < 0.5).all()
        else:
            assert (evaluation.predictions[indices] == answer).all()
            assert (top[indices] >= 0.5).all()
        assert (np.diff(top[indices]) <= 0).all()


def test_nothing_answered_leaves_scores_undefined(evaluation):
    answers = Answers(evaluation, 1.1)
    assert (answers.num_given, answers.interval) == (0, (0.0, 1.0))
    assert all(np.isnan(score.precision) and score.recall == 0 for score in answers.per_class)
