"""What can be asked of child processes: one class for each action, with what it needs."""

from dataclasses import dataclass
from pathlib import Path

from core.config.training_config import TrainingConfig
from core.datasets.edit import Edit
from core.datasets.layouts.layout import LayoutCandidate
from core.datasets.layouts.options import ReadingOptions
from core.datasets.sample import Skipped
from core.wording.coded import Note

Files = tuple[tuple[str, Path], ...]
"""The name and the file of each picture."""


@dataclass(frozen=True)
class Warm:
    """Load a run's model."""

    run_id: str


@dataclass(frozen=True)
class Predict:
    """Answer to pictures.

    Attributes:
        run_id: of a run that has a model.
        sources: files, or the bytes of files.
    """

    run_id: str
    sources: tuple[Path | bytes, ...]


@dataclass(frozen=True)
class MakeForecast:
    """Tell what a run would need.

    Attributes:
        config: of the run.
        dataset_id: its data set.
        is_warm: whether a worker that has loaded TensorFlow waits for it.
    """

    config: TrainingConfig
    dataset_id: str
    is_warm: bool


@dataclass(frozen=True)
class FindRate:
    """Look for a learning rate.

    Attributes:
        config: of the run.
        dataset_id: its data set.
    """

    config: TrainingConfig
    dataset_id: str


@dataclass(frozen=True)
class ImportSource:
    """Import an archive or a folder.

    Attributes:
        source: where it lies.
        name: what to call the data set; None for the source's name.
        label: what to call the source in messages.
        options: what the user has decided about how it is read.
    """

    source: Path
    name: str | None
    label: str
    options: ReadingOptions


@dataclass(frozen=True)
class ImportPictures:
    """Import pictures that are sorted already.

    Attributes:
        classes: the pictures of each class.
        name: what to call the data set.
    """

    classes: dict[str, Files]
    name: str


@dataclass(frozen=True)
class ImportSample:
    """Make or download a sample and import it.

    Attributes:
        name: key in `samples.SAMPLES`.
    """

    name: str


@dataclass(frozen=True)
class AddPictures:
    """Make a version of a data set with further pictures.

    Attributes:
        dataset_id: the data set.
        class_name: one of its classes, or a new one.
        pictures: what to add to it.
    """

    dataset_id: str
    class_name: str
    pictures: Files


@dataclass(frozen=True)
class MakeVersion:
    """Make a version of a data set.

    Attributes:
        dataset_id: the data set.
        further: what to change after what was decided about the pictures.
    """

    dataset_id: str
    further: tuple[Edit, ...]


@dataclass(frozen=True)
class AuditDataset:
    """Look a data set over and store the audit with it."""

    dataset_id: str


@dataclass(frozen=True)
class ComputeEmbeddings:
    """Look through a data set with a network and store what is found with it.

    Attributes:
        folder: of the data set.
    """

    folder: Path


@dataclass(frozen=True)
class Imported:
    """Answers what makes or changes a data set.

    Attributes:
        dataset_id: the data set.
        skipped: what was left out this time. Where the pictures were here before, the record doesn't say.
        num_ignored: how many files were no pictures.
        notes: what else this import came across.
    """

    dataset_id: str
    skipped: tuple[Skipped, ...]
    num_ignored: int
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class LayoutQuestion:
    """Answers that a source can be read in more than one way.

    Attributes:
        text: the question.
        candidates: the ways, without what each says of every picture.
    """

    text: str
    candidates: tuple[LayoutCandidate, ...]
