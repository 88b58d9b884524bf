"""What a model predicts for a picture."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How reliable a prediction is."""

    SURE = "sure"
    UNSURE = "unsure"
    UNLIKE = "unlike anything seen"


@dataclass(frozen=True)
class Prediction:
    """A model's prediction for one picture.

    Attributes:
        class_name: the most probable class; empty if the picture couldn't be read.
        probability: its probability, 0-1.
        class_names: all classes, in the order of `probabilities`.
        probabilities: one per class, sum 1.
        verdict: how reliable it is.
        similarity: cosine to the most similar training picture, -1 to 1.
        nearest: the most similar training pictures, relative to the data set's folder, best first.
        error: why the picture couldn't be read; empty if it could.
        is_style_unlike: whether its colours, sharpness or texture alone make it unlike anything seen.
    """

    class_name: str
    probability: float
    class_names: tuple[str, ...]
    probabilities: tuple[float, ...]
    verdict: Verdict
    similarity: float = 0.0
    nearest: tuple[str, ...] = ()
    error: str = ""
    is_style_unlike: bool = False

    @property
    def answer(self) -> str:
        """The model's answer: the most probable class; empty if the picture is unlike anything seen, or unreadable."""
        return "" if self.error or self.verdict == Verdict.UNLIKE else self.class_name

    def top(self, count: int = 5) -> list[tuple[str, float]]:
        """Returns the most probable classes with their probabilities, best first."""
        pairs = zip(self.class_names, self.probabilities, strict=True)
        return sorted(pairs, key=lambda pair: -pair[1])[:count]


def unreadable(class_names: tuple[str, ...], error: str) -> Prediction:
    """Returns the prediction for a picture that couldn't be read."""
    return Prediction("", 0.0, class_names, tuple(0.0 for _ in class_names), Verdict.UNLIKE, error=error)


def verdict(probability: float, is_familiar: bool, sure_probability: float) -> Verdict:
    """Returns how reliable a prediction is.

    Args:
        probability: of the most probable class.
        is_familiar: whether the picture is like those that the model learned from.
        sure_probability: from which probability on an answer is sure; see `Calibration`.
    """
    if not is_familiar:
        return Verdict.UNLIKE
    return Verdict.SURE if probability >= sure_probability else Verdict.UNSURE
