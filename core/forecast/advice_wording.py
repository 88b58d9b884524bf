"""What a network's features are worth on a data set, in words."""

import math

from core.backbones.table import get_backbone
from core.forecast.advice import Advice
from core.forecast.wording import about

TOO_FEW = "Too few pictures to measure anything before training: each class needs two that aren't copies of each other."
# Fine-tuning against a new last layer alone, by `tests.benchmarks.fine_tuning`: points of accuracy.
MOST_GAIN = 2
ELSEWHERE = (
    "On four data sets where both were measured, with 20 pictures a class (twice) and with 100 (once), it changed the "
    "accuracy by \N{MINUS SIGN}2 to +2 points, no more than chance may do, and took about 6 times the work."
)
# With no more points than this missing, it has next to nothing to add.
LITTLE = 1
# Measured with EfficientNet-Lite0, EfficientNet-Lite2 and VGG16 by `tests.benchmarks.transferability`.
RANKING = (
    "No network is recommended by these numbers: over four kinds of pictures and three networks, Kendall's tau between "
    "LogME and the accuracy after training was 0.5. Of cats and dogs it mostly rated VGG16 above EfficientNet-Lite0, "
    "which is more accurate by 2 to 5 points. Train both to know."
)
# The interval of all pictures right ends a rounding error below 1.
ALL = 1 - 1e-9


def measured(advice: Advice) -> str:
    """Returns how well the features tell the pictures apart, with the interval, and how that was found."""
    if not advice.num_tried:
        return TOO_FEW
    low, high = advice.interval
    backbone = get_backbone(advice.backbone)
    package = backbone.weights_file.package
    network = "The bundled network" if package and package.is_required else f"{backbone.label} as it is"
    return (
        f"{network} tells these apart to about {_percent(advice.accuracy)} (plausibly {math.floor(100 * low)} to "
        f"{_percent(high)}), by {advice.num_folds}-fold cross-validation on {advice.num_tried:,} training pictures"
    )


def outlook(advice: Advice) -> str:
    """Returns what fine-tuning may add to that, from what is missing and what it added elsewhere; empty if unknown."""
    if not advice.num_tried:
        return ""
    missing = 100 * (advice.num_tried - advice.num_right) / advice.num_tried
    if missing <= LITTLE:
        return f"Fine-tuning has next to nothing to add here. {ELSEWHERE}"
    most = min(MOST_GAIN, math.ceil(missing))
    return f"Fine-tuning may add up to {most} points, or nothing. {ELSEWHERE}"


def comparison(advice: Advice) -> str:
    """Returns how the networks whose features are at hand are rated, and why none is recommended; empty for one."""
    if len(advice.ratings) < 2:
        return ""
    rated = "; ".join(
        f"{get_backbone(one.backbone).label} LogME {_signed(one.log_me)}, nearest mean {_percent(one.nearest_mean)}"
        for one in advice.ratings
    )
    return f"{rated}. {RANKING}"


def cost(num_missing: int, seconds: float | None) -> str:
    """Returns what measuring costs.

    Args:
        num_missing: pictures that have to go through the network first.
        seconds: how long the run needs for its pictures, which is at least as long; None if unknown.
    """
    pictures = "1 picture" if num_missing == 1 else f"{num_missing:,} pictures"
    time = f" ({about(seconds)} at most)" if seconds else ""
    return (
        f"Says how well the network tells these apart as it is, before anything is trained. {pictures} would go "
        f"through it first{time}; what is read is kept for training."
    )


def _percent(share: float) -> str:
    """Returns a share in whole percent; only all of them is `100 %`."""
    return f"{min(round(100 * share), 99)} %" if share < ALL else "100 %"


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
