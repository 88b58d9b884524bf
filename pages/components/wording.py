"""Numbers, states and names in words. No Streamlit calls."""

import re
import time
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from core.datasets.edit import Edit
from core.datasets.names import KEPT_INVISIBLE
from core.events import Event
from core.forecast import wording as forecasts
from core.runs.records.store import RunStatus
from core.wording.edits import describe_edits

# A shortcode or an address with a scheme, an e-mail address, or what browsers take for an address.
LINK_LIKE = re.compile(r":\S|\S@\S|www\.", re.IGNORECASE)
ICON = ":material/"
# Words that Streamlit draws as one sign.
ARROWS = ("<->", "->", "<-", "--", ">=", "<=", "~=")
AROUND = re.compile(r"([(\[\"']*)(.+?)([)\]\"'.,;:!?]*)")
PLURALS = {
    "class": "classes",
    "leaking copy": "leaking copies",
    "exact copy": "exact copies",
    "near copy": "near copies",
}
# Around words that are read from the right, so that the rest of the sentence stays in its place.
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
FROM_THE_RIGHT = ("R", "AL")
# Names of classes are shown up to this many characters.
LONGEST_NAME = 40
KILOBYTE = 1024
# Stands in tables where nothing is known.
UNKNOWN = "–"
MINUTE = 60
HOUR = 3600
DAY = 86400

STOPPED_JOBS = {
    "import": "The import was stopped. Nothing of it was kept.",
    "derive": "Stopped. No version was made, and the decisions are still there.",
    "audit": "Stopped. Until the pictures are looked over, no faults are shown.",
    "survey": "Stopped. What was computed is kept, so the next time is shorter.",
    "pack": "Stopped. There is no zip.",
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
    """Returns a text from people so that Markdown shows it as it is, and so that it can be copied as it is.

    All that comes from people and from errors goes through here, or through `charts.label` for charts, before
    Streamlit gets it: titles, texts, captions, messages, helps, the labels of buttons and of pills. What it shows as
    it is anyway: choices of select boxes, tables, what is typed, `alt`. A widget's label it both takes for Markdown
    and reads out as it is, so nothing from people belongs there.

    Punctuation is escaped. Streamlit looks for `:shortcodes:`, addresses, links and arrows after that, so words that
    could be one of these are shown as code, which it leaves alone.
    """
    text = "".join(letter if letter.isprintable() or letter in KEPT_INVISIBLE else " " for letter in text)
    return _isolated([(word, _plain_word(word)) for word in text.split()])


def _isolated(words: Sequence[tuple[str, str]]) -> str:
    """Joins words, each with what is shown of it, and keeps neighbours that are read from the right apart."""
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
    """Returns what stands around a word in a sentence and is no part of it: before, the word itself, after."""
    found = AROUND.fullmatch(word)
    return (found[1], found[2], found[3]) if found else ("", word, "")


def _is_from_the_right(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in FROM_THE_RIGHT for letter in text)


def short(name: str) -> str:
    """Returns a name as it is shown where a long one would take all the room."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def with_short(names: Sequence[str], text: str) -> str:
    """Returns a sentence in which each of these names is short."""
    for name in sorted(names, key=len, reverse=True):
        if len(name) > LONGEST_NAME:
            text = text.replace(name, short(name))
    return text


def whole(name: str) -> str | None:
    """Returns the help that gives a name in full, None where it is shown so anyway."""
    return plain(name) if len(name) > LONGEST_NAME else None


def _plain_word(word: str) -> str:
    if word in ARROWS:
        return f"`{word}`"
    if not LINK_LIKE.search(word):
        return _escaped(word)
    # What stands around an address in a sentence is no part of it.
    before, core, after = _around(word)
    # The one that Streamlit looks for within code too, but not where its colon is spelled out.
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
    if passed < MINUTE:
        return "just now"
    if passed < HOUR:
        return f"{int(passed // MINUTE)} min ago"
    if passed < DAY:
        return f"{int(passed // HOUR)} h ago"
    day = datetime.fromtimestamp(moment)
    return f"{day.day} {day:%B %Y}"


def percent(share: float) -> str:
    """Returns `97.3 %`; `100 %` stands for all and nothing less."""
    return f"{min(share * 100, 99.9):.1f} %" if share < 1 else "100 %"


def views_cost(views: int, num_training: int, seconds: float | None) -> str:
    """Returns what several versions of each training picture cost.

    Args:
        views: how many versions, the plain one among them.
        num_training: how many pictures there are to learn from.
        seconds: what the changed ones add to the run; None where that isn't known.
    """
    if views == 1:
        return "One version is the plain one: no picture is changed."
    pictures = f"{views} versions of each of {num_training:,} training pictures: {views * num_training:,} to read"
    if seconds is None:
        return f"{pictures}."
    if not seconds:
        return f"{pictures}, and the changed ones are ready."
    return f"{pictures}, {forecasts.about(seconds)} more."


def changes(edits: Sequence[Edit]) -> str:
    """Returns what was done to a data set: `7 pictures removed, 3 pictures relabelled as cat`."""
    return describe_edits(edits) or "nothing changed"


def curve_label(title: str, metric: str, events: Sequence[Event]) -> str:
    """Returns what a curve shows, for people who hear the page."""
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


def accuracy_sentence(accuracy: float, interval: tuple[float, float], num_pictures: int) -> str:
    """Returns the accuracy with what chance alone could have made of it."""
    low, high = (f"{bound * 100:.1f} %" for bound in interval)
    return (
        f"Right on **{percent(accuracy)}** of {count(num_pictures, 'validation picture')}. On new pictures of the same "
        f"kind, expect between {low} and {high} (95 % interval)."
    )


def guessing_sentence(lowest: float, largest_class: float) -> str:
    """Returns that a model is no better than guessing, empty where it is better.

    Args:
        lowest: lower end of the accuracy's interval, 0-1.
        largest_class: share of the largest class, which is what always answering with it would get right.
    """
    if lowest > largest_class:
        return ""
    return f"No better than guessing ({largest_class * 100:.0f} %). Lower the learning rate, or check the labels."


def verdict(class_name: str, probability: float, word: str) -> str:
    """Returns what a prediction says, in words.

    Args:
        class_name: the most probable class, as Markdown.
        probability: its probability, 0-1.
        word: one of `core.evaluation.prediction.Verdict`.
    """
    answer = f"{class_name} ({percent(probability)})"
    return {
        "sure": f"{answer}, the model is sure",
        "unsure": f"Perhaps {answer}, the model is not sure",
    }.get(word, f"Unlike anything the model was trained on. Nearest class: {answer}")
