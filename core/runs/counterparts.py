"""Runs that show what transfer was worth to a run: the same network trained from scratch, and with frozen features."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.evaluation.comparison import PairedComparison, UnpairedComparison, compare
from core.evaluation.evaluation import load_evaluations
from core.evaluation.words.transfer import against_frozen, against_scratch
from core.runs.recipe_choice import choose_config
from core.runs.records.run import Run
from core.runs.records.store import RunStore


class Way(StrEnum):
    """How a run uses what a network has learned elsewhere."""

    SCRATCH = "scratch"
    FROZEN = "frozen"
    FINE_TUNED = "fine_tuned"


RECIPE = "recommended"


def way_of(config: TrainingConfig) -> Way:
    """Returns how a configuration uses what the network has learned elsewhere."""
    if config.from_scratch:
        return Way.SCRATCH
    return Way.FINE_TUNED if config.freeze.trainable_blocks else Way.FROZEN


def wanted(config: TrainingConfig) -> tuple[Way, ...]:
    """Returns which ways a run is to be compared with: from scratch with frozen, frozen with scratch, others with both.

    Args:
        config: the run's.
    """
    own = way_of(config)
    return tuple(way for way in (Way.SCRATCH, Way.FROZEN) if way != own)


def counterparts(runs: Sequence[Run], run: Run) -> Mapping[Way, Run]:
    """Returns the run to compare with for each wanted way that there is one of.

    They have the same data set, the same division of it and the same network. Of several, the most accurate is taken;
    of those without a model, one that may still get one.

    Args:
        runs: all runs.
        run: the one to find others for.
    """
    found: dict[Way, Run] = {}
    for way in wanted(run.config):
        others = [one for one in runs if way_of(one.config) == way and _is_about_the_same(one, run)]
        done = [one for one in others if one.has_model]
        coming = [one for one in others if not one.status.is_finished]
        if done:
            found[way] = max(done, key=lambda one: one.metrics.get("val_accuracy", 0.0))
        elif coming:
            found[way] = coming[0]
    return found


def compared(store: RunStore, run: Run, other: Run) -> PairedComparison | UnpairedComparison:
    """Returns how a run's model and a counterpart's compare: the pretrained, or else the fine-tuned one first.

    Raises:
        RunError: an evaluation of them can't be read.
    """
    own, theirs = (load_evaluations(store.folder(one.id))[0] for one in (run, other))
    first, second = (theirs, own) if run.config.from_scratch else (own, theirs)
    return compare(first, second, is_same_dataset=True)


def comparison_words(run: Run, way: Way, found: PairedComparison | UnpairedComparison) -> str:
    """Returns in words what `compared` returned for a counterpart."""
    is_about_scratch = run.config.from_scratch or way == Way.SCRATCH
    return against_scratch(found) if is_about_scratch else against_frozen(found)


def counterpart_config(config: TrainingConfig, way: Way, dataset: DatasetIndex) -> TrainingConfig:
    """Returns what the Recommended recipe chooses for the same pictures and the same network, used in another way.

    Args:
        config: of the run to compare with.
        way: from scratch or frozen.
        dataset: the run's data set.
    """
    return choose_config(
        RECIPE,
        dataset,
        backbone=config.backbone,
        weights="none" if way == Way.SCRATCH else "imagenet" if config.from_scratch else config.weights,
        image_size=config.image_size,
        seed=config.seed,
        validation_split=config.validation_split,
    )


def _is_about_the_same(one: Run, other: Run) -> bool:
    is_of_other_weights = one.config.weights != other.config.weights
    if is_of_other_weights and not (one.config.from_scratch or other.config.from_scratch):
        return False
    return (
        one.id != other.id
        # Its accuracy on the labelled pictures isn't what it was made for.
        and not one.config.adaptation.is_on
        and one.dataset_id == other.dataset_id
        and one.config.backbone == other.config.backbone
        and one.config.validation_split == other.config.validation_split
        and one.config.seed == other.config.seed
    )
