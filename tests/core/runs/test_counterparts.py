"""Which runs show what transfer was worth to another, and how missing ones are configured."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.evaluation.evaluation import Evaluation, save_evaluations
from core.runs.counterparts import Way, compared, comparison_words, counterpart_config, counterparts, wanted, way_of
from core.runs.records.run import Run, RunStatus
from core.runs.records.store import RunStore
from tests.core.runs.test_recipe_choice import dataset_of

FROZEN = TrainingConfig()
SCRATCH = FROZEN.with_options(weights="none", trainable_blocks=9)
FINE_TUNED = FROZEN.with_options(trainable_blocks=3)
numbers = count()


def run_of(config: TrainingConfig, accuracy: float | None = 0.8, **fields: object) -> Run:
    metrics = {} if accuracy is None else {"val_accuracy": accuracy}
    name = f"Run {next(numbers)}"
    run = Run(name, name, "d", "pets", config, "", RunStatus.COMPLETED, "", 0.0, metrics=metrics)
    return replace(run, **fields)


@pytest.mark.parametrize(
    ("config", "way", "others"),
    [
        (FROZEN, Way.FROZEN, (Way.SCRATCH,)),
        (SCRATCH, Way.SCRATCH, (Way.FROZEN,)),
        (FINE_TUNED, Way.FINE_TUNED, (Way.SCRATCH, Way.FROZEN)),
    ],
)
def test_ways(config: TrainingConfig, way: Way, others: tuple[Way, ...]) -> None:
    assert way_of(config) == way
    assert wanted(config) == others


def test_the_most_accurate_of_the_runs_that_are_about_the_same_is_taken() -> None:
    own, low, high = run_of(FINE_TUNED), run_of(SCRATCH, 0.6), run_of(SCRATCH, 0.7)
    frozen = run_of(FROZEN)
    found = counterparts([own, low, high, frozen, run_of(FINE_TUNED, 0.9)], own)
    assert found == {Way.SCRATCH: high, Way.FROZEN: frozen}


@pytest.mark.parametrize(
    "other",
    [
        run_of(SCRATCH, dataset_id="other"),
        run_of(SCRATCH.with_options(seed=1)),
        run_of(SCRATCH.with_options(validation_split=0.3)),
        run_of(SCRATCH.with_options(backbone="vgg16", trainable_blocks=1)),
        run_of(SCRATCH, None, status=RunStatus.FAILED),
    ],
)
def test_runs_about_something_else_or_without_a_model_are_not_taken(other: Run) -> None:
    assert counterparts([other], run_of(FROZEN)) == {}


def test_features_of_other_weights_are_not_taken() -> None:
    own = run_of(FINE_TUNED.with_options(weights="/own.h5"))
    assert counterparts([run_of(FROZEN)], own) == {}
    same = run_of(FROZEN.with_options(weights="/own.h5"))
    assert counterparts([same], own) == {Way.FROZEN: same}


def test_a_run_still_to_come_is_taken_if_there_is_no_model() -> None:
    own, coming = run_of(FROZEN), run_of(SCRATCH, None, status=RunStatus.QUEUED)
    assert counterparts([own, coming], own) == {Way.SCRATCH: coming}
    done = run_of(SCRATCH, 0.5)
    assert counterparts([own, coming, done], own) == {Way.SCRATCH: done}


def test_a_missing_run_differs_in_how_the_network_is_used() -> None:
    own = FINE_TUNED.with_options(image_size=96, seed=3, validation_split=0.3)
    scratch, frozen = (counterpart_config(own, way, dataset_of(100)) for way in (Way.SCRATCH, Way.FROZEN))
    assert (way_of(scratch), way_of(frozen)) == (Way.SCRATCH, Way.FROZEN)
    for config in (scratch, frozen):
        kept = (config.backbone, config.image_size, config.seed, config.validation_split)
        assert kept == (own.backbone, 96, 3, 0.3)
        assert counterparts([run_of(config)], run_of(own))
    assert counterpart_config(own.with_options(weights="/own.h5"), Way.FROZEN, dataset_of(100)).weights == "/own.h5"
    assert counterpart_config(SCRATCH, Way.FROZEN, dataset_of(100)).weights == "imagenet"


@pytest.mark.parametrize("way", [Way.SCRATCH, Way.FROZEN])
def test_whichever_run_is_looked_at_the_comparison_says_the_same(store: RunStore, way: Way) -> None:
    own, other = run_of(FINE_TUNED), run_of(SCRATCH if way == Way.SCRATCH else FROZEN)
    labels = np.arange(40) % 2
    for run, num_wrong in ((own, 2), (other, 20)):
        answers = np.eye(2)[np.where(np.arange(40) < num_wrong, 1 - labels, labels)]
        paths = tuple(map(str, range(40)))
        store.folder(run.id).mkdir(parents=True)
        save_evaluations([Evaluation("validation", ("cat", "dog"), labels, answers, paths)], store.folder(run.id))
    words = comparison_words(own, way, compared(store, own, other))
    if way == Way.SCRATCH:
        assert words.startswith("With pretrained features 38 of 40 are right, from scratch 20.")
        assert comparison_words(other, Way.FROZEN, compared(store, other, own)) == words
    else:
        assert words.startswith("Fine-tuned, 38 of 40 are right, on frozen features 20.")
