"""How long a training will take and how much room it needs, before it is started."""

from dataclasses import dataclass

from core.settings import GIGABYTE

# Building the network and saving it, where a worker has loaded TensorFlow before; and what loading it adds.
START_SECONDS = 1.5
LOADING_SECONDS = 5.0


@dataclass(frozen=True)
class StageSpeed:
    """What was measured of the head's training, or of fine-tuning.

    Attributes:
        step_seconds: for one gradient step.
        row_seconds: for one picture in evaluation mode.
        checkpoint_seconds: to write down an epoch.
    """

    step_seconds: float = 0.0
    row_seconds: float = 0.0
    checkpoint_seconds: float = 0.0

    def epoch_seconds(self, steps: int, measured_pictures: int) -> float:
        """Returns how long an epoch takes."""
        return steps * self.step_seconds + measured_pictures * self.row_seconds + self.checkpoint_seconds


@dataclass(frozen=True)
class Speeds:
    """What was measured on this machine for a network.

    Attributes:
        decode_seconds: to read one picture, with all processors.
        prefix_seconds: for one picture through the frozen blocks; 0 where there are none.
        prepare_seconds: to compile what computes them.
        head_inputs_seconds: for one picture from the frozen blocks to the head; 0 where that is the same place.
        row_bytes: of what is kept of a picture, at the frozen boundary.
        head: of the head's training.
        fine_tune: of fine-tuning; zeros where nothing is thawed.
    """

    decode_seconds: float
    prefix_seconds: float
    prepare_seconds: float
    head_inputs_seconds: float
    row_bytes: int
    head: StageSpeed
    fine_tune: StageSpeed = StageSpeed()


@dataclass(frozen=True)
class Work:
    """What a run has to do.

    Attributes:
        pictures_to_compute: pictures, counted once a version, that aren't cached.
        views_to_compute: how many of them are changed versions.
        rows: pictures, counted once a version, that are needed.
        training_pictures: to learn from.
        measured_pictures: that the curves are measured on after each epoch.
        batch_size: pictures in a gradient step.
        head_epochs: epochs of the head.
        fine_tune_epochs: epochs with thawed blocks.
        free_memory_bytes: what rows may take before they are read from disk.
    """

    pictures_to_compute: int
    views_to_compute: int
    rows: int
    training_pictures: int
    measured_pictures: int
    batch_size: int
    head_epochs: int
    fine_tune_epochs: int
    free_memory_bytes: int

    @property
    def steps(self) -> int:
        """Gradient steps of an epoch."""
        return -(-self.training_pictures // self.batch_size)


@dataclass(frozen=True)
class Forecast:
    """What a run will need.

    Attributes:
        features_seconds: for the pictures through the frozen blocks.
        head_epoch_seconds: for an epoch of the head.
        fine_tune_epoch_seconds: for an epoch with thawed blocks.
        total_seconds: from Start to the end.
        disk_bytes: of new features.
        fits_in_memory: whether the features can stay in memory while training.
        views_seconds: how much of `features_seconds` is for changed versions of pictures.
    """

    features_seconds: float
    head_epoch_seconds: float
    fine_tune_epoch_seconds: float
    total_seconds: float
    disk_bytes: int
    fits_in_memory: bool
    views_seconds: float = 0.0


# Of a number that learns: itself, its gradient, Adam's two averages, and the copy that is kept of the best epoch.
BYTES_PER_TRAINABLE = 5 * 4


def shortage(trainable_params: int, free_bytes: int) -> str:
    """Returns why what learns doesn't fit in memory, in words; empty where it does.

    Args:
        trainable_params: how many numbers learn.
        free_bytes: memory that is free now.
    """
    needed = trainable_params * BYTES_PER_TRAINABLE
    if needed <= free_bytes:
        return ""
    return (
        f"{trainable_params:,} trainable parameters need about {needed / GIGABYTE:.0f} GB of memory while they learn; "
        f"{free_bytes / GIGABYTE:.0f} GB are free. Choose average pooling, fewer units or a smaller image size."
    )


def make_forecast(speeds: Speeds, work: Work, is_warm: bool = True) -> Forecast:
    """Works out what a run needs from what was measured.

    Args:
        speeds: of this machine, for the network.
        work: of the run.
        is_warm: whether a worker has loaded TensorFlow already.
    """
    # Reading and computing share the processors.
    picture = speeds.decode_seconds + speeds.prefix_seconds
    if work.head_epochs:
        picture += speeds.head_inputs_seconds
    features = work.pictures_to_compute * picture + (speeds.prepare_seconds if work.pictures_to_compute else 0)
    head = speeds.head.epoch_seconds(work.steps, work.measured_pictures) if work.head_epochs else 0.0
    fine_tune = speeds.fine_tune.epoch_seconds(work.steps, work.measured_pictures) if work.fine_tune_epochs else 0.0
    start = START_SECONDS if is_warm else START_SECONDS + LOADING_SECONDS
    total = start + features + work.head_epochs * head + work.fine_tune_epochs * fine_tune
    return Forecast(
        features_seconds=features,
        head_epoch_seconds=head,
        fine_tune_epoch_seconds=fine_tune,
        total_seconds=total,
        disk_bytes=work.pictures_to_compute * speeds.row_bytes,
        fits_in_memory=work.rows * speeds.row_bytes <= work.free_memory_bytes,
        views_seconds=work.views_to_compute * picture,
    )
