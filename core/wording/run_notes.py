"""Notes on runs, in words."""

from core.wording.coded import Catalogue, Note, words_of
from core.wording.lists import counted

UNKNOWN = "This run has a note that this version of the studio doesn't know ({code})."


def run_note(note: Note) -> str:
    """Returns a note of a run as a sentence."""
    return words_of(note, SENTENCES, UNKNOWN)


# A smaller difference is that of rounding.
EXACT = 0.99999
# Above it nearly all, below its opposite hardly any.
MANY = 0.95


def _checkpoints_damaged(count: int) -> str:
    return f"{counted(count, 'checkpoint')} of the run {'was' if count == 1 else 'were'} damaged and left out."


def _features_damaged(damaged: int, wanted: int) -> str:
    were = "was" if damaged == 1 else "were"
    return f"What was read from {damaged:,} of {counted(wanted, 'picture')} {were} damaged on disk and computed again."


def _feature_lists_damaged(count: int) -> str:
    were = "was" if count == 1 else "were"
    return f"{counted(count, 'list')} of features on disk {were} damaged; what was missing was computed again."


def _ran_in_tensorflow(version: str, reason: str, cosine: float) -> str:
    why = {
        "": "",
        "not_installed": ": OpenVINO isn't installed",
        "unsuitable": ": OpenVINO can't run this network",
        "inexact": f": in OpenVINO the features agree to {cosine:.4f} only",
    }
    return f"The frozen blocks ran in TensorFlow {version}{why[reason]}."


def _ran_in_openvino(version: str, precision: str, cosine: float) -> str:
    numbers = {"float32": "", "bfloat16": ", with numbers of 16 bits"}
    agree = f"{EXACT} or better" if cosine >= EXACT else f"{cosine:.5f}"
    return (
        f"The frozen blocks ran in OpenVINO {version}{numbers[precision]}, checked against TensorFlow: "
        f"the features agree to {agree}."
    )


def _imagenet_weights(label: str, package: str, credit: str) -> str:
    source = f"the installed package {package}, after a check of its file" if package else "Keras's own file"
    return f"{label} started with its ImageNet weights, read from {source}. They are the work of: {credit}."


def _unknown_classes(count: int, total: int, least: float, most: float) -> str:
    share = count / total
    low, high = f"{100 * least:.0f} %", f"{100 * most:.0f} %"
    spread = "" if low == high else f", from {low} of one class to {high} of another"
    many = "nearly all" if share > MANY else "hardly any" if share < 1 - MANY else f"about {100 * share:.0f} %"
    return (
        f"Of pictures of a class that the model doesn't know, {many} would be called unlike anything seen. It would "
        f"take the others for one of its own classes. Measured by hiding each class in turn: {count:,} of "
        f"{counted(total, 'picture')} {'was' if count == 1 else 'were'} found{spread}."
    )


def _head_chosen(
    strength: float, depths: int, num_right: int, num_pictures: int, num_folds: int, num_strengths: int
) -> str:
    stages = (
        "the network's last stage alone, as earlier ones brought nothing clear"
        if depths == 1
        else f"the network's last {COUNTS[depths]} stages, with which the loss was lower than with the last one alone"
    )
    return (
        f"The weight decay (C = {strength:,.0f}) was chosen from {num_strengths} strengths by {num_folds}-fold "
        f"cross-validation on {num_pictures:,} training pictures: {100 * num_right / num_pictures:.1f} % of them were "
        f"answered right by a head that wasn't trained on them. The features come from {stages}."
    )


def _head_not_chosen(reason: str) -> str:
    why = {
        "few_pictures": "a class has too few pictures for a choice by cross-validation",
        "many_classes": "with so many classes a choice by cross-validation would take minutes",
    }
    return f"The weight decay was taken as it is set: {why[reason]}."


def _adapted(name: str, count: int, num_rounds: int, num_changed: int) -> str:
    return (
        f"Adapted to {counted(count, 'picture')} of {name} without their labels: recentred, then {num_rounds} rounds "
        f"of self-training; {num_changed:,} of {counted(count, 'picture')} changed their answer. The last layer was "
        "trained anew for it, so the curves are those of the model before."
    )


def _not_adapted(name: str, reason: str) -> str:
    why = {
        "stopped": "it was stopped before. Resume does that",
        "class_shares": (
            "its pictures seem to be nearly all of one class, or of both in other shares than the training pictures, "
            "and then adapting does harm. Choose some with about the same shares"
        ),
    }
    return f"The model wasn't adapted to {name}: {why[reason]}."


COUNTS = {2: "two", 3: "three"}
SENTENCES: Catalogue = {
    "head_chosen": _head_chosen,
    "head_not_chosen": _head_not_chosen,
    "checkpoints_damaged": _checkpoints_damaged,
    "resumed": "The run was interrupted once and continued after epoch {epoch}.",
    "imagenet_weights": _imagenet_weights,
    "features_damaged": _features_damaged,
    "feature_lists_damaged": _feature_lists_damaged,
    "ran_in_tensorflow": _ran_in_tensorflow,
    "ran_in_openvino": _ran_in_openvino,
    "calibrated_out_of_fold": (
        "The probabilities are calibrated (temperature {temperature:.2f}) on {count:,} training pictures, each "
        "answered by a head that wasn't trained on it."
    ),
    "calibrated_validation": (
        "The probabilities are calibrated (temperature {temperature:.2f}) on the {count:,} validation pictures, so "
        "their calibration on these looks a little better than on new ones."
    ),
    "adapted": _adapted,
    "not_adapted": _not_adapted,
    "adapted_never_sure": (
        "No answer is called sure, and probabilities aren't calibrated: without labels of the pictures that the model "
        "was adapted to, nothing shows how often it is right on them."
    ),
    "never_sure": (
        "No answer is called sure: {count:,} pictures show no probability of 90 % or more from which 95 % of the "
        "answers are right."
    ),
    "familiarity_uncertain": (
        "Some classes, or all, have too few pictures to tell well what is unlike anything seen ({count:,} compared): "
        "more than 5 % of new pictures of these classes may be called so."
    ),
    "unknown_classes": _unknown_classes,
    "familiarity_widened": (
        "The validation pictures are less like the training pictures than these are like each other: {count:,} of "
        "{total:,} would have been called unlike anything seen. So the limit was lowered until at most 5 % of them are."
    ),
    "restored": (
        "This run was restored from the files in its folder. Its name, recipe and times were not recorded there; the "
        "time shown is that of its oldest file."
    ),
    "restored_without_dataset": (
        "Its data set isn't known for certain: none of those here has exactly these pictures and this split."
    ),
    "restored_without_evaluation": "Its accuracy isn't known: its evaluation can't be read.",
}
