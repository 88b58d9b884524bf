import pytest

from core.config.training_config import TrainingConfig
from core.events import Event
from core.runs.records.store import Run, RunStatus
from pages.components import phases


def running(event=None, config=None, **more):
    return Run(
        id="12345678",
        name="a run",
        dataset_id="abc",
        dataset_name="pets",
        config=config or TrainingConfig(),
        recipe="recommended",
        status=RunStatus.RUNNING,
        phase=event.phase if event else "",
        created=0.0,
        progress=event,
        **more,
    )


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (None, "Starting, loading TensorFlow"),
        (Event("starting"), "Starting, loading TensorFlow"),
        (Event("weights"), "Getting the weights of EfficientNet-Lite0"),
        (Event("weights", 2 * 1024**2, 58 * 1024**2), "Getting the weights of EfficientNet-Lite0, 2.0 MB of 58 MB"),
        (Event("features", 340, 900), "Reading pictures through the frozen blocks, 340 of 900"),
        (Event("head", 2, 10, {"batch": 3, "batches": 9}), "Training the head, epoch 3 of 10"),
        (Event("head", 3, 10, {"loss": 1.0}, epoch=3), "Training the head, epoch 3 of 10"),
        (Event("evaluate"), "Checking the model on the validation pictures"),
        (Event("save"), "Saving the model"),
    ],
)
def test_phase_in_words(event, words):
    assert phases.run_phase(running(event)) == words


def test_phase_of_fine_tuning_names_the_blocks():
    config = TrainingConfig().with_options(trainable_blocks=2)
    assert phases.run_phase(running(Event("fine_tune", 0, 5), config)) == "Fine-tuning the last 2 blocks, epoch 1 of 5"


def test_phase_from_scratch_is_not_fine_tuning():
    config = TrainingConfig(weights="none").with_options(trainable_blocks=9)
    assert phases.run_phase(running(Event("fine_tune", 0, 5), config)) == "Training the network, epoch 1 of 5"


def test_phase_says_when_it_is_stopping():
    assert phases.run_phase(running(Event("head", 1, 5), stop_requested=1.0)) == "Stopping"


def test_share_done_counts_batches_within_the_epoch():
    assert phases.share_done(None) == 0
    assert phases.share_done(Event("weights")) == 0
    assert phases.share_done(Event("features", 9, 10)) == 0.9
    assert phases.share_done(Event("head", 2, 10, {"batch": 5, "batches": 10})) == pytest.approx(0.25)
    assert phases.share_done(Event("head", 3, 10, {"loss": 1.0}, epoch=3)) == 0.3


def test_pace_says_what_is_known():
    assert phases.pace(None) == ""
    assert phases.pace(Event("evaluate")) == ""
    first = Event("head", 0, 5, {"batch": 1, "batches": 9})
    assert phases.pace(first) == "Preparing the network"
    assert phases.pace(first, seconds_left=61) == "About 61 s to the end · preparing the network"
    assert phases.pace(Event("head", 1, 5, {"val_accuracy": 0.9}, epoch=1)) == "Validation accuracy 90.0 %"
    event = Event("features", 1, 5, {"pictures_per_second": 83.4, "seconds_left": 61})
    assert phases.pace(event) == "83 pictures a second"
    words = "About 3 min to the end · 83 pictures a second · validation accuracy 98.7 %"
    assert phases.pace(event, 181, val_accuracy=0.987) == words
    assert phases.pace(Event("head", 2, 5, {**event.metrics, "val_accuracy": 0.987}, epoch=2), 181) == words
    assert phases.pace(event, 181, stops_early=True) == "About 3 min to the end, or less · 83 pictures a second"
    assert phases.pace(event, 0.2) == "About 1 s to the end · 83 pictures a second"


@pytest.mark.parametrize(
    ("phase", "num_epochs", "words"),
    [
        ("", 0, "Stopped before it began. Resume queues it again."),
        ("weights", 0, "Nothing learned yet: it was stopped while it started. Resume starts it again."),
        ("features", 0, "Nothing learned yet; the read pictures are kept and Resume goes on with them."),
        ("head", 0, "Nothing learned yet; the read pictures are kept and Resume goes on with them."),
        ("save", 3, "Stopped before there was a model. Resume continues after epoch 3."),
    ],
)
def test_end_without_a_model_in_words(phase, num_epochs, words):
    assert phases.stopped_without_model(phase, num_epochs) == words


def test_stopping_says_what_is_kept():
    assert phases.stopping(True) == "Stopping: checking and saving what was learned."
    assert phases.stopping(False) == "Stopping. Nothing learned yet; the pictures read so far are kept."


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (None, "Starting"),
        (Event("download", 3 * 1024**2, 0), "Downloading, 3.0 MB"),
        (Event("download", 3 * 1024**2, 12 * 1024**2), "Downloading, 3.0 MB of 12 MB"),
        (
            Event("upload", 3 * 1024**2, 12 * 1024**2, {"bytes_per_second": 1.5 * 1024**2, "seconds_left": 6.0}),
            "Uploading, 3.0 MB of 12 MB · 1.5 MB a second · about 6 s left",
        ),
        (
            Event("upload", 12, 12, {"bytes_per_second": 900, "seconds_left": 0.0}),
            "Uploading, 12 bytes of 12 bytes · 900 bytes a second · about 1 s left",
        ),
        (Event("upload", 0, 12, {"bytes_per_second": 0}), "Uploading, 0 bytes of 12 bytes"),
        (Event("extract", 5, 900), "Unpacking, 5 of 900"),
        (Event("pictures", 5, 900), "Checking pictures, 5 of 900"),
    ],
)
def test_job_phase_in_words(event, words):
    assert phases.job_phase(event) == words


def test_phases_have_short_names_for_tables():
    assert [phases.short_run_phase(name) for name in ("fine_tune", "features", "queued")] == [
        "Fine-tuning",
        "Reading pictures",
        "Queued",
    ]
