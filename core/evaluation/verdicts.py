"""How reliable a model's answer to a picture is, in words."""

from core.evaluation.prediction import Verdict

NO_ANSWER = "-"
MEANINGS = {
    Verdict.SURE: "The picture is like those that the model learned from, and one class clearly stands out.",
    Verdict.UNSURE: "The picture is like those that the model learned from, but no class clearly stands out.",
    Verdict.UNLIKE: "The model has learned from nothing like this picture, so it gives no answer.",
}


def meaning(verdict: Verdict) -> str:
    """Returns a sentence on what a verdict means."""
    return MEANINGS[verdict]


def answer(class_name: str) -> str:
    """Returns the answer as tables have it: the class, or a dash if there is no answer."""
    return class_name or NO_ANSWER


def nearest(class_name: str) -> str:
    """Returns which class is the nearest to a picture that the model gives no answer for."""
    return f"nearest: {class_name}"
