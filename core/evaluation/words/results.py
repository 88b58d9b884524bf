"""How good a model is, in sentences."""

from core.evaluation.evaluation import Evaluation
from core.evaluation.macro_f1 import MacroF1
from core.evaluation.threshold import Answers
from core.wording.lists import counted

# Intervals narrower than this many points are given with decimals, and so are bounds this near to none and all.
NARROW_POINTS = 5.0
NEAR_END_POINTS = 1.0


def percent(share: float) -> str:
    """Returns `82.1 %`; only all of them is `100 %`."""
    return f"{_number(share, decimals=0 < share < 1)} %"


def plausibly(interval: tuple[float, float]) -> str:
    """Returns a 95 % interval of a share: `plausibly 79 to 96 %`."""
    low, high = interval
    is_narrow = (high - low) * 100 < NARROW_POINTS
    bounds = (_number(bound, is_narrow or _is_near_end(bound)) for bound in interval)
    return f"plausibly {' to '.join(bounds)} %"


def right_answers(right: int, total: int, interval: tuple[float, float]) -> str:
    """Returns how many answers were right, and what that promises.

    Args:
        right: how many were right.
        total: of how many.
        interval: 95 % interval of their share.
    """
    return f"{right:,} of {total:,} right: {plausibly(interval)} on new pictures of this kind."


def macro_f1(found: MacroF1) -> str:
    """Returns macro F1 in a sentence."""
    begin = f"Macro F1, in which every class counts the same: {percent(found.value)}"
    if found.interval is None:
        same = "mistake" if found.value else "right answer"
        return f"{begin}. Without a single {same} there is nothing that its interval could be taken from."
    return f"{begin}, {plausibly(found.interval)}."


def answers_at(found: Answers) -> str:
    """Returns how many pictures are answered from a probability on, and how many of these answers are right."""
    pictures = counted(found.num_pictures, "picture")
    if not found.num_given:
        return f"At {found.threshold:g} it answers none of {pictures}."
    share = percent(found.num_right / found.num_given)
    rightly = f"{share} of those rightly ({plausibly(found.interval)})"
    if found.num_given == found.num_pictures:
        begin = f"At {found.threshold:g} it answers" if found.threshold else "It answers"
        return f"{begin} all {pictures}, and {rightly}."
    answered = f"{percent(found.num_given / found.num_pictures)} of the pictures"
    return (
        f"At {found.threshold:g} it answers {answered} and {rightly}. "
        f"{found.num_pictures - found.num_given:,} of {found.num_pictures:,} get no answer."
    )


def _number(share: float, decimals: bool) -> str:
    if not decimals:
        return f"{share * 100:.0f}"
    shown = f"{share * 100:.1f}"
    if shown == "100.0" and share < 1:
        return "99.9"
    return {"100.0": "100", "0.0": "0"}.get(shown, shown)


def _is_near_end(share: float) -> bool:
    return 0 < share * 100 < NEAR_END_POINTS or 100 - NEAR_END_POINTS < share * 100 < 100


def left_out(evaluation: Evaluation) -> list[str]:
    """Returns which pictures aren't counted, and why; nothing if all are."""
    sentences = []
    if seen := evaluation.num_seen:
        sentences.append(f"Left out: {counted(seen, 'picture')} that the model was trained on.")
    if unreadable := evaluation.num_unreadable:
        sentences.append(f"Left out: {counted(unreadable, 'picture')} that can't be read.")
    return sentences
