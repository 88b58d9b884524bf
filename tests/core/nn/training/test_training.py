import os
import shutil
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from core.backbones.table import get_backbone
from core.config.recipes import recipe_config
from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError, RunError, Stopped, WeightsError
from core.evaluation.calibration import softened
from core.evaluation.evaluation import cross_entropy, load_evaluations
from core.evaluation.prediction import Verdict
from core.events import Event
from core.nn.extraction import extraction
from core.nn.extraction.pretrained import open_features
from core.nn.inference.predictor import Predictor
from core.nn.networks.classifier import build_classifier, class_logits
from core.nn.networks.model_files import WEIGHTS, load_classifier
from core.nn.selection.head_choice import joined, load_choice
from core.nn.selection.vectors import stage_vectors
from core.nn.training.notes import load_notes
from core.nn.training.stages import TrainingResult
from core.nn.training.trainer import run_model
from core.nn.training.training import run_training
from core.settings import Settings
from core.wording.coded import Note
from core.wording.run_notes import run_note
from tests.conftest import draw_folder

pytestmark = pytest.mark.slow


def train(config, dataset, home, folder="run", events=None, should_stop=lambda: False):
    events = [] if events is None else events
    return run_training(config, dataset, home.runs / folder, home, events.append, should_stop)


@dataclass(frozen=True)
class Learned:
    """The results and events of training the recommended recipe on `dataset`."""

    outcome: TrainingResult
    events: list[Event]


@pytest.fixture(scope="module")
def learned_home(tmp_path_factory) -> tuple[Settings, Learned]:
    """A home where the recommended recipe was trained on the shapes, which takes a while."""
    folder = tmp_path_factory.mktemp("learned")
    home = Settings(folder / "home")
    dataset = DatasetStore(home).import_source(draw_folder(folder / "shapes", 10)).with_split(0.2, seed=0)
    events = []
    outcome = train(TrainingConfig(image_size=64).with_options(epochs=15, batch_size=8), dataset, home, events=events)
    return home, Learned(outcome, events)


@pytest.fixture
def learned(learned_home, dataset, home) -> Learned:
    """The home of this test after such a run, in the folder `run`."""
    source, learned = learned_home
    for folder in ("runs", "features"):
        shutil.copytree(source.home / folder, home.home / folder, dirs_exist_ok=True)
    return learned


@pytest.fixture(scope="module")
def predictor(learned_home) -> Predictor:
    """The model of that run."""
    home, _ = learned_home
    return Predictor(home.runs / "run")


def features_computed(events) -> int:
    """How many pictures went through the frozen blocks."""
    steps = [event.step for event in events if event.phase == "features"]
    return steps[-1] - steps[0] if steps else 0


def test_the_recommended_recipe_learns_and_its_model_answers_as_it_was_evaluated(learned, predictor, dataset, home):
    outcome, events = learned.outcome, learned.events
    assert outcome.metrics["val_accuracy"] >= 5 / 6
    assert set(outcome.seconds) == {"weights", "features", "choice", "head", "evaluate", "save"}
    phases = list(dict.fromkeys(event.phase for event in events))
    assert phases == ["weights", "features", "choice", "head", "evaluate", "save"]
    epochs = [event.epoch for event in events if event.epoch]
    assert epochs == list(range(1, len(epochs) + 1))
    assert 12 <= len(epochs) <= 15

    (evaluation,) = load_evaluations(home.runs / "run")
    assert evaluation.accuracy == outcome.metrics["val_accuracy"]
    held_out = dataset.select("validation")
    assert evaluation.paths == tuple(sample.path for sample in held_out)
    predictions = predictor.predict([dataset.picture_path(sample) for sample in held_out])
    # The evaluation's features were kept as float16.
    np.testing.assert_allclose([p.probabilities for p in predictions], evaluation.probabilities, atol=5e-3)
    assert [p.class_names.index(p.class_name) for p in predictions] == evaluation.predictions.tolist()


@pytest.mark.usefixtures("learned")
def test_the_head_was_chosen_by_cross_validation_and_the_model_keeps_what_was_chosen(predictor, dataset, home):
    (note,) = [note for note in load_notes(home.runs / "run") if note.code == "head_chosen"]
    chosen = note.parameters
    head = predictor.trained.config.head
    assert (head.weight_decay, head.depths) == (1 / chosen["strength"], chosen["depths"])
    assert not head.cross_validation
    assert chosen["num_pictures"] == len(dataset.select("train"))
    assert 0 < chosen["num_right"] <= chosen["num_pictures"]
    assert f"(C = {chosen['strength']:,.0f}) was chosen from 6 strengths by 5-fold" in run_note(note)


def test_features_of_all_depths_are_computed_once(learned, config, dataset, home):
    events, own = [], config.with_options(cross_validation=False, weight_decay=1.0, depths=3, epochs=2)
    train(own, dataset, home, folder="deep", events=events)
    assert features_computed(events) == 0
    assert "choice" not in {event.phase for event in events}
    predictor = Predictor(home.runs / "deep")
    assert predictor.trained.classifier.head.get_layer("logits").kernel.shape == (1280 + 320 + 192, 3)
    assert predictor.trained.config == own
    held_out = dataset.select("validation")
    (evaluation,) = load_evaluations(home.runs / "deep")
    answers = predictor.predict([dataset.picture_path(sample) for sample in held_out])
    np.testing.assert_allclose([one.probabilities for one in answers], evaluation.probabilities, atol=5e-3)


def test_the_head_of_a_recommended_run_ends_where_logistic_regression_does(dataset, home):
    config = recipe_config("recommended", len(dataset.select("train")), image_size=64)
    train(config, dataset, home)
    trained = load_classifier(home.runs / "run" / "model")
    source = open_features(config, dataset, home)
    samples = {split: dataset.select(split) for split in ("train", "validation")}
    rows = {split: source.rows(source.head_boundary, samples[split]) for split in samples}
    stages = get_backbone(config.backbone).stage_features
    vectors = {split: joined(stage_vectors(rows[split], stages), trained.config.head.depths) for split in rows}
    labels = {split: np.array([sample.label for sample in samples[split]]) for split in samples}
    best = LogisticRegression(C=1 / trained.config.head.weight_decay, solver="newton-cg", max_iter=1000)
    best.fit(vectors["train"], labels["train"])
    logits = class_logits(run_model(trained.classifier.head, rows["validation"]))
    loss = cross_entropy(softened(logits, 1.0), labels["validation"])
    assert loss == pytest.approx(log_loss(labels["validation"], best.predict_proba(vectors["validation"])), abs=0.01)


def test_what_was_chosen_stays_chosen_after_an_interruption(config, dataset, home):
    first, events = [], []
    train(config.with_options(epochs=20), dataset, home, events=first, should_stop=lambda: first[-1].epoch == 3)
    kept = load_choice(home.runs / "run")
    # Features that are computed again may differ in their last bits, and so may a narrow choice.
    shutil.rmtree(home.features)
    train(config.with_options(epochs=20), dataset, home, events=events)
    assert "choice" in {event.phase for event in first}
    assert "choice" not in {event.phase for event in events}
    head = load_classifier(home.runs / "run" / "model").config.head
    assert (head.weight_decay, head.depths) == (1 / kept.strength, kept.depths)


def test_a_class_with_one_picture_leaves_nothing_to_choose_and_the_run_says_so(config, home, tmp_path):
    folder = draw_folder(tmp_path / "shapes", 6)
    rare = sorted(path for path in folder.rglob("*.png") if "circle" in path.parent.name)
    for path in rare[2:]:
        path.unlink()
    dataset = DatasetStore(home).import_source(folder).with_split(0.5, seed=0)
    train(config.with_options(epochs=2), dataset, home)
    assert "head_not_chosen" in {note.code for note in load_notes(home.runs / "run")}
    assert load_classifier(home.runs / "run" / "model").config.head.weight_decay == config.head.weight_decay


def test_a_network_from_scratch_answers_in_evaluation_mode_what_it_has_learned(dataset, home):
    """Its running statistics follow: otherwise all pictures get the same answer, and pretraining looks like magic."""
    config = TrainingConfig(image_size=32).with_options(weights="none", trainable_blocks=9, epochs=30, batch_size=8)
    events = []
    train(config, dataset, home, events=events)
    last = next(event for event in reversed(events) if event.epoch)
    assert last.metrics["accuracy"] > 0.6


@pytest.mark.usefixtures("learned")
def test_probabilities_are_calibrated_on_training_pictures_that_the_head_had_not_seen(predictor, dataset, home):
    (note,) = [note for note in load_notes(home.runs / "run") if note.code.startswith("calibrated")]
    calibration = predictor.trained.calibration
    assert (note.code, calibration.source) == ("calibrated_out_of_fold", "out_of_fold")
    assert note.parameters == {"temperature": calibration.temperature, "count": len(dataset.select("train"))}
    (evaluation,) = load_evaluations(home.runs / "run")
    assert evaluation.temperature == calibration.temperature != 1
    assert "24 training pictures" in run_note(note)


def test_another_head_is_calibrated_on_the_validation_pictures_and_says_so(config, dataset, home):
    train(config.with_options(epochs=2, units=8), dataset, home)
    notes = {note.code: note.parameters for note in load_notes(home.runs / "run")}
    assert notes["calibrated_validation"]["count"] == len(dataset.select("validation"))
    # Six pictures can't show that 95 of 100 answers are right, nor what is unlike them.
    assert notes["never_sure"] == {"count": 6}
    predictor = Predictor(home.runs / "run")
    answers = predictor.predict([dataset.picture_path(sample) for sample in dataset.samples])
    assert Verdict.SURE not in {answer.verdict for answer in answers}


def test_a_second_run_computes_no_features_again(learned, config, dataset, home):
    second, more = [], []
    train(config.with_options(epochs=5, units=8, learning_rate=1e-2), dataset, home, events=second)
    train(config.with_options(image_size=72), dataset, home, events=more)
    assert features_computed(learned.events) == 30
    assert features_computed(second) == 0
    assert features_computed(more) == 30


@pytest.mark.usefixtures("learned")
def test_only_added_pictures_are_computed(config, dataset, home, tmp_path):
    draw_folder(tmp_path / "more", 12)
    larger = DatasetStore(home).import_source(tmp_path / "more")
    events = []
    train(config, larger, home, events=events)
    known = {sample.digest for sample in dataset.samples}
    new = {sample.digest for sample in larger.samples} - known
    assert 0 < len(new) < 36
    assert features_computed(events) == len(new)


@pytest.mark.usefixtures("learned")
def test_a_cache_that_is_too_large_drops_the_least_recently_used(config, dataset, home):
    (old,) = list(home.features.iterdir())
    for path in old.iterdir():
        os.utime(path, (1e9, 1e9))
    train(config.with_options(image_size=72), dataset, replace(home, cache_bytes=1))
    assert [path.name for path in old.iterdir()] == ["key.json"]
    events = []
    train(config.with_options(image_size=72), dataset, home, events=events)
    assert features_computed(events) == 0


def test_augmentation_computes_each_version_once(config, dataset, home):
    events, again = [], []
    config = config.with_options(flip=True, zoom=0.2, views=3)
    train(config, dataset, home, events=events)
    assert features_computed(events) == 30 + 2 * 24
    train(config.with_options(views=4), dataset, home, events=again)
    assert features_computed(again) == 24


def test_fine_tuning_follows_the_head_and_lowers_the_loss(config, dataset, home):
    events = []
    config = config.with_options(trainable_blocks=2, head_epochs=2, epochs=3, fine_tune_learning_rate=1e-3)
    outcome = train(config, dataset, home, events=events)
    epochs = [(event.phase, event.epoch) for event in events if event.epoch]
    assert epochs == [("head", 1), ("head", 2), ("fine_tune", 3), ("fine_tune", 4), ("fine_tune", 5)]
    losses = [event.metrics["loss"] for event in events if event.epoch]
    assert losses[-1] < losses[1]
    assert "fine_tune" in outcome.seconds
    (evaluation,) = load_evaluations(home.runs / "run")
    predictions = Predictor(home.runs / "run").predict([dataset.folder / path for path in evaluation.paths])
    np.testing.assert_allclose([p.probabilities for p in predictions], evaluation.probabilities, atol=1e-2)
    codes = {note.code for note in load_notes(home.runs / "run")}
    # What the unfrozen blocks have learned by heart says nothing of new pictures.
    assert {"calibrated_validation", "familiarity_uncertain"} <= codes


@pytest.mark.usefixtures("learned")
def test_fine_tuning_leaves_the_frozen_blocks_and_batch_norm_alone(config, dataset, home):
    train(config.with_options(trainable_blocks=2, fine_tune_learning_rate=1e-3), dataset, home, "tuned")
    before = {w.path: w.numpy() for w in load_classifier(home.runs / "run" / "model").classifier.features.weights}
    after = {w.path: w.numpy() for w in load_classifier(home.runs / "tuned" / "model").classifier.features.weights}
    moved = {name for name in before if not np.array_equal(before[name], after[name])}
    assert moved
    assert all(name.startswith(("block7", "top_")) for name in moved)
    assert not any("_bn" in name for name in moved)


def test_from_scratch_goes_the_same_way(dataset, home):
    events = []
    config = TrainingConfig(backbone="mobilenetv3small", image_size=32, weights="none").with_options(
        epochs=2, batch_size=8
    )
    config = config.with_options(trainable_blocks=6, flip=True)
    outcome = train(config, dataset, home, events=events)
    assert [event.phase for event in events if event.epoch] == ["fine_tune", "fine_tune"]
    assert 0 <= outcome.metrics["val_accuracy"] <= 1
    assert len(Predictor(home.runs / "run").predict([dataset.picture_path(dataset.samples[0])])) == 1


def test_the_articles_network_with_random_weights(home, tmp_path):
    """Two classes: one sigmoid unit. Pretrained weights aren't needed to check that all parts fit."""
    dataset = DatasetStore(home).import_source(draw_folder(tmp_path / "two", 6, ("circle", "square")))
    config = TrainingConfig(backbone="vgg16", image_size=32, weights="none", preprocessing="unit").with_options(
        epochs=1
    )
    config = config.with_options(pooling="flatten", normalize=False, units=512, zoom=0.2, shear=0.2, flip=True)
    train(config, dataset, home)
    predictor = Predictor(home.runs / "run")
    assert predictor.trained.classifier.model.output_shape == (None, 1)
    (prediction,) = predictor.predict([dataset.picture_path(dataset.samples[0])])
    assert sum(prediction.probabilities) == pytest.approx(1)


def test_stop_while_features_are_computed_leaves_nothing_but_the_features(config, dataset, home):
    events = []

    def should_stop():
        return any(event.phase == "features" and event.step for event in events)

    with pytest.raises(Stopped):
        train(config.with_options(flip=True, views=4), dataset, home, events=events, should_stop=should_stop)
    assert not (home.runs / "run" / "model").exists()
    again = []
    train(config.with_options(flip=True, views=4), dataset, home, events=again)
    assert 0 < features_computed(again) < 30 + 3 * 24


def test_stop_while_the_head_learns_keeps_the_last_whole_epoch(config, dataset, home):
    events = []
    config = config.with_options(epochs=500, trainable_blocks=1)
    outcome = train(config, dataset, home, events=events, should_stop=lambda: any(e.epoch == 2 for e in events))
    assert outcome.stopped
    assert max(event.epoch for event in events) == 2
    assert Predictor(home.runs / "run").predict([dataset.picture_path(dataset.samples[0])])[0].class_name


def test_a_data_set_without_pictures_to_validate_with_is_refused(config, dataset, home):
    class OnlyTraining(type(dataset)):
        def select(self, split):
            return super().select(split) if split == "train" else ()

    with pytest.raises(DatasetError, match="pictures to validate with"):
        train(config, OnlyTraining(**vars(dataset)), home)


@pytest.mark.usefixtures("learned")
def test_a_damaged_model_is_not_loaded(home):
    path = home.runs / "run" / "model" / WEIGHTS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(RunError, match="changed or damaged"):
        load_classifier(path.parent)


def test_a_run_without_a_model_says_so(tmp_path):
    with pytest.raises(RunError, match="has no model"):
        Predictor(tmp_path)


def test_answers_to_readable_and_broken_pictures_keep_their_order(predictor, dataset, tmp_path):
    known = dataset.select("train")[0]
    good = dataset.picture_path(known)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    answers = predictor.predict([good, tmp_path / "broken.jpg", good.read_bytes(), tmp_path / "gone.jpg"])
    assert [bool(answer.error) for answer in answers] == [False, True, False, True]
    assert answers[0].probabilities == pytest.approx(answers[2].probabilities, abs=1e-6)
    assert answers[0].similarity == pytest.approx(1, abs=1e-2)
    assert answers[0].nearest[0] == known.path


def test_noise_is_unlike_anything_seen(predictor, tmp_path):
    generator = np.random.default_rng(0)
    Image.fromarray(generator.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(tmp_path / "noise.png")
    (answer,) = predictor.predict([tmp_path / "noise.png"])
    assert answer.verdict == Verdict.UNLIKE


def test_damaged_features_never_look_like_a_learning_rate_that_is_too_high(config, dataset, home):
    config = config.with_options(trainable_blocks=1, head_epochs=1, epochs=1)
    outcome = train(config, dataset, home, "whole")
    first, second = sorted(home.features.glob("*/*.npy"))
    rows = np.lib.format.open_memmap(first, mode="r+")
    rows[:4] = np.nan
    rows.flush()
    second.write_bytes(b"")
    again = train(config, dataset, home, "damaged")
    assert again.metrics == pytest.approx(outcome.metrics, rel=1e-3)
    notes = load_notes(home.runs / "damaged")
    assert Note("features_damaged", {"damaged": 30, "wanted": 30}) in notes
    train(config, dataset, home, "after")
    assert not any("damaged" in note.code for note in load_notes(home.runs / "after"))


@pytest.mark.parametrize("memory_share", [0.25, 0.0], ids=["from memory", "from disk"])
def test_features_that_are_deleted_at_any_moment_are_computed_again(config, dataset, home, monkeypatch, memory_share):
    monkeypatch.setattr(extraction, "MEMORY_SHARE", memory_share)
    config = config.with_options(trainable_blocks=1, head_epochs=2, epochs=2, flip=True, views=2)
    moments = []

    def on_event(event) -> None:
        moments.append(event.phase)
        shutil.rmtree(home.features, ignore_errors=True)

    run_training(config, dataset, home.runs / "run", home, on_event, lambda: False)
    assert {"weights", "features", "head", "fine_tune", "evaluate", "save"} == set(moments)
    assert not any("damaged" in note.code for note in load_notes(home.runs / "run"))
    assert Predictor(home.runs / "run").predict([dataset.picture_path(dataset.samples[0])])[0].class_name


def test_weights_that_arent_numbers_are_named(config, dataset, home, tmp_path):
    config = config.with_options(backbone="mobilenetv3small", image_size=32)
    network = build_classifier(replace(config, weights="none"), 3).features
    kernel = network.weights[-1]
    kernel.assign(np.full(kernel.shape, np.inf))
    network.save_weights(tmp_path / "broken.weights.h5")
    with pytest.raises(WeightsError, match=r"broken.weights.h5 holds values that aren't numbers"):
        train(replace(config, weights=str(tmp_path / "broken.weights.h5")), dataset, home)
