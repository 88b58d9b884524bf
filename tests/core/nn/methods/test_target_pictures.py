"""Adapting a real run to unlabelled pictures: its model, its notes, what counts as familiar, resuming, stopping."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from core import progress
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import UNLABELLED
from core.datasets.layouts.options import ReadingOptions
from core.datasets.splits import TEST
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError
from core.evaluation.prediction import Verdict
from core.events import Event
from core.nn.inference.predictor import Predictor
from core.nn.methods import target_pictures
from core.nn.methods.adaptation import NUM_HEADS
from core.nn.methods.target_pictures import target_samples
from core.nn.networks.model_files import load_classifier
from core.nn.training.notes import NOT_ADAPTED, load_notes
from core.nn.training.training import run_training
from core.progress import ignore_event, never_stop
from core.settings import Settings
from core.wording.run_notes import run_note
from tests.conftest import SHAPES, draw_folder, draw_shape

COUNT = 15


def strange(picture: Image.Image) -> Image.Image:
    """Returns a picture in another style: out of focus."""
    return picture.filter(ImageFilter.GaussianBlur(5))


@dataclass(frozen=True)
class Sets:
    """A labelled data set, the pictures to adapt to without labels, and their right classes by file name."""

    home: Settings
    dataset: DatasetIndex
    target: DatasetIndex
    right: dict[str, str]


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Sets:
    folder = tmp_path_factory.mktemp("adapting")
    home = Settings(folder / "home")
    store = DatasetStore(home)
    dataset = store.import_source(draw_folder(folder / "shapes", COUNT)).with_split(0.2, seed=0)
    generator = np.random.default_rng(9)
    (folder / "lone").mkdir()
    for number in range(3 * COUNT):
        name = SHAPES[number % 3]
        strange(draw_shape(name, generator)).save(folder / "lone" / f"{number} {name}.png")
    target = store.import_source(folder / "lone", options=ReadingOptions(layout=UNLABELLED))
    right = {sample.path: Path(sample.name).stem.split()[1] for sample in target.samples}
    return Sets(home, dataset, target, right)


CONFIG = TrainingConfig(image_size=64).with_options(epochs=3, batch_size=8)


def adapted(sets: Sets) -> TrainingConfig:
    return CONFIG.with_options(adapt_to=sets.target.id)


def run(sets: Sets, config: TrainingConfig, name: str, on_event=ignore_event, should_stop=never_stop) -> Path:
    folder = sets.home.runs / name
    run_training(config, sets.dataset, folder, sets.home, on_event, should_stop, target=sets.target)
    return folder


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return []


@pytest.fixture(scope="module")
def model(sets: Sets, events: list[Event]) -> Path:
    return run(sets, adapted(sets), "adapted", events.append)


def right_share(predictor: Predictor, sets: Sets) -> float:
    answers = predictor.predict([sets.target.picture_path(sample) for sample in sets.target.samples])
    pairs = zip(sets.target.samples, answers, strict=True)
    return float(np.mean([answer.class_name == sets.right[sample.path] for sample, answer in pairs]))


def test_an_adapted_model_answers_the_other_pictures_better(sets: Sets, model: Path) -> None:
    plain = right_share(Predictor(run(sets, CONFIG, "plain")), sets)
    assert right_share(Predictor(model), sets) >= plain + 0.2


def test_the_run_tells_what_it_did(sets: Sets, model: Path, events: list[Event]) -> None:
    notes = {note.code: note for note in load_notes(model)}
    parameters = notes["adapted"].parameters
    assert (parameters["name"], parameters["count"], parameters["num_rounds"]) == ("lone", 3 * COUNT, 10)
    assert 0 < parameters["num_changed"] < 3 * COUNT
    assert run_note(notes["adapted"]).startswith(
        "Adapted to 45 pictures of lone without their labels: recentred, then 10 rounds of self-training; "
        f"{parameters['num_changed']} of 45 pictures changed their answer."
    )
    assert "no answer is called sure" in run_note(notes["adapted_never_sure"]).lower()
    assert not {"calibrated_out_of_fold", "calibrated_validation", "never_sure"} & set(notes)
    phases = list(dict.fromkeys(event.phase for event in events))
    assert phases == ["weights", "features", "choice", "head", "adapt", "evaluate", "save"]
    (total,) = {event.total for event in events if event.phase == "adapt"}
    assert total == NUM_HEADS
    # The page of a run looks for the pictures of an event in the run's own data set.
    own = {sample.path for sample in sets.dataset.samples}
    assert {path for event in events for path in event.pictures} <= own


def test_its_pictures_are_familiar_but_never_sure_nor_shown_as_training_pictures(sets: Sets, model: Path) -> None:
    predictor = Predictor(model)
    paths = [sets.target.picture_path(sample) for sample in sets.target.samples]
    answers = predictor.predict(paths)
    assert not [one for one in answers if one.verdict == Verdict.SURE]
    assert np.mean([one.verdict == Verdict.UNLIKE for one in answers]) <= 0.1
    training = {sample.path for sample in sets.dataset.select("train")}
    assert {path for one in answers for path in one.nearest} <= training
    reference = predictor.trained.reference
    assert reference.unlabelled is not None and len(reference.unlabelled) == len(sets.target.samples)
    forgetful = replace(reference, unlabelled=None)
    _, cosines = forgetful.nearest(reference.unlabelled, 3)
    alone = forgetful.familiarity(reference.unlabelled, cosines)
    assert (alone < reference.familiarity(reference.unlabelled, cosines)).mean() > 0.8


def test_an_interrupted_run_ends_with_the_same_model(sets: Sets, model: Path) -> None:
    def die(event: Event) -> None:
        if event.phase == "adapt":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(sets, adapted(sets), "interrupted", die)
    folder = run(sets, adapted(sets), "interrupted")
    assert "resumed" in {note.code for note in load_notes(folder)}
    one, other = (load_classifier(path / "model").classifier.head.get_weights() for path in (model, folder))
    for own, resumed in zip(one, other, strict=True):
        np.testing.assert_array_equal(own, resumed)


def test_a_run_that_is_stopped_while_it_adapts_keeps_what_it_had_and_says_so(
    sets: Sets, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def see(event: Event) -> None:
        seen.append(event.phase)

    monkeypatch.setattr(progress, "SECONDS_BETWEEN_EVENTS", 0.0)  # of which each asks whether to stop
    folder = run(sets, adapted(sets), "stopped", see, lambda: "adapt" in seen)
    notes = {note.code for note in load_notes(folder)}
    assert NOT_ADAPTED in notes and "adapted" not in notes
    assert load_classifier(folder / "model").reference.unlabelled is None
    resumed = run(sets, adapted(sets), "stopped")
    assert "adapted" in {note.code for note in load_notes(resumed)}
    one, other = (load_classifier(path / "model").classifier.head.get_weights() for path in (model, resumed))
    np.testing.assert_array_equal(one[0], other[0])


def test_pictures_that_would_measure_it_are_left_out(sets: Sets) -> None:
    target = sets.target
    first, second, third, *others = target.samples
    copy = replace(third, digest=sets.dataset.samples[0].digest)
    again = replace(others[0], path="pictures/again.png")
    mixed = replace(target, samples=(first.in_split(TEST), second, copy, *others, again))
    assert {one.path for one in target_samples(mixed, sets.dataset, 0)} <= {
        second.path,
        *(one.path for one in others),
        again.path,
    }
    assert len(target_samples(mixed, sets.dataset, 0)) == 1 + len(others)
    with pytest.raises(DatasetError, match=r"^Expected pictures to adapt to that aren't in shapes\. lone has none"):
        target_samples(replace(target, samples=(first.in_split(TEST), copy)), sets.dataset, 0)


def test_of_very_many_some_are_drawn(sets: Sets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target_pictures, "MOST_PICTURES", 10)
    chosen = target_samples(sets.target, sets.dataset, 0)
    assert len(chosen) == 10 and chosen == target_samples(sets.target, sets.dataset, 0)
    assert chosen != target_samples(sets.target, sets.dataset, 1)
