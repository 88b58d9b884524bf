"""What heat maps say, in words."""

from core.explanation.class_maps import ClassMap
from core.explanation.explanation import ALIKE, DIFFERENT, Explanation

METHOD_LABELS = {"grad_cam": "Grad-CAM", "occlusion": "Occlusion"}


def in_words(found: Explanation) -> str:
    """Returns what a heat map shows, in a sentence."""
    if found.similarity is not None:
        return sanity(found.similarity)
    if found.is_blank:
        return f"Nothing in this picture spoke for {found.class_name} rather than {found.against}."
    return f"Yellow is what spoke most for {found.class_name} rather than {found.against}; uncoloured parts did not."


def agreement(correlation: float) -> str:
    """Returns whether two methods agree, in a sentence, given the rank correlation of their maps."""
    if correlation >= ALIKE:
        return "Both methods point to the same parts, so this explanation deserves some trust."
    if correlation >= DIFFERENT:
        return "The two methods agree in part: trust what both of them colour."
    return "The two methods disagree: trust neither of these explanations."


def sanity(similarity: float) -> str:
    """Returns what a comparison with random heads says, in a sentence, given the maps' mean rank correlation."""
    if similarity >= ALIKE:
        return (
            "With random weights in the head the map stays much the same: it explains the picture and not the model. "
            "Don't read it as what the model has learned."
        )
    if similarity >= DIFFERENT:
        return (
            "With random weights in the head the map changes, but not wholly: some of it is due to the picture, not "
            "to what the model has learned."
        )
    return "With random weights in the head the map changes: it shows what this model has learned."


def leaning(found: ClassMap) -> str:
    """Returns the warning that a class is told by something at the border of its pictures; empty if it isn't."""
    if not found.leans_on_border:
        return ""
    return (
        f"{found.class_name}: {found.outside:.0%} of the heat lies outside the middle, and in {found.at_place:.0%} of "
        f"the pictures at the same place ({found.place}). Look there for a watermark, a caption or a background that "
        "gives the class away."
    )
