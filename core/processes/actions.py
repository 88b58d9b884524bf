"""The actions that child processes can do: one class for each, with its arguments."""

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
    """Classify pictures.

    Attributes:
        run_id: id of a run that has a model.
        sources: files, or the bytes of files.
    """

    run_id: str
    sources: tuple[Path | bytes, ...]


@dataclass(frozen=True)
class Explain:
    """Find out what of a picture speaks for a class.

    Attributes:
        run_id: id of a run that has a model.
        source: the picture's file or its bytes.
        class_name: the class; empty for the most probable one.
        method: one of `core.explanation.explanation.METHODS`.
        randomised: whether with random weights in the head.
    """

    run_id: str
    source: Path | bytes
    class_name: str
    method: str
    randomised: bool


@dataclass(frozen=True)
class MakeForecast:
    """Forecast what a run would need.

    Attributes:
        config: of the run.
        dataset_id: its data set.
        is_warm: whether a worker that has loaded TensorFlow is waiting.
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
class Advise:
    """Measure what a network's features are worth on a data set.

    Attributes:
        config: of the run.
        dataset_id: its data set.
        computes: whether features that aren't cached may be computed for it.
    """

    config: TrainingConfig
    dataset_id: str
    computes: bool


@dataclass(frozen=True)
class ImportSource:
    """Import an archive or a folder.

    Attributes:
        source: path of the archive or folder.
        name: name of the data set; None for the source's name.
        label: name of the source in messages.
        options: what the user has decided about how to read it.
    """

    source: Path
    name: str | None
    label: str
    options: ReadingOptions


@dataclass(frozen=True)
class ImportPictures:
    """Import pictures that are already sorted into classes.

    Attributes:
        classes: the pictures of each class.
        name: name of the data set.
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
    """Make a version of a data set with added pictures.

    Attributes:
        dataset_id: the data set.
        class_name: one of its classes, or a new one.
        pictures: the pictures to add.
    """

    dataset_id: str
    class_name: str
    pictures: Files


@dataclass(frozen=True)
class MakeVersion:
    """Make a version of a data set.

    Attributes:
        dataset_id: the data set.
        further: changes to apply after the decisions about pictures.
    """

    dataset_id: str
    further: tuple[Edit, ...]


@dataclass(frozen=True)
class AuditDataset:
    """Audit a data set and store the result with it."""

    dataset_id: str


@dataclass(frozen=True)
class ComputeEmbeddings:
    """Survey a data set with a network and store the result with it.

    Attributes:
        folder: of the data set.
    """

    folder: Path


@dataclass(frozen=True)
class ComputeClassMaps:
    """Compute the mean heat maps of a run's classes and store them with the run.

    Attributes:
        run_id: id of a run that has a model.
        dataset: folder of its data set.
    """

    run_id: str
    dataset: Path


@dataclass(frozen=True)
class Imported:
    """The answer to actions that make or change a data set.

    Attributes:
        dataset_id: the data set.
        skipped: files left out this time. If the data set existed already, its record doesn't include them.
        num_ignored: how many files weren't pictures.
        notes: other findings of this import.
    """

    dataset_id: str
    skipped: tuple[Skipped, ...]
    num_ignored: int
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class LayoutQuestion:
    """The answer that a source can be read in more than one way.

    Attributes:
        notes: the question, see `AmbiguousLayout`.
        candidates: the ways, without their assignments of pictures.
        columns: of a table that isn't understood.
    """

    notes: tuple[Note, ...]
    candidates: tuple[LayoutCandidate, ...]
    columns: tuple[str, ...] = ()
