"""A run's model on pictures of another data set, kept with the run."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.config.training_config import TrainingConfig
from core.datasets.class_names import match_names
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.splits import TRAIN
from core.errors import DatasetError
from core.evaluation.evaluation import Evaluation
from core.evaluation.prediction import Prediction
from core.evaluation.slices import FEWEST_TO_TELL, difference_interval
from core.files import durable
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop, stop_if_asked
from core.wording.lists import listed

FOLDER = "evaluations"
BATCH = 32
OWN_SPLITS = ("validation", "test")


@dataclass(frozen=True)
class KnownClasses:
    """Which of a model's classes a data set's classes are.

    Attributes:
        columns: for each class of the data set the column of its probability.
        renamed: names of the data set that are written otherwise than the model's, with the model's.
    """

    columns: tuple[int, ...]
    renamed: dict[str, str]


def match_classes(names: Sequence[str], known: Sequence[str]) -> KnownClasses:
    """Returns which of a model's classes the classes of a data set are, compared as an import does.

    Args:
        names: classes of the data set.
        known: classes of the model.

    Raises:
        DatasetError: the model doesn't know all of them.
    """
    found = match_names(names, known)
    unknown = [name for name in names if name not in found]
    if unknown:
        raise DatasetError(
            f"Expected a data set with classes out of {listed(known)}. Received {listed(unknown)} too."
            " Rename or leave out these classes."
        )
    columns = {name: column for column, name in enumerate(known)}
    renamed = {name: found[name] for name in names if found[name] != name}
    return KnownClasses(tuple(columns[found[name]] for name in names), renamed)


def is_clearly_worse(other: Evaluation, own: Evaluation) -> bool:
    """Returns whether a model is less often right on other pictures than on its own held-out ones, beyond chance."""
    if min(len(other.labels), len(own.labels)) < FEWEST_TO_TELL:
        return False
    here, there = ((int((one.predictions == one.labels).sum()), len(one.labels)) for one in (own, other))
    least, _ = difference_interval(here, there)
    return least > 0


def trained_on(dataset: DatasetIndex | None, config: TrainingConfig) -> set[str]:
    """Returns the digests of the pictures that a run was trained on.

    Args:
        dataset: the run's; None if it was deleted, which gives an empty set.
        config: the run's.
    """
    if dataset is None:
        return set()
    return {sample.digest for sample in dataset.with_split(**config.split_options).select(TRAIN)}


def evaluate_on(
    dataset: DatasetIndex,
    known: Sequence[str],
    predict: Callable[[list[Path]], list[Prediction]],
    temperature: float,
    seen: Collection[str] = (),
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> Evaluation:
    """Evaluates a model on all pictures of a data set that it wasn't trained on.

    Args:
        dataset: another one than the run's.
        known: the model's classes.
        predict: returns the model's predictions for picture files.
        temperature: of the model's probabilities.
        seen: digests of the pictures that it was trained on, which are left out.
        on_event: told of the phase `predict` (pictures).
        should_stop: asked before each few pictures.

    Raises:
        DatasetError: the model doesn't know all of its classes, or no picture is left that can be read.
        Stopped: `should_stop` said so.
    """
    columns = match_classes(dataset.class_names, known).columns
    new = [sample for sample in dataset.samples if sample.digest not in seen]
    if not new:
        raise DatasetError(
            f"Expected pictures that the model wasn't trained on. All {len(dataset.samples):,} of {dataset.name} were "
            "trained on. Choose another data set."
        )
    progress = Progress("predict", len(new), on_event, should_stop)
    answered: list[tuple[Sample, Prediction]] = []
    for start in range(0, len(new), BATCH):
        batch = new[start : start + BATCH]
        stop_if_asked(should_stop)
        found = predict([dataset.picture_path(sample) for sample in batch])
        progress.advance(len(batch))
        answered += [pair for pair in zip(batch, found, strict=True) if not pair[1].error]
    if not answered:
        raise DatasetError(f"None of the {len(new):,} pictures of {dataset.name} can be read. Import them again.")
    return Evaluation(
        dataset.name if dataset.name not in OWN_SPLITS else f"{dataset.name} (data set)",
        tuple(known),
        np.array([columns[sample.label] for sample, _ in answered], np.int64),
        np.array([prediction.probabilities for _, prediction in answered], np.float64),
        tuple(sample.path for sample, _ in answered),
        temperature,
        dataset.id,
        len(dataset.samples) - len(new),
        len(new) - len(answered),
    )


def save_other(evaluation: Evaluation, run_folder: Path) -> None:
    """Keeps an evaluation on another data set with a run, atomically, in place of an earlier one on the same."""
    durable.make_folder(run_folder / FOLDER)
    path = run_folder / FOLDER / f"{evaluation.dataset_id}.json"
    durable.sweep(path)
    durable.write(path, json.dumps(evaluation.to_dict(), allow_nan=False).encode())


def load_others(run_folder: Path) -> list[Evaluation]:
    """Returns the evaluations on other data sets that a run keeps, by name; what can't be read is left out."""
    found = []
    for path in (run_folder / FOLDER).glob("*.json"):
        try:
            found.append(Evaluation.from_dict(json.loads(path.read_text())))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            continue
    return sorted(found, key=lambda evaluation: evaluation.split)
