"""Notes on runs, in words."""

from core.wording.coded import Catalogue, Note, words_of

UNKNOWN = "This run has a note that this version of the studio doesn't know ({code})."


def run_note(note: Note) -> str:
    """Returns a note of a run as a sentence."""
    return words_of(note, SENTENCES, UNKNOWN)


def _ran_in_tensorflow(version: str, reason: str, cosine: float) -> str:
    why = {
        "": "",
        "not_installed": ": OpenVINO isn't installed",
        "unsuitable": ": OpenVINO can't run this network",
        "inexact": f": OpenVINO's features differ (cosine {cosine:.4f})",
    }
    return f"The frozen blocks ran in TensorFlow {version}, float32{why[reason]}."


SENTENCES: Catalogue = {
    "checkpoints_damaged": "{count} of the run's checkpoints were damaged and left out.",
    "resumed": "The run was interrupted once and continued after epoch {epoch}.",
    "features_damaged": (
        "Features of {damaged:,} of {wanted:,} pictures were damaged on disk and were computed again."
    ),
    "feature_lists_damaged": ("{count:,} lists of features on disk were damaged; what was missing was computed again."),
    "ran_in_tensorflow": _ran_in_tensorflow,
    "ran_in_openvino": (
        "The frozen blocks ran in OpenVINO {version}, {precision}; smallest cosine to TensorFlow's features: "
        "{cosine:.4f}."
    ),
    "calibrated_out_of_fold": (
        "The probabilities are calibrated (temperature {temperature:.2f}) on {count:,} training pictures, each "
        "answered by a head that wasn't trained on it."
    ),
    "calibrated_validation": (
        "The probabilities are calibrated (temperature {temperature:.2f}) on the {count:,} validation pictures, so "
        "their calibration on these looks a little better than on new ones."
    ),
    "never_sure": (
        "No answer is called sure: {count:,} pictures can't show a probability from which 95 % of the answers are "
        "right."
    ),
    "familiarity_uncertain": (
        "Some classes, or all, have too few pictures to tell well what is unlike anything seen ({count:,} compared): "
        "more than 5 % of new pictures of these classes may be called so."
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
