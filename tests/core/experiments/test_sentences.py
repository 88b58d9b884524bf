"""Results in sentences, which claim no more than their intervals do."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.experiments import plans
from core.experiments.experiment import Arm, Kind
from core.experiments.needed import Needed
from core.experiments.results import Outcome
from core.experiments.sentences import accuracy_of, needed_words, result
from core.runs.records.store import RunStore
from tests.core.experiments.conftest import outcome, some_right, state_with

# Wrong plurals, numbers that no one can read, and points more exact than their interval.
CARELESS = re.compile(r"\b1 (points|pictures|epochs|blocks|draws)\b|\bnan\b|\binf\b|\bNone\b|1e[-+]")
FEW = TrainingConfig().with_options(pictures_per_class=5)


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "home" / "studio.sqlite")


@pytest.fixture
def said(store):
    def said(kind: Kind, found: Sequence[Outcome], *missing: Arm, **options: float) -> list[str]:
        sentences = result(store, state_with(kind, found, *missing), found, **options)
        assert not any(CARELESS.search(sentence) for sentence in sentences), sentences
        assert all(sentence.endswith(".") for sentence in sentences)
        return sentences

    return said


def right(lane: str, number: int, total: int = 100, **options) -> Outcome:
    return outcome(lane, some_right(number, total), **options)


def arm(lane: str, x: float = 0, draw: int = 0) -> Arm:
    return right(lane, 1, x=x, draw=draw).arm


@pytest.mark.parametrize("kind", plans.PLANS)
def test_before_anything_is_done_nothing_is_said(said, kind):
    assert said(kind, [], arm("frozen")) == []


def test_a_race_that_pretraining_wins(said):
    found = [right("frozen", 95, seconds=3), right("fine_tuned", 96, seconds=70), right("scratch", 60, seconds=125)]
    against, tuned, times = said(Kind.RACE, found)
    assert against.startswith("With pretrained features 95 of 100 are right, from scratch 60.")
    assert "**gain 35 points** (plausibly 25 to 45)" in against.replace(
        "points (plausibly 25 to 45)**", "points** (plausibly 25 to 45)"
    )
    assert "isn't shown that fine-tuning helped" in tuned
    assert times == (
        "Time with nothing computed before: frozen network 3 s, fine-tuned 1 min 10 s, from scratch 2 min 5 s."
    )


def test_a_race_that_ends_in_a_tie(said):
    against, _ = said(Kind.RACE, [right("frozen", 80), right("scratch", 80)])
    assert "So it isn't shown that transfer helped." in against
    assert "gain" not in against and "better" not in against


def test_negative_transfer_is_called_by_its_name(said):
    against, _ = said(Kind.RACE, [right("frozen", 60), right("scratch", 95)])
    assert "cost" in against and "negative transfer" in against


def test_a_lane_alone_is_described(said):
    assert (
        said(Kind.RACE, [right("scratch", 60)], arm("frozen"))[0]
        == f"From scratch: {accuracy_of(right('scratch', 60))}."
    )


def test_fine_tuning_stands_in_for_a_frozen_network(said):
    found = [right("fine_tuned", 95), right("scratch", 60)]
    assert said(Kind.RACE, found)[0].startswith("With pretrained features 95 of 100")


def test_lanes_with_other_validation_pictures_are_not_compared_one_by_one(said):
    against, _ = said(Kind.RACE, [right("frozen", 95), right("scratch", 60, 99)])
    assert against.startswith("They have different validation pictures")


def samples(transfer: dict[int, int], scratch: dict[int, int], total: int = 100) -> list[Outcome]:
    return [
        right(lane, number, total, x=size)
        for lane, numbers in ((plans.TRANSFER, transfer), (plans.SCRATCH, scratch))
        for size, number in numbers.items()
    ]


def test_few_pictures(said):
    found = samples({5: 80, 10: 90, 50: 99}, {5: 50, 10: 52, 50: 53})
    with_it, without, smallest = said(Kind.SAMPLES, found)
    assert with_it.startswith("Pretrained, frozen: to reach 95 % you need about 2") and "(plausibly " in with_it
    assert without.startswith("From scratch: with all 50 a class 42.0 points are missing to 95 %")
    assert without.endswith("more won't get you there.")
    assert smallest.startswith("With 5 pictures a class, 80.0 % are right with pretraining (plausibly 71 to 87 %)")
    assert "50.0 % without (plausibly 40 to 60 %)" in smallest


def test_few_pictures_ask_for_the_chosen_accuracy(said):
    found = samples({5: 80, 10: 90}, {})
    assert "to reach 85 % you need about 7 pictures a class" in said(Kind.SAMPLES, found, target=0.85)[0]


def test_a_lane_at_work_is_not_judged_yet(said):
    found = samples({5: 80, 10: 90}, {5: 50, 10: 52})
    missing = arm(plans.SCRATCH, 50)
    sentences = said(Kind.SAMPLES, found, missing)
    assert len(sentences) == 1 and sentences[0].startswith("Pretrained, frozen")


def test_one_picture_a_class_is_singular(said):
    found = samples({1: 8}, {1: 5}, total=10)
    assert said(Kind.SAMPLES, found)[0].startswith("With 1 picture a class")


def needed(number: int | None, low: float, high: float, gain: float = 0.01, missing: float = -0.01) -> Needed:
    return Needed(0.95, number, (low, high), 5, 50, gain, missing)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (needed(12, 8.2, 31), "to reach 95 % you need about 12 pictures a class (plausibly 8 to 31)."),
        (needed(12, 5.0, 31), "to reach 95 % you need about 12 pictures a class (plausibly 5 or fewer to 31)."),
        (needed(40, 20, np.inf), "to reach 95 % you need about 40 pictures a class (plausibly 20 to more than 50)."),
        (needed(5, 5, 5), "5 pictures a class are already enough to reach 95 % (fewer weren't tried)."),
        (
            needed(5, 5, 12),
            "5 pictures a class are already enough to reach 95 % (fewer weren't tried; plausibly it takes up to 12).",
        ),
        (
            needed(5, 5, np.inf),
            "5 pictures a class are already enough to reach 95 % (fewer weren't tried; plausibly it takes more than "
            "50).",
        ),
        (
            needed(None, np.inf, np.inf, 0.01, 0.2),
            "with all 50 a class 20.0 points are missing to 95 %, and twice as many pictures bring at most 1.0: more "
            "won't get you there.",
        ),
        (
            needed(None, 30, np.inf, 0.01, 0.2),
            "with all 50 a class 20.0 points are missing to 95 %. More pictures may help; whether they do, and how "
            "many it takes, can't be told from these.",
        ),
    ],
)
def test_how_many_are_needed(found, expected):
    assert needed_words(found) == expected


def freeze(*numbers: int) -> list[Outcome]:
    return [right("blocks", number, x=blocks, seconds=4 + blocks) for blocks, number in enumerate(numbers)]


def test_freezing_with_a_gain(said):
    (sentence,) = said(Kind.FREEZE, freeze(60, 90, 95))
    assert sentence.startswith(
        "Best of those that learn again is the network with 2 trainable blocks: 95.0 % right in 6 s instead of 4 s; "
        "all frozen 60.0 %. That is a gain of 35 points (plausibly "
    )


def test_freezing_everything_is_better(said):
    (sentence,) = said(Kind.FREEZE, freeze(95, 60, 50))
    assert "with 1 trainable block: 60.0 %" in sentence and "Freezing everything is better by 35 points" in sentence


def test_of_equals_the_one_with_fewer_blocks_is_the_best_and_no_gain_is_claimed(said):
    (sentence,) = said(Kind.FREEZE, freeze(90, 92, 92))
    assert "1 trainable block:" in sentence and sentence.endswith("That is within what chance does.")


def test_the_best_of_many_is_judged_more_strictly(said):
    alone = said(Kind.FREEZE, freeze(90, 97))[0]
    assert "That is a gain of" in alone
    assert said(Kind.FREEZE, freeze(90, *[91] * 9, 97))[0].endswith("That is within what chance does.")


@pytest.mark.parametrize("found", [freeze(90), freeze(90, 95)[1:]])
def test_freezing_needs_both(said, found):
    assert said(Kind.FREEZE, found, arm("blocks", 6)) == []


def test_networks(said):
    found = [
        right("efficientnet_lite0", 95, seconds=4),
        right("vgg16", 94, seconds=30),
        right("mobilenetv3small", 50, seconds=3),
    ]
    best, alike = said(Kind.BACKBONES, found)
    assert best == f"Most accurate is EfficientNet-Lite0: {accuracy_of(found[0])}, in 4 s."
    assert (
        alike == "Not told apart from it by these pictures: VGG16. The quickest of them took 4 s (EfficientNet-Lite0)."
    )


def test_a_network_alone(said):
    found = [right("efficientnet_lite0", 95)]
    assert said(Kind.BACKBONES, found)[1].startswith("Only this network's weights are on this machine")
    # Others that aren't done, or have failed, are on this machine too.
    assert said(Kind.BACKBONES, found, arm("vgg16")) == []


def test_networks_of_which_some_are_at_work(said):
    found = [right("efficientnet_lite0", 95), right("vgg16", 50)]
    assert said(Kind.BACKBONES, found, arm("xception"))[0].startswith("Most accurate so far is EfficientNet-Lite0")


def augmentation(*pairs: tuple[int, int], total: int = 100) -> list[Outcome]:
    return [
        right(lane, number, total, draw=draw, config=FEW)
        for draw, (without, changed) in enumerate(pairs)
        for lane, number in ((plans.WITHOUT, without), (plans.WITH, changed))
    ]


def test_augmentation_that_helps(said):
    (sentence,) = said(Kind.AUGMENTATION, augmentation((60, 80), (61, 82), (60, 81)))
    assert sentence.startswith(
        "With 5 pictures a class, changed copies brought +20.7 points (in 3 draws +20.0, +21.0, +21.0;"
    )
    assert sentence.endswith("measured on 100 pictures. They help here.")


def test_augmentation_that_harms(said):
    (sentence,) = said(Kind.AUGMENTATION, augmentation((80, 60), (82, 61), (81, 60)))
    assert "-20.7 points" in sentence and sentence.endswith("They do harm here.")


@pytest.mark.parametrize("pairs", [((60, 60),) * 3, ((60, 80), (80, 60)), ((60, 61),) * 3])
def test_augmentation_that_shows_nothing(said, pairs):
    assert said(Kind.AUGMENTATION, augmentation(*pairs))[0].endswith("So it isn't shown that they help.")


def test_a_single_draw_of_augmentation(said):
    assert "in one draw. They gain 20 points (plausibly" in said(Kind.AUGMENTATION, augmentation((60, 80)))[0]
    assert said(Kind.AUGMENTATION, augmentation((60, 60)))[0].endswith("That is within what chance does.")


def test_half_a_draw_of_augmentation_is_left_out(said):
    found = augmentation((60, 80), (61, 82))[:-1]
    assert "in one draw" in said(Kind.AUGMENTATION, found, arm(plans.WITH, draw=1))[0]
    assert said(Kind.AUGMENTATION, found[:1], arm(plans.WITH)) == []


def test_draws_with_other_pictures_are_left_out(said):
    found = [*augmentation((60, 80)), *augmentation((60, 80), (61, 80), total=99)[2:]]
    assert "in one draw" in said(Kind.AUGMENTATION, found)[0]


VGG16 = TrainingConfig(backbone="vgg16")


def test_the_article(said):
    found = [right("published", 80, seconds=300, config=VGG16), right("head", 96, seconds=4)]
    (sentence,) = said(Kind.ARTICLE, found)
    assert sentence.startswith(f"The article's recipe took 5 min 0 s: {accuracy_of(found[0])}. Ours, with all steps,")
    assert "That is 75.0 times as fast. That is a gain of 16 points (plausibly" in sentence


def test_the_article_with_another_network_says_so(said):
    (sentence,) = said(Kind.ARTICLE, [right("published", 80), right("head", 80)])
    assert sentence.startswith("The article's recipe, with EfficientNet-Lite0 as its network, took")
    assert sentence.endswith("That is within what chance does.")


def test_the_article_is_judged_when_both_ends_are_done(said):
    published, head = right("published", 80), right("head", 96)
    assert said(Kind.ARTICLE, [published, head], arm("network")) == []
    assert said(Kind.ARTICLE, [published], arm("head")) == []


def test_transfer(said):
    found = [right("frozen", 95), right("scratch", 60)]
    assert said(Kind.TRANSFER, found)[0].startswith("With pretrained features 95 of 100 are right")
    assert said(Kind.TRANSFER, found[:1], arm("scratch")) == []


@pytest.mark.parametrize("kind", Kind)
def test_one_validation_picture_is_enough_for_a_sentence_and_shows_nothing(said, kind):
    lanes = ("frozen", "scratch", "transfer", "with_augmentation", "without_augmentation", "blocks", "vgg16")
    found = [right(lane, number, 1, x=x, config=FEW) for number, lane in enumerate(lanes) for x in (1, 2)]
    text = " ".join(said(kind, found))
    assert not re.search(r"gain of|better by|They help here|They do harm|won't get you there", text)
