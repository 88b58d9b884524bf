"""The topics of the guide: their order, their texts, and what can be done about each in the studio.

A text is a Markdown file in `texts/`: the subject, then `## In the studio`, then `## Sources`. A line such as
`[figure: curves]` is where a figure belongs.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
STUDIO, SOURCES = "## In the studio", "## Sources"
FIGURE = re.compile(r"^\[figure: (\w+)\]$", re.MULTILINE)


@dataclass(frozen=True)
class Topic:
    """A page of the guide.

    Attributes:
        name: in the address, and of its file.
        title: display name.
        group: key in `GROUPS`.
        icon: beside its title.
        ways: what can be done about it, keys of `ways.WAYS`.
    """

    name: str
    title: str
    group: str
    icon: str
    ways: tuple[str, ...]


GROUPS = {"idea": "The idea", "practice": "In practice", "after": "What came after"}
TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic("source-and-target", "Source and target", "idea", ":material/swap_horiz:", ("try", "samples_list")),
        Topic("three-kinds", "Three kinds of transfer", "idea", ":material/category:", ("race", "fine_tune")),
        Topic(
            "four-steps",
            "The four steps",
            "idea",
            ":material/format_list_numbered:",
            ("train", "article", "results"),
        ),
        Topic("where-it-is-used", "Where it is used", "idea", ":material/public:", ("bring", "samples_list")),
        Topic(
            "negative-transfer", "When transfer hurts", "practice", ":material/trending_down:", ("digits", "results")
        ),
        Topic(
            "network-and-depth",
            "Which network, how deep",
            "practice",
            ":material/layers:",
            ("freeze", "backbones", "train"),
        ),
        Topic("little-data", "Too little data", "practice", ":material/photo_library:", ("few", "augmentation")),
        Topic("self-supervision", "Learning without labels", "after", ":material/visibility_off:", ("map",)),
        Topic("meta-learning", "Learning to learn", "after", ":material/psychology:", ("race", "few")),
        Topic("domain-adaptation", "Between domains", "after", ":material/compare:", ("results", "test")),
        Topic("few-shots", "A handful of examples", "after", ":material/filter_5:", ("classes", "few")),
        Topic("pictures-and-words", "Pictures and words", "after", ":material/translate:", ("backbones",)),
        Topic("trust", "Understanding and fairness", "after", ":material/balance:", ("explain", "results", "test")),
    )
}


@dataclass(frozen=True)
class Text:
    """What a topic says, as Markdown.

    Attributes:
        parts: of the subject, in order: text, or the name of a figure as `Figure`.
        studio: what the studio does of it today.
        sources: what it is from.
    """

    parts: tuple["str | Place", ...]
    studio: str
    sources: str

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of its figures, in order."""
        return tuple(part.figure for part in self.parts if isinstance(part, Place))


@dataclass(frozen=True)
class Place:
    """Where a figure belongs.

    Attributes:
        figure: its name.
    """

    figure: str


@cache
def text_of(name: str) -> Text:
    """Returns what a topic says.

    Args:
        name: key in `TOPICS`.
    """
    whole = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    subject, rest = whole.split(f"\n{STUDIO}\n")
    studio, sources = rest.split(f"\n{SOURCES}\n")
    # Every second part is what the pattern found.
    found = enumerate(FIGURE.split(subject))
    parts = (Place(part) if index % 2 else part.strip() for index, part in found)
    return Text(tuple(part for part in parts if part), studio.strip(), sources.strip())


def neighbours(name: str) -> tuple[Topic | None, Topic | None]:
    """Returns the topics before and after one; None where there is none."""
    names = list(TOPICS)
    index = names.index(name)
    before = TOPICS[names[index - 1]] if index else None
    after = TOPICS[names[index + 1]] if index + 1 < len(names) else None
    return before, after
