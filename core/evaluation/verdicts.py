"""How reliable a model's answer to a picture is, in words."""

from core.evaluation.prediction import Prediction, Verdict

NO_ANSWER = "-"
STYLE_UNLIKE = (
    "Its colours, sharpness or texture are unlike those of the pictures that the model learned from, so it gives no "
    "answer."
)
MEANINGS = {
    Verdict.SURE: "The picture is like those that the model learned from, and one class clearly stands out.",
    Verdict.UNSURE: "The picture is like those that the model learned from, but no class clearly stands out.",
    Verdict.UNLIKE: "The model has learned from nothing like this picture, so it gives no answer.",
}


def meaning(answer: Prediction) -> str:
    """Returns a sentence on what an answer's verdict means."""
    return STYLE_UNLIKE if answer.is_style_unlike else MEANINGS[answer.verdict]


def answer(class_name: str) -> str:
    """Returns the answer as tables have it: the class, or a dash if there is no answer."""
    return class_name or NO_ANSWER


def nearest(class_name: str) -> str:
    """Returns which class is the nearest to a picture that the model gives no answer for."""
    return f"nearest: {class_name}"
