"""What came out for many pictures: how many of what, and in which order to look at them. No Streamlit calls."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.evaluation.prediction import Prediction, Verdict
from pages.components import wording
from pages.components.testing.answering import Answered

# A summary names this many classes, the most frequent ones.
MOST_CLASSES = 8
WRONG, UNREADABLE = "wrong", "can't be read"
RELIABILITY = (Verdict.UNLIKE, Verdict.UNSURE, Verdict.SURE)


class Order(StrEnum):
    """In which order to look at answers."""

    LEAST_SURE = "Least sure first"
    BY_CLASS = "By class"
    AS_GIVEN = "As given"


@dataclass(frozen=True)
class Group:
    """Pictures that the same came out for.

    Attributes:
        code: a verdict, `WRONG`, `UNREADABLE`, or a class's name after a colon.
        name: in words: the class or the code.
        size: how many pictures.
    """

    code: str
    name: str
    size: int

    @property
    def label(self) -> str:
        """Its name as short Markdown."""
        return wording.plain(wording.short(self.name)) if self.code.startswith(":") else self.name


def group_of(answer: Prediction) -> str:
    """Returns the code of the group that an answer counts for: its class only if the model is sure of it."""
    if answer.error:
        return UNREADABLE
    return f":{answer.class_name}" if answer.verdict == Verdict.SURE else str(answer.verdict)


def groups(answered: Sequence[Answered]) -> list[Group]:
    """Returns the groups, the classes first, the largest first."""
    sizes = Counter(group_of(one.answer) for one in answered)
    classes = [code for code, _ in sizes.most_common() if code.startswith(":")]
    sizes[WRONG] = sum(is_right(one) is False for one in answered)
    others = [code for code in (*map(str, reversed(RELIABILITY)), UNREADABLE, WRONG) if sizes[code]]
    return [Group(code, code.removeprefix(":"), sizes[code]) for code in (*classes, *others)]


def sentence(found: Sequence[Group]) -> str:
    """Returns `cat 30 · dog 20 · unsure 1`, as Markdown. Each picture is counted once."""
    classes = [group for group in found if group.code.startswith(":")]
    parts = [_part(group) for group in classes[:MOST_CLASSES]]
    if others := classes[MOST_CLASSES:]:
        parts.append(f"{wording.count(len(others), 'class')} more **{sum(group.size for group in others):,}**")
    rest = [group for group in found if not group.code.startswith(":") and group.code != WRONG]
    return " · ".join([*parts, *map(_part, rest)])


def _part(group: Group) -> str:
    return f"{group.label} **{group.size:,}**"


def rightness(answered: Sequence[Answered]) -> str:
    """Returns `11 of 12 answers are right`; empty if the true classes aren't known."""
    found = [is_right(one) for one in answered]
    known = [right for right in found if right is not None]
    return f"{sum(known):,} of {wording.count(len(known), 'answer')} right" if known else ""


def is_right(one: Answered) -> bool | None:
    """Returns whether an answer is right; None if there is none, or the true class isn't known."""
    if not one.picture.true_class or not one.answer.answer:
        return None
    return one.answer.answer == one.picture.true_class


def in_group(answered: Sequence[Answered], code: str) -> list[Answered]:
    """Returns the answers of a group."""
    if code == WRONG:
        return [one for one in answered if is_right(one) is False]
    return [one for one in answered if group_of(one.answer) == code]


def ordered(answered: Sequence[Answered], order: Order) -> list[Answered]:
    """Returns answers in an order."""
    return sorted(answered, key=_KEYS[order])


def _by_reliability(one: Answered) -> tuple[int, float, int]:
    # What is unlike anything seen is the less sure the less similar it is, whatever its probability.
    unlike = one.answer.verdict == Verdict.UNLIKE
    return (
        RELIABILITY.index(one.answer.verdict),
        one.answer.similarity if unlike else one.answer.probability,
        one.number,
    )


def _by_class(one: Answered) -> tuple[int, float, int]:
    names = one.answer.class_names
    place = names.index(one.answer.answer) if one.answer.answer else len(names)
    return place, -one.answer.probability, one.number


_KEYS: dict[Order, Callable[[Answered], tuple]] = {
    Order.LEAST_SURE: _by_reliability,
    Order.BY_CLASS: _by_class,
    Order.AS_GIVEN: lambda one: (one.number,),
}
