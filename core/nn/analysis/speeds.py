"""Measures how fast this machine runs a network, with a few batches."""

import math
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.features.feature_space import array_rows
from core.forecast.forecast import Forecast, Speeds, StageSpeed, Work, make_forecast
from core.forecast.relevant_settings import settings_for_speed
from core.images.decoding import decode
from core.nn.extraction.engines import BATCH, WORTHWHILE_PICTURES, choose_engine
from core.nn.extraction.extraction import MEMORY_SHARE
from core.nn.extraction.pretrained import open_features
from core.nn.methods.target_pictures import target_samples
from core.nn.networks.classifier import Classifier, build_classifier
from core.nn.training.calls import steps_in_a_call
from core.nn.training.checkpoints import Checkpoints, TrainingState
from core.nn.training.objectives import CrossEntropy
from core.nn.training.optimization import Optimizers, steps_function
from core.nn.training.stage_data import LabelledRows, StageData, num_measured
from core.nn.training.stages import Stage
from core.nn.training.trainable import Trainable
from core.nn.training.trainer import run_rows
from core.progress import ShouldStop, never_stop, stop_if_asked
from core.settings import Settings

DECODED = 16
# Besides a gradient step itself: reading the rows, reporting.
BESIDE_SECONDS = 1e-4
# Epochs of quick steps are short.
MOST_STEPS = 20
REPEATS = 2
MOST_KNOWN = 64
# Measurements made while other processes used more than this share of the processors are used once, not remembered.
BUSY_SHARE = 0.15
MOST_WRITTEN_BYTES = 16 * 1024**2


def _seconds(function: Callable[[], object], repeats: int = REPEATS) -> float:
    """Returns the shortest time of a call, not counting the first call."""
    function()
    times = []
    for _ in range(repeats):
        started = time.monotonic()
        function()
        times.append(time.monotonic() - started)
    return min(times)


def _stage_speed(network: Trainable, rows: np.ndarray, config: TrainingConfig, num_classes: int) -> StageSpeed:
    labels = np.arange(len(rows)) % num_classes
    measured = LabelledRows(array_rows(rows), labels)
    data = StageData(lambda indices, epoch: rows[indices], labels, np.ones(num_classes), measured, measured, 0)
    objective = CrossEntropy(network, data, config)
    stage = Stage("head", objective, 1, config.optimization.learning_rate, config.optimization)
    # Weights, the best epoch's weights, and two moments of each.
    learning = (variable for variables, _ in network.groups(1.0) for variable in variables)
    state_bytes = 4 * sum(4 * math.prod(variable.shape) for variable in learning)
    return StageSpeed(
        _step_seconds(stage) + BESIDE_SECONDS,
        _seconds(lambda: run_rows(objective.outputs, array_rows(rows))) / len(rows),
        _checkpoint_seconds(state_bytes),
    )


def _step_seconds(stage: Stage) -> float:
    """Returns how long a gradient step takes when as many are done in a call as in training."""
    steps = steps_function(stage, Optimizers(stage))
    batch = stage.objective.read(np.arange(len(stage.objective.data.labels)), 0)

    def measured(count: int) -> float:
        group = {name: np.stack([array] * count) for name, array in batch.items()}
        return _seconds(lambda: steps(group, [stage.learning_rate] * count).numpy(), 3) / count

    alone = measured(1)
    count = min(steps_in_a_call(alone), MOST_STEPS)
    return measured(count) if count > 1 else alone


def _checkpoint_seconds(state_bytes: int) -> float:
    """Returns how long saving this much takes, estimated from writing some of it."""
    written = max(1, min(state_bytes, MOST_WRITTEN_BYTES))
    state = TrainingState("head", 1, 0, [], 0.0, 0, 1, variables=[np.zeros(written, np.uint8)])
    # A full disk shouldn't prevent a forecast.
    with suppress(OSError), tempfile.TemporaryDirectory() as folder:
        checkpoints = Checkpoints(Path(folder))
        return _seconds(lambda: checkpoints.save(state)) * state_bytes / written
    return 0.0


class SpeedMeter:
    """Measures how fast networks run, and remembers measurements made on an idle machine."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple, Speeds] = OrderedDict()

    def measure(
        self,
        config: TrainingConfig,
        num_classes: int,
        pictures: tuple[str, ...],
        should_stop: ShouldStop = never_stop,
    ) -> Speeds:
        """Returns a network's speeds, remembered or measured now.

        Args:
            config: only settings that affect the network matter.
            num_classes: of the head.
            pictures: paths of some pictures to read.
            should_stop: asked between the parts of the network.

        Raises:
            Stopped: `should_stop` said so.
        """
        key = config.to_json(), num_classes, pictures
        if key not in self._known:
            with _Neighbours() as neighbours:
                speeds = measure_speeds(config, num_classes, pictures, should_stop)
            if neighbours.share > BUSY_SHARE:
                return speeds
            self._known[key] = speeds
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return self._known[key]


class _Neighbours:
    """Measures how much of the processors other processes use meanwhile.

    Attributes:
        share: of all processors' time, 0-1.
    """

    share = 0.0

    def __enter__(self) -> "_Neighbours":
        self._started, self._own, self._all = time.monotonic(), time.process_time(), _busy_seconds()
        return self

    def __exit__(self, *_: object) -> None:
        elapsed = (time.monotonic() - self._started) * (psutil.cpu_count() or 1)
        others = _busy_seconds() - self._all - (time.process_time() - self._own)
        self.share = min(max(others / max(elapsed, 1e-6), 0.0), 1.0)


def _busy_seconds() -> float:
    """Returns the total busy time of the machine's processors."""
    times = psutil.cpu_times()
    return times.user + times.system + getattr(times, "nice", 0.0)


def measure_speeds(
    config: TrainingConfig, num_classes: int, pictures: tuple[str, ...], should_stop: ShouldStop = never_stop
) -> Speeds:
    """Runs a few batches of a network with random weights, which take as long as trained ones.

    Args:
        config: only settings that affect the network matter.
        num_classes: of the head.
        pictures: paths of some pictures to read.
        should_stop: asked between the parts of the network.

    Raises:
        Stopped: `should_stop` said so.
    """
    stop_if_asked(should_stop)
    classifier = build_classifier(config, num_classes)
    started = time.monotonic()
    decoded = np.stack([decode(path, config.image_size) for path in map(Path, pictures)])
    decode_seconds = (time.monotonic() - started) / len(pictures) / (psutil.cpu_count() or 1)
    batch = np.resize(decoded, (BATCH, *decoded.shape[1:]))
    return _measure(classifier, config, num_classes, batch, decode_seconds, should_stop)


def _measure(
    classifier: Classifier,
    config: TrainingConfig,
    num_classes: int,
    batch: np.ndarray,
    decode_seconds: float,
    should_stop: ShouldStop,
) -> Speeds:
    rows, prefix_seconds, prepare_seconds = batch, 0.0, 0.0
    if classifier.prefix is not None:
        stop_if_asked(should_stop)
        started = time.monotonic()
        compute = choose_engine(classifier.prefix, config, batch, WORTHWHILE_PICTURES).compute
        rows = compute(batch).astype(np.float16)
        prepare_seconds = time.monotonic() - started
        prefix_seconds = _seconds(lambda: compute(batch)) / BATCH
    inputs, head_inputs_seconds = rows, 0.0
    fine_tune = StageSpeed()
    few = np.resize(rows, (config.optimization.batch_size, *rows.shape[1:]))
    if classifier.suffix is not None:
        stop_if_asked(should_stop)
        suffix = choose_engine(classifier.suffix, config, rows, WORTHWHILE_PICTURES).compute
        inputs = suffix(rows).astype(np.float16)
        head_inputs_seconds = _seconds(lambda: suffix(rows)) / BATCH
        network = Trainable.whole(classifier, config.from_scratch)
        fine_tune = _stage_speed(network, few, config, num_classes)
    stop_if_asked(should_stop)
    head_batch = np.resize(inputs, (config.optimization.batch_size, *inputs.shape[1:]))
    head = _stage_speed(Trainable(None, classifier.head), head_batch, config, num_classes)
    return Speeds(
        decode_seconds,
        prefix_seconds,
        prepare_seconds,
        head_inputs_seconds,
        rows[0].nbytes,
        head,
        fine_tune,
    )


def forecast(
    config: TrainingConfig,
    dataset: DatasetIndex,
    settings: Settings,
    meter: SpeedMeter,
    is_warm: bool = True,
    should_stop: ShouldStop = never_stop,
    target: DatasetIndex | None = None,
) -> Forecast:
    """Returns what a run would need on this machine.

    Args:
        config: of the run.
        dataset: its data set.
        settings: where cached features are.
        meter: measures and remembers this machine's speeds.
        is_warm: whether a worker has already loaded TensorFlow.
        should_stop: asked between the parts of the network.
        target: the data set to adapt to; None if there is none.

    Raises:
        DatasetError: the target has no pictures to adapt to.
        Stopped: `should_stop` said so.
    """
    dataset = dataset.with_split(**config.split_options)
    pictures = tuple(str(dataset.picture_path(sample)) for sample in dataset.samples[:DECODED])
    speeds = meter.measure(settings_for_speed(config), len(dataset.class_names), pictures, should_stop)
    return make_forecast(speeds, _work(config, dataset, settings, target), is_warm)


def _work(config: TrainingConfig, dataset: DatasetIndex, settings: Settings, target: DatasetIndex | None) -> Work:
    training, validation = dataset.select("train"), dataset.select("validation")
    if not config.reuse_features:  # then none is there yet
        settings = replace(settings, features_folder=settings.features / "none")
    source = open_features(config, dataset, settings)
    boundary = source.cut_boundary if config.fine_tune_epochs else source.head_boundary
    views = 1 if boundary == "pixels" else config.augmentation.cached_views
    changed = sum(source.count_missing(boundary, training, view) for view in range(1, views))
    others = target_samples(target, dataset, config.seed) if target else []
    return Work(
        pictures_to_compute=source.count_missing(boundary, [*dataset.samples, *others]) + changed,
        views_to_compute=changed,
        rows=len(dataset.samples) + len(others) + (views - 1) * len(training),
        training_pictures=len(training),
        measured_pictures=num_measured(len(training), len(validation)) + len(validation),
        batch_size=config.optimization.batch_size,
        head_epochs=config.head_epochs,
        fine_tune_epochs=config.fine_tune_epochs,
        free_memory_bytes=int(psutil.virtual_memory().available * MEMORY_SHARE),
    )
