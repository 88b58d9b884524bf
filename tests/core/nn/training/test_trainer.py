import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.errors import RunError, Stopped
from core.features.feature_space import FeatureRows, array_rows
from core.nn.networks.classifier import build_classifier, build_head, class_probabilities
from core.nn.training import calls
from core.nn.training.objectives import CrossEntropy, loss_and_accuracy
from core.nn.training.optimization import scheduled_rate
from core.nn.training.stage_data import LabelledRows, StageData
from core.nn.training.stages import Stage
from core.nn.training.trainable import Trainable
from core.nn.training.trainer import (
    EVALUATION_BATCH,
    SETTLED_CHANGE,
    SETTLED_EPOCHS,
    VECTORS_BATCH,
    EarlyStopping,
    Trainer,
    has_settled,
    run_model,
    run_rows,
)

NUM_FEATURES = 32


def blobs(count: int, num_classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping clusters of positive features, like those of a backbone."""
    middles = np.random.default_rng(0).normal(size=(num_classes, NUM_FEATURES)) * 0.5
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % num_classes
    rows = np.maximum(middles[labels] + generator.normal(size=(count, NUM_FEATURES)) + 1, 0)
    return rows.astype(np.float32), labels


def make_stage(num_classes: int = 3, head: Head | None = None, epochs: int = 3, data=None, **options) -> Stage:
    keras.utils.set_random_seed(0)
    head = head or Head()
    config = TrainingConfig(head=head).with_options(
        epochs=epochs, **{"learning_rate": 1e-2, "stop_when_settled": False, **options}
    )
    rows, labels = blobs(240, num_classes, seed=1)
    val_rows, val_labels = blobs(240, num_classes, seed=2)
    data = data or StageData(
        read=lambda places, epoch: rows[places],
        labels=labels,
        class_weights=np.ones(num_classes),
        measured=LabelledRows(array_rows(rows), labels),
        validation=LabelledRows(array_rows(val_rows), val_labels),
        seed=0,
    )
    network = Trainable(None, build_head(head, (NUM_FEATURES,), num_classes))
    return Stage(
        "head", CrossEntropy(network, data, config), epochs, config.optimization.learning_rate, config.optimization
    )


def fit(stage: Stage, events: list | None = None, should_stop=lambda: False):
    return Trainer(stage, (events if events is not None else []).append, should_stop).run()


def probabilities(stage: Stage) -> np.ndarray:
    return class_probabilities(run_model(stage.objective.network.head, stage.objective.data.validation.rows))


@pytest.mark.slow
@pytest.mark.parametrize("num_classes", [2, 3])
def test_the_head_ends_where_logistic_regression_does(num_classes):
    """The same features, the same penalty: the curve ends at scikit-learn's optimum."""
    stage = make_stage(num_classes, Head(weight_decay=0.1), epochs=600, learning_rate=1e-2, batch_size=240)
    fit(stage)
    rows = stage.objective.data.measured.rows.read(np.arange(240))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    val_rows = stage.objective.data.validation.rows.read(np.arange(240))
    best = LogisticRegression(C=10, max_iter=2000).fit(unit, stage.objective.data.labels)
    expected = best.predict_proba(val_rows / np.linalg.norm(val_rows, axis=1, keepdims=True))
    assert np.abs(probabilities(stage) - expected).max() < 0.02


def test_events_tell_each_epoch_and_the_batches_between():
    events = []
    fitted = fit(make_stage(), events)
    epochs = [event for event in events if event.epoch]
    assert [(event.phase, event.step, event.total, event.epoch) for event in epochs] == [
        ("head", 1, 3, 1),
        ("head", 2, 3, 2),
        ("head", 3, 3, 3),
    ]
    curves = {"loss", "accuracy", "objective", "val_loss", "val_accuracy", "learning_rate"}
    assert [{name: event.metrics[name] for name in curves} for event in epochs] == fitted.history
    batches = [event for event in events if not event.epoch]
    told = [event.metrics["batch"] for event in batches if event.step == 0]
    assert told[0] == 1
    assert told == sorted(set(told))
    assert [event.metrics["batch"] for event in batches if event.metrics["batch"] == 8] == [8] * 3
    assert {event.metrics["batches"] for event in batches} == {8}
    assert "seconds_left" not in batches[0].metrics  # The first batch includes compiling the step.
    assert batches[-1].metrics["pictures_per_second"] > 0
    assert batches[-1].metrics["seconds_left"] == pytest.approx(0, abs=1e-6)


def test_the_loss_goes_down():
    history = fit(make_stage(epochs=5)).history
    assert history[-1]["loss"] < history[0]["loss"]


def test_two_runs_with_the_same_seed_are_equal():
    first, second = make_stage(), make_stage()
    fit(first)
    fit(second)
    np.testing.assert_allclose(probabilities(first), probabilities(second), atol=1e-6)


def test_it_ends_once_the_loss_has_settled():
    fitted = fit(make_stage(epochs=300, batch_size=240, stop_when_settled=True))
    assert 2 * SETTLED_EPOCHS <= len(fitted.history) < 300
    objectives = [epoch["objective"] for epoch in fitted.history]
    assert objectives[-1] == pytest.approx(objectives[-SETTLED_EPOCHS], rel=SETTLED_CHANGE)
    # Had it gone on, little would have come of it.
    longer = fit(make_stage(epochs=300, batch_size=240)).history
    assert len(longer) == 300
    assert longer[-1]["val_loss"] == pytest.approx(fitted.history[-1]["val_loss"], abs=0.02)


def test_what_is_minimised_is_the_loss_with_its_penalty():
    free, held = (fit(make_stage(head=Head(weight_decay=decay))).history[-1] for decay in (0.0, 10.0))
    assert free["objective"] == free["loss"]
    assert held["objective"] > held["loss"]


def test_a_loss_that_jumps_has_not_settled():
    falling = [{"objective": 1 / number} for number in range(1, 21)]
    still = [{"objective": 0.5}] * SETTLED_EPOCHS
    jumping = [{"objective": 0.5 + 0.1 * (number % 2)} for number in range(20)]
    assert not has_settled(falling)
    assert not has_settled(jumping)
    assert has_settled([*falling, *still])
    assert not has_settled(still)
    assert not has_settled([])


def test_early_stopping_watches_the_losses():
    watcher = EarlyStopping(patience=2)
    improved = []
    for loss in (1.0, 0.8, 0.9, 0.7, 0.75, 0.71):
        assert not watcher.exhausted
        improved.append(watcher.improved(loss))
    assert improved == [True, True, False, True, False, False]
    assert watcher.exhausted
    assert not EarlyStopping(patience=0, waited=99).exhausted


def test_early_stopping_restores_the_best_epoch():
    """Without a penalty and at a high rate the validation loss soon rises."""
    stage = make_stage(head=Head(weight_decay=0.0), epochs=60, learning_rate=0.1, early_stopping_patience=3)
    fitted = fit(stage)
    losses = [metrics["val_loss"] for metrics in fitted.history]
    assert len(losses) < 60
    assert fitted.epoch == int(np.argmin(losses)) + 1
    loss, _ = loss_and_accuracy(
        run_model(stage.objective.network.head, stage.objective.data.validation.rows),
        stage.objective.data.validation.labels,
    )
    assert loss == pytest.approx(min(losses), abs=1e-5)


def test_without_patience_the_last_epoch_is_kept():
    stage = make_stage(head=Head(weight_decay=0.0), epochs=20, learning_rate=0.1)
    fitted = fit(stage)
    loss, _ = loss_and_accuracy(
        run_model(stage.objective.network.head, stage.objective.data.validation.rows),
        stage.objective.data.validation.labels,
    )
    assert fitted.epoch == 20
    assert loss == pytest.approx(fitted.history[-1]["val_loss"], abs=1e-5)


def test_stop_in_the_middle_of_an_epoch_restores_the_last_complete_one(monkeypatch):
    monkeypatch.setattr(calls, "CALL_SECONDS", 0.0)  # Each step is a call.
    stage, events = make_stage(epochs=50), []
    fitted = fit(stage, events, should_stop=lambda: len(events) >= 2 * 9 + 4)
    assert fitted.stopped
    assert len(fitted.history) == 2
    loss, _ = loss_and_accuracy(
        run_model(stage.objective.network.head, stage.objective.data.validation.rows),
        stage.objective.data.validation.labels,
    )
    assert loss == pytest.approx(fitted.history[-1]["val_loss"], abs=1e-5)


@pytest.mark.parametrize("call_seconds", [0.0, 0.05])
def test_how_many_steps_are_done_in_a_call_changes_nothing(monkeypatch, call_seconds):
    monkeypatch.setattr(calls, "CALL_SECONDS", call_seconds)
    stage, events = make_stage(batch_size=7, epochs=4, schedule="cosine"), []
    history = fit(stage, events).history
    is_single = len([event for event in events if not event.epoch]) == 4 * 35
    assert is_single == (not call_seconds)
    monkeypatch.undo()
    assert fit(make_stage(batch_size=7, epochs=4, schedule="cosine")).history == history


def test_stop_before_the_first_epoch_ended_leaves_nothing():
    with pytest.raises(Stopped):
        fit(make_stage(), should_stop=lambda: True)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (3e38, r"epoch 1: training diverged at a learning rate of 0.01. Lower it"),
        (np.nan, r"Features of some pictures were damaged on disk while the run read them. Resume the run"),
        (np.inf, r"Features of some pictures were damaged on disk while the run read them. Resume the run"),
    ],
)
def test_a_loss_of_nan_says_what_to_do(value, sentence):
    head = Head(normalize=False, weight_decay=0.0)
    stage = make_stage(head=head)
    broken = np.full((240, NUM_FEATURES), value, np.float32)
    data = StageData(
        read=lambda places, epoch: broken[places],
        labels=stage.objective.data.labels,
        class_weights=stage.objective.data.class_weights,
        measured=stage.objective.data.measured,
        validation=stage.objective.data.validation,
        seed=0,
    )
    with pytest.raises(RunError, match=sentence):
        fit(make_stage(head=head, data=data))


def test_class_weights_pull_towards_the_rare_class():
    plain, weighted = make_stage(2), make_stage(2)
    data = StageData(
        read=weighted.objective.data.read,
        labels=weighted.objective.data.labels,
        class_weights=np.array([0.2, 5.0]),
        measured=weighted.objective.data.measured,
        validation=weighted.objective.data.validation,
        seed=0,
    )
    weighted = make_stage(2, data=data)
    fit(plain)
    fit(weighted)
    assert probabilities(weighted)[:, 1].mean() > probabilities(plain)[:, 1].mean() + 0.05


def test_a_cosine_schedule_falls_to_zero():
    history = fit(make_stage(epochs=4, schedule="cosine")).history
    rates = [metrics["learning_rate"] for metrics in history]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] < 1e-2
    assert rates[-1] < 1e-3
    stage = make_stage(schedule="cosine")
    assert scheduled_rate(stage, 0, 10) == pytest.approx(1e-2)
    assert scheduled_rate(stage, 5, 10) == pytest.approx(5e-3)
    assert scheduled_rate(stage, 10, 10) == pytest.approx(0)


@pytest.mark.parametrize("num_classes", [2, 3])
def test_label_smoothing_tempers_the_predictions(num_classes):
    plain, smooth = make_stage(num_classes, epochs=40), make_stage(num_classes, epochs=40, label_smoothing=0.3)
    fit(plain)
    fit(smooth)
    assert probabilities(smooth).max(axis=1).mean() < probabilities(plain).max(axis=1).mean() - 0.02


@pytest.mark.slow
def test_earlier_blocks_learn_more_slowly():
    """One step of Adam moves every weight by its rate, so the changes show the rates."""
    config = TrainingConfig(image_size=64).with_options(batch_size=240, learning_rate=1e-3, trainable_blocks=3)
    config = config.with_options(rate_decay=0.1)
    classifier = build_classifier(config, num_classes=3)
    network = Trainable(classifier.suffix, classifier.head, classifier.unfrozen)
    rows = np.random.default_rng(0).random((8, *classifier.suffix.input_shape[1:])).astype(np.float32)
    labels = np.arange(8) % 3
    measured = LabelledRows(array_rows(rows), labels)
    data = StageData(lambda places, epoch: rows[places], labels, np.ones(3), measured, measured, 0)
    classifier.head.get_layer("logits").kernel.assign(np.random.default_rng(1).normal(size=(1280, 3)))
    before = [[variable.numpy() for variable in block] for block in classifier.unfrozen]
    fit(Stage("fine_tune", CrossEntropy(network, data, config), 1, 1e-3, config.optimization))
    moves = [
        np.median(np.concatenate([np.abs(v.numpy() - old).ravel() for v, old in zip(block, olds, strict=True)]))
        for block, olds in zip(classifier.unfrozen, before, strict=True)
    ]
    assert moves == pytest.approx([1e-3, 1e-4, 1e-5], rel=0.2)


@pytest.mark.parametrize(
    ("shape", "size"), [((8,), VECTORS_BATCH), ((64_000,), EVALUATION_BATCH), ((2, 2, 3), EVALUATION_BATCH)]
)
def test_rows_are_measured_in_batches_as_large_as_their_size_allows(shape, size):
    read = []

    def rows(indices):
        read.append(len(indices))
        return np.broadcast_to(indices.astype(np.float32).reshape(-1, *[1] * len(shape)), (len(indices), *shape))

    sums = run_rows(
        lambda batch: keras.ops.sum(batch, axis=tuple(range(1, 1 + len(shape)))), FeatureRows(size + 3, rows)
    )
    assert read == [1, size, 3]
    np.testing.assert_allclose(sums, np.arange(size + 3) * np.prod(shape), rtol=1e-5)
