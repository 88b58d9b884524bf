"""How long a run will take and how much memory and disk it needs, before it is started."""

from dataclasses import dataclass

# For building and saving the network in a worker that has loaded TensorFlow; and for loading TensorFlow.
START_SECONDS = 1.5
LOADING_SECONDS = 5.0


@dataclass(frozen=True)
class StageSpeed:
    """Measured speed of training the head, or of fine-tuning.

    Attributes:
        step_seconds: for one gradient step.
        row_seconds: for one picture in evaluation mode.
        checkpoint_seconds: to save an epoch.
    """

    step_seconds: float = 0.0
    row_seconds: float = 0.0
    checkpoint_seconds: float = 0.0

    def epoch_seconds(self, steps: int, measured_pictures: int) -> float:
        """Returns how long an epoch takes."""
        return steps * self.step_seconds + measured_pictures * self.row_seconds + self.checkpoint_seconds


@dataclass(frozen=True)
class Speeds:
    """Measured speeds of a network on this machine.

    Attributes:
        decode_seconds: to read one picture, with all processors.
        prefix_seconds: for one picture through the frozen blocks; 0 if there are none.
        prepare_seconds: to compile the frozen blocks.
        head_inputs_seconds: for one picture from the frozen blocks to the head; 0 if the head comes right after them.
        row_bytes: size of a picture's features at the frozen boundary.
        head: of training the head.
        fine_tune: of fine-tuning; zeros if nothing is unfrozen.
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
        pictures_to_compute: versions of pictures that aren't cached.
        views_to_compute: how many of them are augmented.
        rows: versions of pictures that are needed.
        training_pictures: number of training pictures.
        measured_pictures: pictures that the curves are measured on after each epoch.
        batch_size: pictures per gradient step.
        head_epochs: epochs of the head.
        fine_tune_epochs: epochs with unfrozen blocks.
        free_memory_bytes: memory for rows; beyond it they are read from disk.
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
        """Gradient steps per epoch."""
        return -(-self.training_pictures // self.batch_size)


@dataclass(frozen=True)
class Forecast:
    """What a run will need.

    Attributes:
        features_seconds: to compute the features of the pictures.
        head_epoch_seconds: for an epoch of the head.
        fine_tune_epoch_seconds: for an epoch with unfrozen blocks.
        total_seconds: from Start to the end.
        disk_bytes: of new features.
        fits_in_memory: whether the features can stay in memory while training.
        views_seconds: how much of `features_seconds` is for augmented versions of pictures.
    """

    features_seconds: float
    head_epoch_seconds: float
    fine_tune_epoch_seconds: float
    total_seconds: float
    disk_bytes: int
    fits_in_memory: bool
    views_seconds: float = 0.0


# A trainable parameter takes five: itself, its gradient, Adam's two moments, and the best epoch's copy.
BYTES_PER_TRAINABLE = 5 * 4


def training_bytes(trainable_params: int) -> int:
    """Returns about how much memory the trainable parameters need, with what their optimizer remembers of each."""
    return trainable_params * BYTES_PER_TRAINABLE


def make_forecast(speeds: Speeds, work: Work, is_warm: bool = True) -> Forecast:
    """Computes what a run needs from measured speeds.

    Args:
        speeds: of the network on this machine.
        work: what the run has to do.
        is_warm: whether a worker has already loaded TensorFlow.
    """
    # Decoding and computing share the processors.
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
