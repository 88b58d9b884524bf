"""The learning-rate finder: a hundred steps with a rising rate (Smith 2017, arXiv 1506.01186)."""

import keras
import numpy as np

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.forecast.rate_curve import RateCurve
from core.nn.extraction.pretrained import open_features
from core.nn.training.objectives import CrossEntropy
from core.nn.training.optimization import Optimizers, steps_function
from core.nn.training.stage_data import LabelledRows, StageData
from core.nn.training.stages import Stage
from core.nn.training.trainable import Trainable
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop
from core.settings import Settings

STEPS = 100
LOWEST, HIGHEST = 1e-6, 1.0
# This many pictures per class are enough for a curve.
PICTURES_PER_CLASS = 100
SMOOTHING = 0.9
# Beyond this many times the lowest loss, nothing is learned any more.
DIVERGED = 4.0


def find_rate(
    config: TrainingConfig,
    dataset: DatasetIndex,
    settings: Settings,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> RateCurve:
    """Trains for a hundred steps with a rising rate and suggests one.

    It trains what the run's learning rate applies to: the head, or from scratch the whole network.

    Args:
        config: of the planned run.
        dataset: its data set.
        settings: where weights and features are; features computed here are kept for the run.
        on_event: takes the events of the phases `features` (pictures) and `rate` (steps).
        should_stop: asked before each batch and each step.

    Raises:
        WeightsError: the backbone's weights aren't on this machine.
        Stopped: `should_stop` said so; features that were computed are kept.
    """
    keras.utils.set_random_seed(config.seed)
    if not config.from_scratch:
        # The head alone: its inputs are the same whether or not blocks are unfrozen later.
        config = config.with_options(trainable_blocks=0)
    dataset = dataset.with_split(**config.split_options)
    samples = _few(dataset.select("train"), config.seed)
    source = open_features(config, dataset, settings, on_event, should_stop)
    classifier = source.built_classifier()
    source.ensure(source.cut_boundary, [(samples, 0)])
    rows = source.rows(source.cut_boundary, samples)
    labels = np.array([sample.label for sample in samples], np.int64)
    measured = LabelledRows(rows, labels)
    weights = np.ones(len(dataset.class_names))
    data = StageData(lambda indices, epoch: rows.read(indices), labels, weights, measured, measured, config.seed)
    objective = CrossEntropy(Trainable.whole(classifier, config.from_scratch), data, config)
    stage = Stage("rate", objective, 1, LOWEST, config.optimization)
    return _sweep(stage, Progress("rate", STEPS, on_event, should_stop))


def _few(samples: tuple[Sample, ...], seed: int) -> list[Sample]:
    order = np.random.default_rng(seed).permutation(len(samples))
    counts: dict[int, int] = {}
    chosen = []
    for sample in (samples[index] for index in order):
        counts[sample.label] = counts.get(sample.label, 0) + 1
        if counts[sample.label] <= PICTURES_PER_CLASS:
            chosen.append(sample)
    return chosen


def _sweep(stage: Stage, progress: Progress) -> RateCurve:
    steps = steps_function(stage, Optimizers(stage))
    data = stage.objective.data
    generator = np.random.default_rng(data.seed)
    size = min(stage.optimization.batch_size, len(data.labels))
    average, losses = 0.0, []
    rates = np.geomspace(LOWEST, HIGHEST, STEPS)
    for number, rate in enumerate(rates, start=1):
        indices = generator.choice(len(data.labels), size, replace=False)
        batch = {name: array[None] for name, array in stage.objective.read(indices, 0).items()}
        loss = float(steps(batch, [float(rate)]).numpy())
        progress.advance()
        average = SMOOTHING * average + (1 - SMOOTHING) * loss
        losses.append(average / (1 - SMOOTHING**number))
        if not np.isfinite(loss) or losses[-1] > DIVERGED * min(losses):
            losses.pop()
            break
    return RateCurve(tuple(float(rate) for rate in rates[: len(losses)]), tuple(losses), suggest(rates, losses))


def suggest(rates: np.ndarray, losses: list[float]) -> float:
    """Returns the rate at which the smoothed loss falls fastest, rounded to one digit.

    Args:
        rates: rising by the same factor from step to step.
        losses: of the first rates, at least 2.
    """
    lowest = int(np.argmin(losses))
    slopes = np.gradient(np.array(losses))[: max(lowest, 1) + 1]
    rate = float(rates[int(np.argmin(slopes))])
    return float(f"{rate:.0e}")
