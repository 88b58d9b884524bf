"""What transfer was worth to a model, in one or two sentences each."""

from core.evaluation.comparison import PairedComparison, UnpairedComparison
from core.evaluation.pixel_answers import PixelAnswers
from core.wording.lists import counted

# Intervals are given in whole points from here on.
WHOLE_POINTS = 1.0
NEGATIVE = "This is **negative transfer**: what the network has learned elsewhere is in the way here."


def against_pixels(found: PairedComparison, pixels: PixelAnswers, is_pretrained: bool) -> str:
    """Returns how a model compares with a classifier on the bare pixels.

    Args:
        found: of the model and the pixels, in this order.
        pixels: what the pixels answered.
        is_pretrained: whether the model's network has learned elsewhere.
    """
    own, bare = found.right
    begin = (
        f"A support vector machine on nothing but the pixels ({pixels.side} x {pixels.side}, trained on "
        f"{counted(pixels.num_training, 'picture')}) gets {bare:,} of {found.num_pictures:,} right, this model {own:,}."
    )
    if pixels.num_unreadable:
        were = "was" if pixels.num_unreadable == 1 else "were"
        begin += f" {counted(pixels.num_unreadable, 'picture')} couldn't be read for it and {were} left out."
    if not found.better:
        return f"{begin} {_equal(found)} So it isn't shown that a network is needed for these pictures."
    if found.better > 0:
        return f"{begin} The network is worth {points(found)} more."
    meaning = NEGATIVE if is_pretrained else "From so few pictures, the network has learned less than the pixels tell."
    return f"{begin} The pixels alone are better by {points(found)}. {meaning}"


def against_scratch(found: PairedComparison | UnpairedComparison) -> str:
    """Returns what pretrained features are worth.

    Args:
        found: of the model with pretrained features and of the one trained from scratch, in this order.
    """
    if isinstance(found, UnpairedComparison):
        return _unpaired(found, "with pretrained features", "from scratch")
    own, scratch = found.right
    begin = f"With pretrained features {own:,} of {found.num_pictures:,} are right, from scratch {scratch:,}."
    if not found.better:
        return f"{begin} {_equal(found)} So it isn't shown that transfer helped."
    if found.better > 0:
        return f"{begin} Pretrained features **gain {points(found)}** over training from scratch."
    return f"{begin} Pretrained features **cost {points(found)}**. {NEGATIVE}"


def against_frozen(found: PairedComparison | UnpairedComparison) -> str:
    """Returns what training blocks of the network is worth.

    Args:
        found: of the fine-tuned model and of the one on frozen features, in this order.
    """
    if isinstance(found, UnpairedComparison):
        return _unpaired(found, "fine-tuned", "on frozen features")
    own, frozen = found.right
    begin = f"Fine-tuned, {own:,} of {found.num_pictures:,} are right, on frozen features {frozen:,}."
    if not found.better:
        return f"{begin} {_equal(found)} So it isn't shown that fine-tuning helped."
    if found.better > 0:
        return f"{begin} Fine-tuning **gains {points(found)}**."
    return f"{begin} Fine-tuning **costs {points(found)}**: frozen features are the better choice here."


def _equal(found: PairedComparison) -> str:
    differing = found.only_first + found.only_second
    if not differing:
        return "They are right and wrong on the same ones."
    split = f"{max(found.only_first, found.only_second):,} to {min(found.only_first, found.only_second):,}"
    return f"That is within what chance does: they differ on {counted(differing, 'picture')}, {split}."


def points(found: PairedComparison) -> str:
    """Returns how many points one is better, with the interval."""
    low, high = sorted(abs(bound) * 100 for bound in found.interval)
    form = "{:.0f}" if low >= WHOLE_POINTS else "{:.1f}"
    difference = abs(found.difference) * 100
    number = form.format(difference)
    unit = "point" if number == "1" else "points"
    return f"{number} {unit} (plausibly {form.format(low)} to {form.format(high)})"


def _unpaired(found: UnpairedComparison, first: str, second: str) -> str:
    one, other = (
        " to ".join(f"{bound * 100:.0f}" for bound in interval) + " %" for interval in (found.first, found.second)
    )
    begin = f"They have different validation pictures: {first} plausibly {one} are right, {second} {other}."
    return begin if found.better else f"{begin} These overlap, so neither is shown to be better."
