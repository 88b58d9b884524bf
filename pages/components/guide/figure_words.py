"""What is said of the guide's figures. All numbers come from the figure, so that a new recording is told of rightly."""

from collections.abc import Callable
from datetime import date

from core.backbones.table import get_backbone
from core.datasets.store.samples import SAMPLES
from pages.components import wording
from pages.components.guide.recorded import Figure

# What counts as nearly all foreign pictures.
NEARLY_ALL = 0.95
# Of answers with about the same probability: fewer say nothing.
LEAST_COUNT = 20
COMMAND = "python -m tests.benchmarks.guide_figures"
ARMS = {
    "frozen": "Frozen network, new last layer",
    "fine_tune": "Fine-tuned: the last blocks learn too",
    "scratch": "From scratch: no transfer",
    "transfer": "With transfer: frozen network",
    "pixels": "No network: the bare pixels",
    "last": "Frozen network, its last features alone",
    "chosen": "Frozen network, features chosen by Recommended",
    "none": "Without",
    "mild": "Mild: mirror, small zoom and shift",
    "strong": "Strong: turn, zoom, slant, light",
    "as_is": "As it is",
    "recentred": "Features recentred on the new pictures",
    "nearest_mean": "Nearest class mean",
    "linear": "Linear last layer",
    "uncalibrated": "Before calibration",
    "calibrated": "After calibration",
}
CHANGES = {"same": "Unchanged", "gray": "Gray", "dark": "Dark", "blurred": "Blurred", "negative": "Negative"}
TITLES = {
    "domains": "240 pictures of four data sets, as the frozen network sees them",
    "samples": "One network, four jobs",
    "curves": "The same pictures, three ways to learn",
    "few_pictures": "How many pictures does it take?",
    "blocks": "How many blocks should learn?",
    "negative": "Where the pretrained network is in the way",
    "augmentation": "Changed copies of a handful of pictures",
    "same_picture": "One picture, changed eleven times",
    "shift": "The same model, asked about changed pictures",
    "few_shots": "Learning from one picture, or a few",
    "heat_map": "What of a picture spoke for the answer",
    "calibration": "Do the probabilities mean what they say?",
    "unlike": "What a model says of pictures it wasn't made for",
}


def title(figure: Figure) -> str:
    """Returns a figure's title."""
    return TITLES[figure.name]


def name_of(code: str | float) -> str:
    """Returns the words for an arm, a sample or a change; a number as it is."""
    if code in SAMPLES:
        return SAMPLES[str(code)].label
    return ARMS.get(str(code)) or CHANGES.get(str(code)) or str(code)


def finding(figure: Figure) -> str:
    """Returns what a figure shows, in a sentence or two."""
    return _FINDINGS[figure.name](figure)


def caption(figure: Figure) -> str:
    """Returns what a figure was measured on."""
    facts = figure.facts
    data = "the four built-in samples" if figure.dataset == "all" else f"the built-in sample {name_of(figure.dataset)}"
    # Changed copies of a picture are made without a network.
    parts = [f"from {data}" if figure.name == "same_picture" else f"{get_backbone(figure.backbone).label} on {data}"]
    if "side" in facts:
        parts.append(f"pictures of {facts['side']} x {facts['side']} pixels")
    if "num_training" in facts:
        parts.append(f"trained on {wording.count(facts['num_training'], 'picture')}")
    if "a_class" in facts:
        parts.append(f"trained on {wording.count(facts['a_class'], 'picture')} a class")
    if "most_asked" in facts:
        parts.append(f"up to {facts['most_asked']} validation pictures of each")
    if figure.num_tested:
        parts.append(f"tested on {figure.num_tested:,} others")
    if figure.draws > 1:
        scratch = f" ({facts['draws_scratch']} from scratch)" if "draws_scratch" in facts else ""
        parts.append(f"{figure.draws} draws of the training pictures{scratch}")
    if any(line.count for line in figure.lines):
        parts.append(f"groups of fewer than {LEAST_COUNT} answers aren't drawn")
    if any(line.low for line in figure.lines):
        parts.append(
            "bars: 95 % interval of the mean over the draws, for these test pictures"
            + (", from scratch of one run" if facts.get("draws_scratch") == 1 else "")
            if figure.draws > 1
            else "bars: 95 % interval (Wilson)"
        )
    elif figure.name == "curves":
        parts.append("one run each, so differences of a few points are chance")
    day = date.fromisoformat(figure.date)
    return f"Measured, not drawn: {'; '.join(parts)}. Recorded on {day:%d} {day:%B %Y} with `{COMMAND} {figure.name}`."


def _domains(_figure: Figure) -> str:
    return (
        "Each dot is a picture; near dots look alike to the network. Nobody told it which data set a picture is from, "
        "and yet the four kinds gather, and textures even fall into their three classes."
    )


def _samples(figure: Figure) -> str:
    frozen, pixels = figure.line("frozen"), figure.line("pixels")
    wins = [name for name in frozen.x if frozen.at(name) > pixels.at(name)]
    best = max(frozen.x, key=lambda name: frozen.at(name) - pixels.at(name))
    return (
        f"The same network, frozen, is better than the bare pixels on {len(wins)} of {len(frozen.x)} samples, most on "
        f"{name_of(best)}: {_percent(frozen.at(best))} against {_percent(pixels.at(best))}."
    )


def _curves(figure: Figure) -> str:
    frozen, tuned, scratch = (figure.line(code) for code in ("frozen", "fine_tune", "scratch"))
    seconds = figure.facts["seconds"]
    beaten = next((epoch for epoch, value in zip(frozen.x, frozen.y, strict=True) if value > max(scratch.y)), None)
    first = (
        f"After {wording.count(beaten, 'epoch')} the frozen network is better than training from scratch ever gets in "
        f"{len(scratch.x)}. "
        if beaten is not None
        else ""
    )
    return (
        f"{first}At the end: frozen {_percent(frozen.y[-1])}, fine-tuned {_percent(tuned.y[-1])} in "
        f"{_times(seconds['fine_tune'], seconds['frozen'])} the time, from scratch {_percent(scratch.y[-1])} in "
        f"{_times(seconds['scratch'], seconds['frozen'])} the time."
    )


def _few_pictures(figure: Figure) -> str:
    transfer, scratch = figure.line("transfer"), figure.line("scratch")
    most = scratch.x[-1]
    # Better beyond chance, where there are intervals.
    surely, at_most = transfer.low or transfer.y, (scratch.high or scratch.y)[-1]
    enough = next((size for size, value in zip(transfer.x, surely, strict=True) if value > at_most), None)
    words = (
        f"With transfer, {enough} pictures a class do better ({_percent(transfer.at(enough))}) than {most} a class "
        f"without ({_percent(scratch.y[-1])})."
        if enough is not None
        else f"With {most} pictures a class transfer no longer clearly helps."
    )
    return f"{words} From scratch there were at most {figure.facts['steps_scratch']} steps; more would help it."


def _blocks(figure: Figure) -> str:
    line, seconds = figure.lines[0], figure.facts["seconds"]
    best = max(line.x, key=line.at)
    gain = line.at(best) - line.at(0)
    is_sure = best != 0 and line.low[line.x.index(best)] > line.high[0]
    gained = (
        f"The best here, {wording.count(best, 'block')}, gains {100 * gain:.1f} points over none"
        if best
        else "Nothing is gained by unfreezing any here"
    )
    chance = "." if is_sure or not best else ", which is within chance."
    return (
        f"{gained}{chance} With {line.x[-1]} it takes "
        f"{_times(seconds[-1], seconds[0])} the time that it takes with none."
    )


def _negative(figure: Figure) -> str:
    pixels, last, chosen = (figure.line(code) for code in ("pixels", "last", "chosen"))
    gaps = {place: pixels.at(place) - last.at(place) for place in last.x}
    worst = max(gaps, key=gaps.__getitem__)
    behind = sum(gap > 0 for gap in gaps.values())
    index = list(last.x).index(worst)
    overlaps = last.high[index] >= pixels.low[index]
    chance = " The bars overlap, so part of the difference may be chance." if overlaps else ""
    return (
        f"With {worst} digits a class the bare pixels are right in {_percent(pixels.at(worst))} of the cases, the "
        f"network's last features in {_percent(last.at(worst))}: what they learned from photographs doesn't fit "
        f"digits of 8 x 8 pixels. They are behind at {behind} of {len(gaps)} sizes. With features from earlier layers "
        f"too: {_percent(chosen.at(worst))}.{chance}"
    )


def _augmentation(figure: Figure) -> str:
    none, mild, strong = (figure.line(code) for code in ("none", "mild", "strong"))
    size = none.x[0]
    gains = {line.code: 100 * (line.at(size) - none.at(size)) for line in (mild, strong)}
    apart = any(line.low[0] > none.high[0] or line.high[0] < none.low[0] for line in (mild, strong))
    words = "" if apart else " The bars overlap: with a frozen network this is hardly more than chance."
    return (
        f"With {size} pictures a class, mild changes move the accuracy by {gains['mild']:+.1f} points, strong ones by "
        f"{gains['strong']:+.1f}.{words}"
    )


def _same_picture(_figure: Figure) -> str:
    return "The first is the original. To a person all are the same thing; to the network each is new."


def _shift(figure: Figure) -> str:
    as_is, recentred = figure.line("as_is"), figure.line("recentred")
    worst = min(as_is.x, key=as_is.at)
    return (
        f"Right on {_percent(as_is.at('same'))} of the unchanged pictures, the model falls to "
        f"{_percent(as_is.at(worst))} on the kind that is hardest for it ({name_of(worst).lower()}). Moving the new "
        f"pictures' features to a common mean, without any labels, makes that {_percent(recentred.at(worst))}."
    )


def _few_shots(figure: Figure) -> str:
    mean, linear = figure.line("nearest_mean"), figure.line("linear")
    return (
        f"One picture of each of six classes is enough for {_percent(mean.at(1))}, five for {_percent(mean.at(5))}, "
        f"where guessing gets 17 %. With {mean.x[-1]}, the linear layer is at {_percent(linear.y[-1])} and the nearest "
        f"mean at {_percent(mean.y[-1])}."
    )


def _heat_map(_figure: Figure) -> str:
    return (
        "Above what the model was shown, four faces and two patches without one; below, in bright colours, what of it "
        "spoke for the answer."
    )


def _calibration(figure: Figure) -> str:
    errors = figure.facts["errors"]
    return (
        "On the dotted line, answers given with 70 % are right in 70 of 100 cases. The mean distance from it is "
        f"{100 * errors['uncalibrated']:.1f} points before calibration and {100 * errors['calibrated']:.1f} after it."
    )


def _unlike(figure: Figure) -> str:
    foreign = [
        (share, line.code, other)
        for line in figure.lines
        for other, share in zip(line.x, line.y, strict=True)
        if other != line.code
    ]
    own = [line.at(line.code) for line in figure.lines]
    weakest, model, asked = min(foreign)
    found = sum(share >= NEARLY_ALL for share, _, _ in foreign)
    return (
        f"In {found} of {len(foreign)} cases, at least {_percent(NEARLY_ALL)} of foreign pictures were recognised as "
        f"such, and {_percent(min(own))} to {_percent(max(own))} of a model's own kind were taken for foreign by "
        f"mistake. The check isn't perfect: a model of {name_of(model)} recognised only {_percent(weakest)} of "
        f"{name_of(asked)}."
    )


_FINDINGS: dict[str, Callable[[Figure], str]] = {
    "domains": _domains,
    "samples": _samples,
    "curves": _curves,
    "few_pictures": _few_pictures,
    "blocks": _blocks,
    "negative": _negative,
    "augmentation": _augmentation,
    "same_picture": _same_picture,
    "shift": _shift,
    "few_shots": _few_shots,
    "heat_map": _heat_map,
    "calibration": _calibration,
    "unlike": _unlike,
}


def _times(seconds: float, other: float) -> str:
    """Returns how many times as long something takes; bare times would be those of the machine that day."""
    return f"{seconds / other:.1f} times" if seconds < 9.95 * other else f"{seconds / other:.0f} times"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
