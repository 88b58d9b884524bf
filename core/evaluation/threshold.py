"""What a model gives if it only answers where it is sure enough: coverage against accuracy (selective prediction)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.evaluation import ClassScore, Evaluation, wilson_interval


@dataclass(frozen=True)
class Answers:
    """A model's answers where only those of at least some probability are given.

    Attributes:
        evaluation: all of its answers.
        threshold: the lowest probability of the top class with which an answer is given, 0-1.
    """

    evaluation: Evaluation
    threshold: float = 0.0

    @property
    def are_given(self) -> np.ndarray:
        """Which pictures get an answer, `bool` `(num_pictures,)`."""
        return self.evaluation.probabilities.max(axis=1) >= self.threshold

    @property
    def num_given(self) -> int:
        """How many pictures get an answer."""
        return int(self.are_given.sum())

    @property
    def num_pictures(self) -> int:
        """How many pictures there are."""
        return len(self.evaluation.labels)

    @property
    def num_right(self) -> int:
        """How many of the answers are right."""
        return int((self.are_given & (self.evaluation.predictions == self.evaluation.labels)).sum())

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share of answers that are right."""
        return wilson_interval(self.num_right, self.num_given)

    @property
    def per_class(self) -> tuple[ClassScore, ...]:
        """Precision, recall and F1 of each class; pictures without an answer aren't found, and nothing is wrong."""
        size, given = len(self.evaluation.class_names), self.are_given
        labels, answers = self.evaluation.labels, self.evaluation.predictions
        right = np.bincount(labels[given & (answers == labels)], minlength=size)
        support = np.bincount(labels, minlength=size)
        answered = np.bincount(answers[given], minlength=size)
        with np.errstate(invalid="ignore"):  # a class without pictures or answers
            columns = right / answered, right / support, 2 * right / (support + answered), support
        return tuple(map(ClassScore, self.evaluation.class_names, *(column.tolist() for column in columns)))

    @property
    def unanswered_by_class(self) -> list[int]:
        """How many pictures of each class get no answer."""
        size = len(self.evaluation.class_names)
        return np.bincount(self.evaluation.labels[~self.are_given], minlength=size).tolist()

    def confusion_among(self, chosen: Sequence[int]) -> np.ndarray:
        """Counts the answers among some classes, `int64` `(num_chosen, num_chosen + 1)`.

        True class by row, answer by column; the last column is that of the pictures without an answer.
        """
        given = self.are_given
        positions = np.full(len(self.evaluation.class_names), -1)
        positions[list(chosen)] = np.arange(len(chosen))
        rows = positions[self.evaluation.labels]
        columns = np.where(given, positions[self.evaluation.predictions], len(chosen))
        counts = np.zeros((len(chosen), len(chosen) + 1), np.int64)
        among = (rows >= 0) & (columns >= 0)
        np.add.at(counts, (rows[among], columns[among]), 1)
        return counts

    def cells(self) -> dict[tuple[int, int | None], int]:
        """Counts the pictures of each true class with each answer that occurs; the answer None is that of no answer."""
        size = len(self.evaluation.class_names)
        columns = np.where(self.are_given, self.evaluation.predictions, size)
        kinds, counts = np.unique(self.evaluation.labels * (size + 1) + columns, return_counts=True)
        found = zip((kinds // (size + 1)).tolist(), (kinds % (size + 1)).tolist(), counts.tolist(), strict=True)
        return {(label, None if answer == size else answer): count for label, answer, count in found}

    def indices_of(self, label: int, answer: int | None) -> list[int]:
        """Returns the pictures of a class with an answer, most sure first.

        Args:
            label: the true class.
            answer: the answered one; None for those without an answer.
        """
        given, top = self.are_given, self.evaluation.probabilities.max(axis=1)
        fits = given & (self.evaluation.predictions == answer) if answer is not None else ~given
        found = np.flatnonzero(fits & (self.evaluation.labels == label))
        return found[np.argsort(-top[found], kind="stable")].tolist()
