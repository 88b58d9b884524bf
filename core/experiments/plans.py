"""What each kind of experiment trains on a data set: its arms, which differ in one thing."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from core.backbones.availability import availability
from core.backbones.table import BACKBONES, get_backbone
from core.config.setting import require, require_number
from core.config.training_config import MAX_IMAGE_SIZE, TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.splits import TRAIN
from core.experiments.experiment import Arm, Kind
from core.runs.counterparts import RECIPE, Way, counterpart_config, way_of
from core.runs.recipe_choice import choose_config
from core.runs.records.run import Run
from core.settings import Settings

RECOMMENDED, FINE_TUNE, ARTICLE = "recommended", "fine_tune", "article"
FROZEN, FINE_TUNED, SCRATCH, TRANSFER = "frozen", "fine_tuned", "scratch", "transfer"
WITH, WITHOUT = "with_augmentation", "without_augmentation"
LANES = (FROZEN, FINE_TUNED, SCRATCH, ARTICLE)
RACE_LANES = (FROZEN, FINE_TUNED, SCRATCH)
# Pictures this small take a fifth of the time of 224 pixels, which is what training from scratch needs to end within
# minutes on two cores. With frozen features it costs little: on the puzzle 93 instead of 94 % are right.
IMAGE_SIZE = 96
# From scratch a network on a few hundred pictures has learned most of what it will in minutes after as many epochs.
# With fewer pictures it sees each of them more often, so that it takes enough gradient steps: below a hundred,
# its batch normalisation hasn't settled and it answers at random.
SCRATCH_EPOCHS, MOST_SCRATCH_EPOCHS, SCRATCH_STEPS = 10, 30, 100
SCRATCH_BATCH, SMALL_SCRATCH_BATCH, SMALL_NUMBER = 16, 8, 100
# Half of the work of the other kinds' size: there are many runs.
SAMPLES_SIZE = 64
SIZES = (5, 10, 25, 50)
DRAWS, MOST_DRAWS = 3, 10
# From scratch each run takes half a minute, of which ten seconds are to compile the network: more numbers and more
# draws would take longer than all the rest.
SCRATCH_SIZES, SCRATCH_DRAWS_SHARE = (5, 25), 0.5
BLOCKS = (0, 1, 2, 4, 6)
FREEZE_EPOCHS = 6
# Of the pictures of each class; with more, changed copies teach hardly anything new.
TINY = 5
TINY_VIEWS = 8
CHANGES = {"flip": True, "rotation": 15.0, "zoom": 0.2, "translation": 0.1, "brightness": 0.1, "contrast": 0.2}
# Smaller pictures aren't enlarged to it: that shows the network nothing more, and takes longer.
ARTICLE_SIZE = 150
ARTICLE_EPOCHS = 10
ARTICLE_BACKBONE, INSTEAD = "vgg16", "efficientnet_lite0"


@dataclass(frozen=True)
class Choices:
    """What can be chosen for an experiment.

    Attributes:
        backbone: name of the network; not for `backbones`. Empty for the kind's own.
        image_size: side in pixels to which pictures are scaled; 0 for the kind's own.
        draws: how often pictures are drawn, in `samples` and `augmentation`.
        lanes: of a race, in order.
    """

    backbone: str = ""
    image_size: int = 0
    draws: int = DRAWS
    lanes: tuple[str, ...] = RACE_LANES

    def __post_init__(self) -> None:
        if self.backbone:
            get_backbone(self.backbone)
        if self.image_size:
            require_number("image_size", self.image_size, 32, MAX_IMAGE_SIZE, whole=True)
        require_number("draws", self.draws, 1, MOST_DRAWS, whole=True)
        expected = f"two or more lanes of {', '.join(LANES)}, each once"
        is_known = set(self.lanes) <= set(LANES) and len(set(self.lanes)) == len(self.lanes) >= 2
        require(is_known, expected, ", ".join(self.lanes), "Choose others.")


def plan(kind: Kind, dataset: DatasetIndex, choices: Choices, settings: Settings) -> tuple[Arm, ...]:
    """Returns the arms of an experiment, in the order in which they are trained: the quick ones first.

    Args:
        kind: what it asks.
        dataset: the data set.
        choices: what was chosen.
        settings: where weights are.

    Raises:
        ConfigError: a choice is invalid for this kind, or no other choice is left.
    """
    return tuple(PLANS[kind](_Planner(dataset, choices, settings, kind)))


@dataclass(frozen=True)
class _Planner:
    dataset: DatasetIndex
    choices: Choices
    settings: Settings
    kind: Kind

    def config(self, recipe: str, **options: Any) -> TrainingConfig:
        """Returns a recipe's configuration with the chosen network and size, and with some fields changed."""
        backbone = self.choices.backbone or INSTEAD
        own = SAMPLES_SIZE if self.kind == Kind.SAMPLES else IMAGE_SIZE
        size = self.choices.image_size or max(own, get_backbone(backbone).min_size)
        timed: dict[str, Any] = {"reuse_features": False} if self.kind in TIMED else {}
        return choose_config(recipe, self.dataset, **{"backbone": backbone, "image_size": size, **timed, **options})

    def scratch(self, **options: Any) -> TrainingConfig:
        """Returns the configuration of the same network without what it has learned elsewhere."""
        number = len(self.dataset.with_split(**{"pictures_per_class": 0} | _sampled(options)).select(TRAIN))
        batch = SMALL_SCRATCH_BATCH if number < SMALL_NUMBER else SCRATCH_BATCH
        epochs = math.ceil(SCRATCH_STEPS / max(1, math.ceil(number / batch)))
        epochs = min(MOST_SCRATCH_EPOCHS, max(SCRATCH_EPOCHS, epochs))
        chosen = {"weights": "none", "epochs": epochs, "batch_size": batch, "stop_when_settled": False}
        return self.config(RECOMMENDED, **chosen | options)

    def usual_side(self) -> int:
        """Returns the longer side of the pictures, in pixels, that half of them don't exceed."""
        return int(median(max(sample.width, sample.height) for sample in self.dataset.samples))

    def smallest_class(self) -> int:
        """Returns how many training pictures the smallest class has."""
        sizes = Counter(sample.label for sample in self.dataset.with_split().select(TRAIN))
        return min((sizes[label] for label in range(len(self.dataset.class_names))), default=0)

    def largest_class(self) -> int:
        """Returns how many training pictures the largest class has."""
        sizes = Counter(sample.label for sample in self.dataset.with_split().select(TRAIN))
        return max(sizes.values(), default=0)


def _sampled(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in ("pictures_per_class", "draw") if name in options}


def _race(planner: _Planner) -> tuple[Arm, ...]:
    recipes = {
        FROZEN: (RECOMMENDED, lambda: planner.config(RECOMMENDED)),
        FINE_TUNED: (FINE_TUNE, lambda: planner.config(FINE_TUNE)),
        SCRATCH: (RECOMMENDED, planner.scratch),
        ARTICLE: (ARTICLE, lambda: planner.config(ARTICLE)),
    }
    return tuple(Arm(lane, lane, 0, 0, recipes[lane][0], recipes[lane][1]()) for lane in planner.choices.lanes)


def _samples(planner: _Planner) -> tuple[Arm, ...]:
    smallest, largest = planner.smallest_class(), planner.largest_class()
    arms = []
    for lane, numbers in ((TRANSFER, SIZES), (SCRATCH, SCRATCH_SIZES)):
        for size in (*(number for number in numbers if number < smallest), largest):
            for draw in range(1 if size == largest else _num_draws(planner.choices.draws, lane)):
                some = {} if size == largest else {"pictures_per_class": size, "draw": draw}
                config = planner.config(RECOMMENDED, **some) if lane == TRANSFER else planner.scratch(**some)
                arms.append(Arm(f"{lane}-{size}-{draw}", lane, size, draw, RECOMMENDED, config))
    return tuple(arms)


def _num_draws(draws: int, lane: str) -> int:
    return draws if lane == TRANSFER else max(1, int(draws * SCRATCH_DRAWS_SHARE))


def _freeze(planner: _Planner) -> tuple[Arm, ...]:
    num_blocks = len(get_backbone(planner.choices.backbone or INSTEAD).blocks)
    numbers = [*(number for number in BLOCKS if number < num_blocks), num_blocks]
    head_epochs = planner.config(FINE_TUNE).freeze.head_epochs
    arms = []
    for number in numbers:
        # Without a trainable block, the head's own epochs are all there are.
        epochs = FREEZE_EPOCHS if number else head_epochs
        config = planner.config(FINE_TUNE, trainable_blocks=number, epochs=epochs, early_stopping_patience=0)
        arms.append(Arm(f"blocks-{number}", "blocks", number, 0, FINE_TUNE, config))
    return tuple(arms)


def _backbones(planner: _Planner) -> tuple[Arm, ...]:
    here = [one for one in BACKBONES.values() if availability(one, planner.settings).is_here]
    arms = []
    for backbone in here:
        size = planner.choices.image_size or backbone.image_size
        config = planner.config(
            RECOMMENDED,
            backbone=backbone.name,
            image_size=max(size, backbone.min_size),
            depths=1,
            cross_validation=False,
            weight_decay=PLAIN_DECAY,
        )
        arms.append(Arm(backbone.name, backbone.name, 0, 0, RECOMMENDED, config))
    return tuple(arms)


def _augmentation(planner: _Planner) -> tuple[Arm, ...]:
    size = min(TINY, max(1, planner.smallest_class()))
    arms = []
    # Where no class has more, every draw would be of the same pictures.
    num_draws = planner.choices.draws if planner.largest_class() > size else 1
    for draw in range(num_draws):
        for lane, changes in ((WITHOUT, {}), (WITH, {**CHANGES, "views": TINY_VIEWS})):
            config = planner.config(RECOMMENDED, pictures_per_class=size, draw=draw, **changes)
            arms.append(Arm(f"{lane}-{draw}", lane, 0, draw, RECOMMENDED, config))
    return tuple(arms)


def _article(planner: _Planner) -> tuple[Arm, ...]:
    """Returns the article's recipe and the steps from it to ours, each of which changes one thing more."""
    has_article = availability(get_backbone(ARTICLE_BACKBONE), planner.settings).is_here
    backbone = planner.choices.backbone or (ARTICLE_BACKBONE if has_article else INSTEAD)
    size = max(planner.choices.image_size or min(ARTICLE_SIZE, planner.usual_side()), get_backbone(backbone).min_size)
    own = {"backbone": backbone, "image_size": size}
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        # As published: every epoch, each picture is changed anew and goes through the whole network.
        ("published", ARTICLE, {"views": ARTICLE_EPOCHS}),
        ("caching", ARTICLE, {}),
        ("preprocessing", ARTICLE, {"preprocessing": "native"}),
        ("pooling", ARTICLE, {"preprocessing": "native", "pooling": "average"}),
        ("head", RECOMMENDED, {}),
    )
    arms = [
        Arm(name, name, number, 0, recipe, planner.config(recipe, **own | options))
        for number, (name, recipe, options) in enumerate(steps)
    ]
    if backbone != INSTEAD:
        arms.append(Arm("network", "network", len(steps), 0, RECOMMENDED, planner.config(RECOMMENDED, image_size=size)))
    return tuple(arms)


def transfer_arms(run: Run, others: Mapping[Way, Run], dataset: DatasetIndex) -> tuple[Arm, ...]:
    """Returns the arms that show what transfer was worth to a run: frozen features and training from scratch.

    Args:
        run: the run; it stands for one of them if that is how it was trained.
        others: runs that there are already, by way.
        dataset: the run's data set.
    """
    known = {**others, way_of(run.config): run}
    arms = []
    for way in (Way.FROZEN, Way.SCRATCH):
        there = known.get(way)
        if there:
            arms.append(Arm(way, way, 0, 0, there.recipe, there.config, there.id))
        else:
            arms.append(Arm(way, way, 0, 0, RECIPE, counterpart_config(run.config, way, dataset)))
    return tuple(arms)


# Kinds that compare times: what one arm has computed must not spare the next one the work.
TIMED = (Kind.RACE, Kind.FREEZE, Kind.BACKBONES, Kind.ARTICLE)
# A fixed strength, so that networks are compared by their last features alone.
PLAIN_DECAY = 0.01
PLANS: dict[Kind, Callable[[_Planner], Sequence[Arm]]] = {
    Kind.RACE: _race,
    Kind.SAMPLES: _samples,
    Kind.FREEZE: _freeze,
    Kind.BACKBONES: _backbones,
    Kind.AUGMENTATION: _augmentation,
    Kind.ARTICLE: _article,
}
# Which of the choices a kind asks for.
CHOSEN: dict[Kind, tuple[str, ...]] = {
    Kind.RACE: ("backbone", "image_size", "lanes"),
    Kind.SAMPLES: ("backbone", "image_size", "draws"),
    Kind.FREEZE: ("backbone", "image_size"),
    Kind.BACKBONES: ("image_size",),
    Kind.AUGMENTATION: ("backbone", "image_size", "draws"),
    Kind.ARTICLE: ("backbone", "image_size"),
}
