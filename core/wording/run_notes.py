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


def _imagenet_weights(label: str, package: str, credit: str) -> str:
    source = f"the installed package {package}, after a check of its file" if package else "Keras's own file"
    return f"{label} started with its ImageNet weights, read from {source}. They are the work of: {credit}."


SENTENCES: Catalogue = {
    "checkpoints_damaged": "{count} of the run's checkpoints were damaged and left out.",
    "resumed": "The run was interrupted once and continued after epoch {epoch}.",
    "imagenet_weights": _imagenet_weights,
    "features_damaged": (
        "Features of {damaged:,} of {wanted:,} pictures were damaged on disk and were computed again."
    ),
    "feature_lists_damaged": ("{count:,} lists of features on disk were damaged; what was missing was computed again."),
    "ran_in_tensorflow": _ran_in_tensorflow,
    "ran_in_openvino": (
        "The frozen blocks ran in OpenVINO {version}, {precision}; smallest cosine to TensorFlow's features: "
        "{cosine:.4f}."
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
