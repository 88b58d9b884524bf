"""Experiments, their arms and their lanes in words, for pages and the command line alike."""

from core.backbones.table import BACKBONES
from core.experiments.experiment import Arm, Experiment, Kind
from core.runs.records.run_names import NAME_LENGTH
from core.wording.lists import counted

TITLES = {
    Kind.RACE: "Race",
    Kind.SAMPLES: "How few pictures are enough?",
    Kind.FREEZE: "What does freezing do?",
    Kind.BACKBONES: "Which network?",
    Kind.AUGMENTATION: "What does augmentation bring?",
    Kind.ARTICLE: "The article, reproduced",
    Kind.TRANSFER: "Did transfer help?",
}
QUESTIONS = {
    Kind.RACE: "The same pictures, trained in different ways: which learns faster, and which gets further?",
    Kind.SAMPLES: "How accurate is a model with 5, 10, 25 or more pictures a class, with and without pretraining?",
    Kind.FREEZE: "How much of a pretrained network should learn again, and what does it cost?",
    Kind.BACKBONES: "Which of the pretrained networks on this machine suits these pictures, and can that be predicted?",
    Kind.AUGMENTATION: "Do changed copies of a handful of pictures help a network to learn more from them?",
    Kind.ARTICLE: "The classic recipe against ours: what is each difference worth?",
    Kind.TRANSFER: "What are pretrained features worth on these pictures, compared with training from scratch?",
}
SHORT = {
    Kind.RACE: "race",
    Kind.SAMPLES: "few pictures",
    Kind.FREEZE: "freezing",
    Kind.BACKBONES: "networks",
    Kind.AUGMENTATION: "augmentation",
    Kind.ARTICLE: "the article",
    Kind.TRANSFER: "transfer",
}
LANES = {
    "frozen": "Frozen network",
    "fine_tuned": "Fine-tuned",
    "scratch": "From scratch",
    "article": "The article's recipe",
    "transfer": "Pretrained, frozen",
    "blocks": "Pretrained network",
    "with_augmentation": "With changed copies",
    "without_augmentation": "Pictures as they are",
    "published": "The article, as published",
    "caching": "+ each picture through the network once",
    "preprocessing": "+ pixels as the network knows them",
    "pooling": "+ averages instead of every position",
    "head": "+ our last layer and its training",
    "network": "+ our network",
}


def lane(code: str) -> str:
    """Returns the name of a lane; a network's for a backbone."""
    return LANES.get(code) or (BACKBONES[code].label if code in BACKBONES else code)


def position(kind: Kind, x: float) -> str:
    """Returns a position on a lane in words; empty where positions mean nothing."""
    if kind == Kind.SAMPLES:
        return f"{x:,.0f} a class"
    if kind == Kind.FREEZE:
        return counted(round(x), "trainable block") if x else "all frozen"
    return ""


def run_name(experiment: Experiment, arm: Arm) -> str:
    """Returns the name of an arm's run."""
    kind = experiment.kind
    parts = [SHORT[kind], lane(arm.lane).removeprefix("+ "), position(kind, arm.x)]
    if sum(one.lane == arm.lane and one.x == arm.x for one in experiment.arms) > 1:
        parts.append(f"draw {arm.draw + 1}")
    rest = ", ".join(filter(None, parts))
    return f"{experiment.dataset_name[: max(1, NAME_LENGTH - len(rest) - 8)]}, {rest}"


def duration(seconds: float) -> str:
    """Returns `0.8 s`, `12 s`, `2 min 5 s`."""
    if seconds < 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
