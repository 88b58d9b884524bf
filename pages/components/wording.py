"""Numbers, states and names in words. No Streamlit calls."""

import re
import time
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex
from core.datasets.names import KEPT_INVISIBLE
from core.events import Event
from core.forecast import wording as forecasts
from core.runs.records.store import RunStatus
from core.wording.edits import describe_edits

# A shortcode or a URL with a scheme, an e-mail address, or what browsers take for a URL.
LINK_LIKE = re.compile(r":\S|\S@\S|www\.", re.IGNORECASE)
ICON = ":material/"
# Words that Streamlit replaces by a symbol.
ARROWS = ("<->", "->", "<-", "--", ">=", "<=", "~=")
AROUND = re.compile(r"([(\[\"']*)(.+?)([)\]\"'.,;:!?]*)")
PLURALS = {
    "class": "classes",
    "leaking copy": "leaking copies",
    "exact copy": "exact copies",
    "near copy": "near copies",
}
# Around right-to-left words, so that the rest of the sentence stays in order.
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
FROM_THE_RIGHT = ("R", "AL")
# Names of classes are shown up to this many characters.
LONGEST_NAME = 40
KILOBYTE = 1024
# Shown in tables for unknown values.
UNKNOWN = "–"
WITHOUT_LABELS = "A model can be adapted to these pictures: in Train, under Advanced."
MINUTE = 60
HOUR = 3600
DAY = 86400
# How an age is said: up to how many seconds, in units of how many, in which words. Older ones are said by their day.
AGES = ((MINUTE, MINUTE, "just now"), (HOUR, MINUTE, "{} min ago"), (DAY, HOUR, "{} h ago"))

STOPPED_JOBS = {
    "import": "The import was stopped. Nothing of it was kept.",
    "derive": "Stopped. No version was made, and your decisions are still there.",
    "audit": "Stopped. No faults are shown until the pictures have been checked.",
    "survey": "Stopped. What was computed is kept, so it will take less time next time.",
    "pack": "Stopped. No zip was made.",
    "evaluate": "Stopped. Nothing was kept of it.",
}

Color = Literal["red", "orange", "blue", "green", "gray"]
STATUS_WORDS: dict[RunStatus, tuple[str, Color, str]] = {
    RunStatus.QUEUED: ("Queued", "gray", ":material/hourglass_empty:"),
    RunStatus.RUNNING: ("Running", "blue", ":material/play_circle:"),
    RunStatus.COMPLETED: ("Completed", "green", ":material/check_circle:"),
    RunStatus.STOPPED: ("Stopped", "gray", ":material/stop_circle:"),
    RunStatus.FAILED: ("Failed", "red", ":material/error:"),
}


def plain(text: str) -> str:
    """Returns a text from users or errors escaped, so that Markdown shows it unchanged and it can be copied unchanged.

    All text from users and from errors goes through here, or through `charts.label` for charts, before it is passed to
    Streamlit: titles, texts, captions, messages, help, labels of buttons and pills. Streamlit shows some text unchanged
    anyway: options of select boxes, tables, typed text, `alt`. A widget's label is both rendered as Markdown and read
    out by screen readers unrendered, so nothing from users belongs there.

    Punctuation is escaped. Streamlit still looks for `:shortcodes:`, URLs, links and arrows after that, so words that
    could be one of these are shown as code, which it leaves alone.
    """
    text = "".join(letter if letter.isprintable() or letter in KEPT_INVISIBLE else " " for letter in text)
    return _isolated([(word, _plain_word(word)) for word in text.split()])


def _isolated(words: Sequence[tuple[str, str]]) -> str:
    """Joins words, given with their escaped forms, and isolates runs of right-to-left words."""
    parts: list[str] = []
    is_open = False
    for word, shown in words:
        if not _is_from_the_right(word):
            parts.append(shown)
            is_open = False
            continue
        before, _, after = _around(word)
        start, end = len(_escaped(before)), len(shown) - len(_escaped(after))
        inner = shown[start:end]
        if is_open and not before:
            parts[-1] = parts[-1].removesuffix(END_ISOLATE) + f" {inner}{END_ISOLATE}{shown[end:]}"
        else:
            parts.append(f"{shown[:start]}{ISOLATE}{inner}{END_ISOLATE}{shown[end:]}")
        is_open = not after
    return " ".join(parts)


def _around(word: str) -> tuple[str, str, str]:
    """Splits a word from the punctuation around it: returns what comes before, the word itself and what comes after."""
    found = AROUND.fullmatch(word)
    return (found[1], found[2], found[3]) if found else ("", word, "")


def _is_from_the_right(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in FROM_THE_RIGHT for letter in text)


def short(name: str) -> str:
    """Returns a name, cut off if it is too long for where it is shown."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def with_short(names: Sequence[str], text: str) -> str:
    """Returns a sentence with each of these names shortened."""
    for name in sorted(names, key=len, reverse=True):
        if len(name) > LONGEST_NAME:
            text = text.replace(name, short(name))
    return text


def whole(name: str) -> str | None:
    """Returns help text with the full name, or None if the name isn't shortened."""
    return plain(name) if len(name) > LONGEST_NAME else None


def _plain_word(word: str) -> str:
    if word in ARROWS:
        return f"`{word}`"
    if not LINK_LIKE.search(word):
        return _escaped(word)
    # The punctuation around a URL isn't part of it.
    before, core, after = _around(word)
    # Streamlit replaces icons even in code, but not if the colon is written as an entity.
    parts = [_as_code(part) if LINK_LIKE.search(part) else _escaped(part) for part in core.split(ICON)]
    return f"{_escaped(before)}{ICON.replace(':', '&#58;').join(parts)}{_escaped(after)}"


def _as_code(text: str) -> str:
    fence = "`" * (1 + max((len(ticks) for ticks in re.findall("`+", text)), default=0))
    room = " " if "`" in text else ""
    return f"{fence}{room}{text}{room}{fence}"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$&\"'=])", r"\\\1", text)


def count(number: int, noun: str) -> str:
    """Returns `1 picture`, `1,200 pictures`."""
    return f"{number:,} {noun if number == 1 else PLURALS.get(noun, noun + 's')}"


def classes(dataset: DatasetIndex) -> str:
    """Returns how many classes a data set has, or that it has no labels."""
    return count(len(dataset.class_names), "class") if dataset.has_labels else "no labels"


def listing(names: Sequence[str], most: int = 3) -> str:
    """Returns `cat, dog and 3 more`."""
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def size(num_bytes: float) -> str:
    """Returns `820 KB`, `16 MB`, `1.4 GB`."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if num_bytes < KILOBYTE or unit == "GB":
            break
        num_bytes /= KILOBYTE
    return f"{num_bytes:.1f} {unit}" if num_bytes < 10 and unit in ("MB", "GB") else f"{num_bytes:.0f} {unit}"


def large(number: int) -> str:
    """Returns `3.4 million`, `12,800`."""
    return f"{number / 1e6:.1f} million" if number >= 1e6 else f"{number:,}"


def duration(seconds: float) -> str:
    """Returns `8 s`, `2 min 5 s`, `1 h 10 min`."""
    seconds = max(0, round(seconds))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min {seconds % MINUTE} s"
    return f"{seconds // HOUR} h {seconds % HOUR // MINUTE} min"


def ago(moment: float, now: float | None = None) -> str:
    """Returns `just now`, `5 min ago`, `3 h ago`, `12 May 2026`."""
    passed = (time.time() if now is None else now) - moment
    for limit, unit, words in AGES:
        if passed < limit:
            return words.format(int(passed // unit))
    return day(moment)


def day(moment: float) -> str:
    """Returns `12 May 2026`."""
    date = datetime.fromtimestamp(moment)
    return f"{date.day} {date:%B %Y}"


def percent(share: float) -> str:
    """Returns `97.3 %`; only all of them is `100 %`."""
    return f"{min(share * 100, 99.9):.1f} %" if share < 1 else "100 %"


def views_cost(views: int, num_training: int, seconds: float | None) -> str:
    """Returns what changed copies of each training picture cost.

    Args:
        views: how many copies, including the unchanged one.
        num_training: the number of training pictures.
        seconds: what the changed ones add to the run; None if unknown.
    """
    if views == 1:
        return "With one copy, the pictures are used unchanged."
    changed = "one of them" if views == 2 else f"{views - 1} of them"
    pictures = (
        f"{views} copies of each of {num_training:,} training pictures, {changed} changed: "
        f"{views * num_training:,} to read"
    )
    if seconds is None:
        return f"{pictures}."
    if not seconds:
        return f"{pictures}, and the changed ones are ready."
    return f"{pictures}, {forecasts.about(seconds)} more."


def changes(edits: Sequence[Edit]) -> str:
    """Returns what was done to a data set: `7 pictures removed, 3 pictures relabelled as cat`."""
    return describe_edits(edits) or "nothing changed"


def curve_label(title: str, metric: str, events: Sequence[Event]) -> str:
    """Returns a description of a curve for screen readers."""
    points = [event for event in events if event.epoch]
    if not points:
        return f"{title}, no epoch has ended yet"
    last = points[-1]
    form = percent if metric == "accuracy" else "{:.3f}".format
    parts = [
        f"{text} {form(last.metrics[name])}"
        for name, text in ((metric, "training"), (f"val_{metric}", "validation"))
        if name in last.metrics
    ]
    return f"{title} after epoch {last.epoch}: {', '.join(parts)}"


def learned_sentence(
    class_names: Sequence[str], num_training: int | None, right: int, total: int, learned: bool
) -> str:
    """Returns what a model has learned, as Markdown.

    Args:
        class_names: what it tells apart.
        num_training: how many pictures it learned from; None if unknown.
        right: how many of the held-out pictures it got right.
        total: of how many.
        learned: whether it is better than guessing.
    """
    names = listing([plain(name) for name in class_names], most=4)
    source = "" if num_training is None else f" from {count(num_training, 'picture')}"
    return (
        f"It {'learned' if learned else 'was trained'} to tell {count(len(class_names), 'class')} apart ({names})"
        f"{source}: **{right:,} of {count(total, 'picture')}** that it never trained on "
        f"{'was' if right == 1 else 'were'} right ({percent(right / total)})."
    )


def interval_sentence(interval: tuple[float, float]) -> str:
    """Returns what the accuracy on new pictures will be."""
    low, high = (f"{bound * 100:.1f} %" for bound in interval)
    return f"On new pictures of the same kind, expect between {low} and {high} (95 % interval)."


def guessing_sentence(lowest: float, largest_class: float) -> str:
    """Returns a warning that a model is no better than guessing; empty if it is better.

    Args:
        lowest: lower end of the accuracy's interval, 0-1.
        largest_class: share of the largest class, which is the accuracy of always answering with that class.
    """
    if lowest > largest_class:
        return ""
    return f"No better than guessing ({largest_class * 100:.0f} %). Lower the learning rate, or check the labels."
