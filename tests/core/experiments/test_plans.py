"""What each kind of experiment trains: arms that differ in the one thing that they claim to."""

import re
from itertools import pairwise

import pytest

from core.backbones.availability import availability
from core.backbones.table import BACKBONES, get_backbone
from core.config.training_config import TrainingConfig
from core.errors import ConfigError
from core.experiments import plans
from core.experiments.experiment import Arm, Kind
from core.experiments.plans import Choices, plan
from core.settings import Settings
from tests.core.experiments.conftest import dataset_of

# What follows from the number of training pictures.
LENGTHS = {"epochs", "batch_size"}
SIZES = {
    "few": (3, 3),
    "many": (200, 200, 200),
    "unequal": (7, 90),
    "one": (1, 1),
    "empty class": (0, 12),
    "none": (0, 0),
}


def planned(kind: Kind, home: Settings, *sizes: int, **choices: object) -> tuple[Arm, ...]:
    return plan(kind, dataset_of(*sizes or (60, 60)), Choices(**choices), home)


def differing(first: TrainingConfig, second: TrainingConfig) -> set[str]:
    """The names of the fields in which two configurations differ."""
    one, other = first.options(), second.options()
    return {name for name in one if one[name] != other[name]}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("kind", plans.PLANS)
def test_every_kind_has_arms_for_every_data_set(kind, sizes, home):
    arms = planned(kind, home, *sizes)
    assert arms
    assert len({arm.key for arm in arms}) == len(arms)
    assert len({arm.config.to_json() for arm in arms}) == len(arms)
    assert all(arm.config.options() == TrainingConfig.from_json(arm.config.to_json()).options() for arm in arms)


@pytest.mark.parametrize("kind", plans.PLANS)
def test_where_times_are_compared_nothing_is_reused(kind, home):
    assert {arm.config.reuse_features for arm in planned(kind, home)} == {kind not in plans.TIMED}


@pytest.mark.parametrize("kind", plans.PLANS)
def test_the_chosen_size_is_that_of_all(kind, home):
    arms = planned(kind, home, image_size=40)
    least = {arm.config.backbone: get_backbone(arm.config.backbone).min_size for arm in arms}
    assert all(arm.config.image_size == max(40, least[arm.config.backbone]) for arm in arms)


@pytest.mark.parametrize("kind", [kind for kind in plans.PLANS if kind != Kind.BACKBONES])
def test_the_chosen_network_is_that_of_the_arms(kind, home):
    arms = planned(kind, home, backbone="mobilenetv3small")
    assert {arm.config.backbone for arm in arms if arm.lane != "network"} == {"mobilenetv3small"}


def test_the_same_plan_twice_is_the_same(home):
    for kind in plans.PLANS:
        assert planned(kind, home) == planned(kind, home)


def test_a_race_has_its_lanes_in_the_order_chosen(home):
    assert [arm.lane for arm in planned(Kind.RACE, home)] == list(plans.RACE_LANES)
    chosen = (plans.ARTICLE, plans.SCRATCH, plans.FROZEN)
    assert [arm.lane for arm in planned(Kind.RACE, home, lanes=chosen)] == list(chosen)


def test_the_lanes_of_a_race_are_what_they_are_called(home):
    frozen, tuned, scratch, article = (arm.config for arm in planned(Kind.RACE, home, lanes=plans.LANES))
    assert frozen.freeze.trainable_blocks == 0 and frozen.weights == "imagenet"
    assert tuned.freeze.trainable_blocks > 0 and tuned.weights == "imagenet"
    assert scratch.from_scratch and scratch.num_frozen_blocks == 0
    assert article.head.pooling == "flatten" and article.preprocessing == "unit"
    same = [(one.backbone, one.image_size, one.seed, one.validation_split) for one in (frozen, tuned, scratch, article)]
    assert len(set(same)) == 1


def scratch_of(numbers: list[int]) -> list[int]:
    """Returns those of the numbers that a network from scratch is trained with too: it takes long."""
    return [number for number in numbers[:-1] if number in (5, 25)] + numbers[-1:]


def test_few_pictures_are_fewer_than_the_smallest_class_has(home):
    for sizes, expected in (
        ((7, 90), [5, 90]),
        ((60, 60), [5, 10, 25, 50, 60]),
        ((50, 50), [5, 10, 25, 50]),
        ((5, 5), [5]),
    ):
        arms = planned(Kind.SAMPLES, home, *sizes)
        for lane, numbers in ((plans.TRANSFER, expected), (plans.SCRATCH, scratch_of(expected))):
            assert list(dict.fromkeys(arm.x for arm in arms if arm.lane == lane)) == numbers


def test_few_pictures_differ_in_the_pictures_alone(home):
    arms = planned(Kind.SAMPLES, home)
    for lane in (plans.TRANSFER, plans.SCRATCH):
        first, *others = (arm for arm in arms if arm.lane == lane)
        for other in others:
            assert differing(first.config, other.config) - LENGTHS <= {"pictures_per_class", "draw"}
    for arm in arms:
        assert arm.config.sampling.pictures_per_class == (0 if arm.x == 60 else arm.x)
        assert arm.config.sampling.draw == arm.draw
        assert arm.config.from_scratch == (arm.lane == plans.SCRATCH)


def test_with_and_without_pretraining_see_the_same_pictures(home):
    arms = planned(Kind.SAMPLES, home)
    shown = {
        lane: {arm.config.sampling for arm in arms if arm.lane == lane} for lane in (plans.TRANSFER, plans.SCRATCH)
    }
    assert shown[plans.SCRATCH] <= shown[plans.TRANSFER]


def test_draws_are_counted_where_pictures_are_left_out(home):
    arms = planned(Kind.SAMPLES, home, draws=4)
    counts = {(arm.lane, arm.x): sum((one.lane, one.x) == (arm.lane, arm.x) for one in arms) for arm in arms}
    assert [counts[plans.TRANSFER, x] for x in (5, 10, 25, 50, 60)] == [4, 4, 4, 4, 1]
    assert [counts[plans.SCRATCH, x] for x in (5, 25, 60)] == [2, 2, 1]
    assert (plans.SCRATCH, 10) not in counts
    assert max(arm.draw for arm in planned(Kind.SAMPLES, home, draws=1)) == 0


def test_the_quick_arms_are_the_first(home):
    lanes = [arm.lane for arm in planned(Kind.SAMPLES, home)]
    assert lanes == sorted(lanes, key=(plans.TRANSFER, plans.SCRATCH).index)
    numbers = [arm.x for arm in planned(Kind.FREEZE, home)]
    assert numbers == sorted(numbers)


def test_freezing_differs_in_the_trainable_blocks_alone(home):
    frozen, *others = planned(Kind.FREEZE, home)
    assert differing(frozen.config, others[0].config) <= {"trainable_blocks", "epochs"}
    assert (frozen.x, frozen.config.freeze.trainable_blocks) == (0, 0)
    for arm in others:
        assert arm.config.freeze.trainable_blocks == arm.x
        assert differing(others[0].config, arm.config) <= {"trainable_blocks"}
    sizes = [arm.config.trainable_params(2) for arm in (frozen, *others)]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("name", ["efficientnet_lite0", "vgg16", "mobilenetv3small"])
def test_freezing_ends_with_the_whole_network(name, home):
    arms = planned(Kind.FREEZE, home, backbone=name)
    assert arms[-1].config.num_frozen_blocks == 0
    assert all(0 <= arm.x <= len(get_backbone(name).blocks) for arm in arms)


def test_networks_are_those_whose_weights_are_here(home, vgg16_alone, lite2_alone, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "/nowhere")
    arms = planned(Kind.BACKBONES, home)
    assert [arm.key for arm in arms] == [one.name for one in BACKBONES.values() if availability(one, home).is_here]
    assert "efficientnet_lite0" in [arm.key for arm in arms]
    assert not {"vgg16", "efficientnet_lite2"} & {arm.key for arm in arms}


def test_networks_differ_in_the_network_and_the_size_that_it_learned_with(home):
    arms = planned(Kind.BACKBONES, home)
    for arm in arms:
        assert arm.config.backbone == arm.lane == arm.key
        assert arm.config.image_size == get_backbone(arm.key).image_size
        assert differing(arms[0].config, arm.config) <= {"backbone", "image_size"}
        assert not arm.config.head.cross_validation and arm.config.head.depths == 1


def test_augmentation_differs_in_the_changed_copies_alone(home):
    arms = planned(Kind.AUGMENTATION, home, draws=3)
    assert [(arm.lane, arm.draw) for arm in arms] == [
        (lane, draw) for draw in range(3) for lane in (plans.WITHOUT, plans.WITH)
    ]
    for without, changed in zip(arms[::2], arms[1::2], strict=True):
        assert differing(without.config, changed.config) == {*plans.CHANGES, "views"}
        assert without.config.sampling == changed.config.sampling
        assert not without.config.augmentation.changes_pictures and changed.config.augmentation.changes_pictures
    assert len({arm.config.sampling for arm in arms}) == 3


def test_augmentation_takes_no_more_pictures_than_there_are(home):
    assert {arm.config.sampling.pictures_per_class for arm in planned(Kind.AUGMENTATION, home, 3, 40)} == {3}
    # All draws of all pictures are the same, which would look like certainty.
    assert [arm.draw for arm in planned(Kind.AUGMENTATION, home, 5, 5, draws=3)] == [0, 0]
    assert len(planned(Kind.AUGMENTATION, home, 5, 6, draws=3)) == 6


def steps(arms: tuple[Arm, ...]) -> list[set[str]]:
    return [differing(one.config, other.config) for one, other in pairwise(arms)]


def test_the_article_is_left_step_by_step(home, vgg16_file):
    arms = planned(Kind.ARTICLE, home)
    assert [arm.key for arm in arms] == ["published", "caching", "preprocessing", "pooling", "head", "network"]
    assert {arm.config.backbone for arm in arms[:-1]} == {"vgg16"}
    # The pictures are smaller than the article's.
    assert {arm.config.image_size for arm in arms} == {40}
    *own, head, network = steps(arms)
    assert own == [{"views"}, {"preprocessing"}, {"pooling"}]
    assert {"units", "normalize"} <= head and not head & {"preprocessing", "pooling", "backbone", "image_size"}
    assert network == {"backbone"}


def test_as_published_every_epoch_sees_other_copies(home):
    published, caching, *_ = planned(Kind.ARTICLE, home)
    assert published.config.augmentation.views == published.config.optimization.epochs == 10
    assert caching.config.augmentation.views < 10
    assert published.config.head.units == 512 and published.config.optimization.batch_size == 32


def test_without_vgg16_the_article_takes_the_network_that_is_here(home, vgg16_alone, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "/nowhere")
    arms = planned(Kind.ARTICLE, home)
    assert {arm.config.backbone for arm in arms} == {"efficientnet_lite0"}
    assert [arm.key for arm in arms] == ["published", "caching", "preprocessing", "pooling", "head"]


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"backbone": "gone"}, "Received 'gone'"),
        ({"image_size": 31}, "image_size"),
        ({"image_size": 5000}, "image_size"),
        ({"draws": 0}, "draws"),
        ({"draws": 11}, "draws"),
        ({"draws": 1.5}, "draws"),
        ({"lanes": ()}, "two or more lanes of frozen, fine_tuned, scratch, article, each once"),
        ({"lanes": ("frozen",)}, "Received 'frozen'"),
        ({"lanes": ("frozen", "frozen")}, "each once"),
        ({"lanes": ("frozen", "slow")}, "Received 'frozen, slow'"),
    ],
)
def test_invalid_choices_are_refused(choices, sentence):
    with pytest.raises(ConfigError) as refused:
        Choices(**choices)
    assert sentence in str(refused.value) and "\n" not in str(refused.value)


def test_a_size_that_a_network_can_not_take_is_refused(home):
    with pytest.raises(ConfigError, match=re.escape("image_size")):
        planned(Kind.RACE, home, backbone="xception", image_size=40)
