"""The result of an experiment in a sentence or two, with its interval."""

import math
from collections.abc import Callable, Sequence

from core.evaluation.comparison import PairedComparison, UnpairedComparison
from core.evaluation.words.results import percent, plausibly
from core.evaluation.words.transfer import against_frozen, against_scratch, points
from core.experiments import plans, words
from core.experiments.experiment import Kind
from core.experiments.needed import Needed, pictures_needed
from core.experiments.prediction import predicted
from core.experiments.progress import ExperimentState
from core.experiments.results import Measured, Outcome, compare_outcomes, interval_of_gains, kendall, measured
from core.runs.records.store import RunStore
from core.wording.lists import counted

TARGET = 0.95
FEW_NETWORKS = 5


def result(store: RunStore, state: ExperimentState, found: Sequence[Outcome], target: float = TARGET) -> list[str]:
    """Returns what came out so far, in sentences; none before there is something to say.

    Args:
        store: where the runs are recorded.
        state: the experiment.
        found: the arms that are done.
        target: the accuracy asked for in `samples`, 0-1.
    """
    if not found:
        return []
    if state.experiment.kind == Kind.SAMPLES:
        return _samples(_of_complete_lanes(state, found), target)
    if state.experiment.kind == Kind.BACKBONES:
        return _backbones(store, state, found)
    if state.experiment.kind == Kind.ARTICLE:
        return _article(state, found)
    return SENTENCES[state.experiment.kind](found)


def _of_complete_lanes(state: ExperimentState, found: Sequence[Outcome]) -> list[Outcome]:
    """Returns the arms of the lanes that are done: before, it isn't known what more pictures bring."""
    missing = {one.arm.lane for one in state.arms if not one.is_done}
    return [one for one in found if one.arm.lane not in missing]


def accuracy_of(one: Outcome) -> str:
    """Returns `95.0 % right (plausibly 89 to 98 %)`."""
    return f"{percent(one.accuracy)} right ({plausibly(one.evaluation.interval)})"


def _race(found: Sequence[Outcome]) -> list[str]:
    by_lane = {one.arm.lane: one for one in found}
    frozen, scratch, tuned = (by_lane.get(lane) for lane in (plans.FROZEN, plans.SCRATCH, plans.FINE_TUNED))
    sentences = []
    best = frozen or tuned
    if best and scratch:
        sentences.append(against_scratch(compare_outcomes(best, scratch)))
    if frozen and tuned:
        sentences.append(against_frozen(compare_outcomes(tuned, frozen)))
    if not sentences:
        sentences = [f"{words.lane(one.arm.lane)}: {accuracy_of(one)}." for one in found]
    times = ", ".join(f"{words.lane(one.arm.lane).lower()} {words.duration(one.seconds)}" for one in found)
    return [*sentences, f"Time with nothing computed before: {times}."]


def _samples(found: Sequence[Outcome], target: float) -> list[str]:
    sentences = []
    for lane in dict.fromkeys(one.arm.lane for one in found):
        needed = pictures_needed([one for one in found if one.arm.lane == lane], target)
        if needed:
            sentences.append(f"{words.lane(lane)}: {needed_words(needed)}")
    smallest = _at_smallest(measured(found))
    return [*sentences, *smallest]


def needed_words(needed: Needed) -> str:
    """Returns how many pictures an accuracy takes, and how sure that is."""
    goal = f"{needed.target * 100:g} %"
    low, high = needed.interval
    upper = f"{high:,.0f}" if math.isfinite(high) else f"more than {needed.largest:,}"
    if needed.number is not None and needed.number <= needed.smallest:
        most = upper if math.isinf(high) else f"up to {upper}"
        sure = f"; plausibly it takes {most}" if high > needed.smallest + 0.5 else ""
        pictures = counted(needed.smallest, "picture")
        return f"{pictures} a class are already enough to reach {goal} (fewer weren't tried{sure})."
    if needed.number is not None:
        lower = f"{low:,.0f}{' or fewer' if round(low) <= needed.smallest else ''}"
        return f"to reach {goal} you need about {needed.number:,} pictures a class (plausibly {lower} to {upper})."
    missing = f"with all {needed.largest:,} a class {needed.missing * 100:.1f} points are missing to {goal}"
    if needed.is_hopeless:
        gain = max(0.0, needed.gain) * 100
        return f"{missing}, and twice as many pictures bring at most {gain:.1f}: more won't get you there."
    return f"{missing}. More pictures may help; whether they do, and how many it takes, can't be told from these."


def _at_smallest(found: Sequence[Measured]) -> list[str]:
    """Returns how both lanes compare with the fewest pictures that both were trained on."""
    by_lane = {lane: {one.x: one for one in found if one.lane == lane} for lane in (plans.TRANSFER, plans.SCRATCH)}
    common = sorted(set(by_lane[plans.TRANSFER]) & set(by_lane[plans.SCRATCH]))
    if not common:
        return []
    few, scratch = by_lane[plans.TRANSFER][common[0]], by_lane[plans.SCRATCH][common[0]]
    return [
        f"With {counted(round(common[0]), 'picture')} a class, {percent(few.accuracy)} are right with pretraining "
        f"({plausibly(few.interval)}) and {percent(scratch.accuracy)} without ({plausibly(scratch.interval)})."
    ]


def _freeze(found: Sequence[Outcome]) -> list[str]:
    frozen = next((one for one in found if not one.arm.x), None)
    others = [one for one in found if one.arm.x]
    if frozen is None or not others:
        return []
    best = max(others, key=lambda one: (one.accuracy, -one.arm.x))
    compared = compare_outcomes(best, frozen, num_comparisons=len(others))
    blocks = words.position(Kind.FREEZE, best.arm.x)
    times = f"in {words.duration(best.seconds)} instead of {words.duration(frozen.seconds)}"
    begin = (
        f"Best of those that learn again is the network with {blocks}: {percent(best.accuracy)} right {times}; "
        f"all frozen {percent(frozen.accuracy)}."
    )
    return [f"{begin} {_verdict(compared, 'That is a gain of', 'Freezing everything is better by')}"]


def _backbones(store: RunStore, state: ExperimentState, found: Sequence[Outcome]) -> list[str]:
    ordered = sorted(found, key=lambda one: -one.accuracy)
    best = ordered[0]
    so_far = "" if len(state.done) == len(state.arms) else " so far"
    sentences = [
        f"Most accurate{so_far} is {words.lane(best.arm.lane)}: {accuracy_of(best)}, in {words.duration(best.seconds)}."
    ]
    alike = [one for one in ordered[1:] if not compare_outcomes(best, one, num_comparisons=len(ordered) - 1).better]
    if alike:
        quickest = min([best, *alike], key=lambda one: one.seconds)
        names = ", ".join(words.lane(one.arm.lane) for one in alike)
        sentences.append(
            f"Not told apart from it by these pictures: {names}. The quickest of them took "
            f"{words.duration(quickest.seconds)} ({words.lane(quickest.arm.lane)})."
        )
    if len(state.arms) == 1:
        sentences.append("Only this network's weights are on this machine, so there is nothing to compare it with.")
    if len(found) == 1:
        return [] if len(state.arms) > 1 else sentences
    scores = {one.arm.key: predicted(store, one.run) for one in found}
    both = [(score, one.accuracy) for one in found if (score := scores[one.arm.key]) is not None]
    if len(both) > 1:
        tau = kendall([score for score, _ in both], [accuracy for _, accuracy in both])
        said = (
            "all were alike, so there is no order to compare"
            if math.isnan(tau)
            else f"Kendall's tau {tau:.2f} (1 is the same order)"
        )
        few = " With so few networks that is hardly more than an anecdote." if len(both) < FEW_NETWORKS else ""
        sentences.append(f"LogME's prediction, made without training, against the accuracies: {said}.{few}")
    return sentences


def _augmentation(found: Sequence[Outcome]) -> list[str]:
    by_draw: dict[int, dict[str, Outcome]] = {}
    for one in found:
        by_draw.setdefault(one.arm.draw, {})[one.arm.lane] = one
    pairs = [(pair[plans.WITH], pair[plans.WITHOUT]) for pair in by_draw.values() if len(pair) == 2]
    most = max((len(one.evaluation.labels) for pair in pairs for one in pair), default=0)
    # Where a picture couldn't be read, the others' answers can't be told apart picture by picture.
    pairs = [pair for pair in pairs if all(len(one.evaluation.labels) == most for one in pair)]
    if not pairs:
        return []
    gains = [one.accuracy - other.accuracy for one, other in pairs]
    mean = sum(gains) / len(gains)
    number = found[0].arm.config.sampling.pictures_per_class
    begin = f"With {counted(number, 'picture')} a class, changed copies brought {mean * 100:+.1f} points"
    if len(pairs) == 1:
        return [f"{begin} in one draw. {_verdict(compare_outcomes(*pairs[0]), 'They gain', 'They cost')}"]
    low, high = interval_of_gains(pairs)
    each = ", ".join(f"{gain * 100:+.1f}" for gain in gains)
    verdict = (
        "So it isn't shown that they help."
        if low <= 0 <= high
        else ("They help here." if low > 0 else "They do harm here.")
    )
    return [
        f"{begin} (in {len(gains)} draws {each}; plausibly {low * 100:+.1f} to {high * 100:+.1f}), "
        f"measured on {counted(most, 'picture')}. {verdict}"
    ]


def _article(state: ExperimentState, found: Sequence[Outcome]) -> list[str]:
    first, last = found[0], found[-1]
    if len(state.arms) < 2 or (first.arm.key, last.arm.key) != (state.arms[0].arm.key, state.arms[-1].arm.key):
        return []  # before both ends are done there is nothing to compare
    network = first.arm.config.backbone
    instead = "" if network == plans.ARTICLE_BACKBONE else f", with {words.lane(network)} as its network,"
    faster = first.seconds / max(last.seconds, 0.1)
    compared = compare_outcomes(last, first)
    return [
        f"The article's recipe{instead} took {words.duration(first.seconds)}: {accuracy_of(first)}. "
        f"Ours, with all steps, took {words.duration(last.seconds)}: {accuracy_of(last)}. "
        f"That is {faster:.1f} times as fast. "
        f"{_verdict(compared, 'That is a gain of', 'That costs')}"
    ]


def _transfer(found: Sequence[Outcome]) -> list[str]:
    by_lane = {one.arm.lane: one for one in found}
    if plans.FROZEN in by_lane and plans.SCRATCH in by_lane:
        return [against_scratch(compare_outcomes(by_lane[plans.FROZEN], by_lane[plans.SCRATCH]))]
    return []


def _verdict(found: PairedComparison | UnpairedComparison, gain: str, loss: str) -> str:
    if not found.better:
        return "That is within what chance does."
    if isinstance(found, UnpairedComparison):
        return "Their intervals don't overlap."
    return f"{gain if found.better > 0 else loss} {points(found)}."


SENTENCES: dict[Kind, Callable[[Sequence[Outcome]], list[str]]] = {
    Kind.RACE: _race,
    Kind.FREEZE: _freeze,
    Kind.AUGMENTATION: _augmentation,
    Kind.TRANSFER: _transfer,
}
