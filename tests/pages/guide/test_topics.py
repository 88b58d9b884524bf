"""Every topic has a text of its own with its parts, and says what the studio does of it."""

import re

import pytest

from pages.components.guide import recorded
from pages.components.guide.topics import FOLDER, GROUPS, TOPICS, neighbours, text_of
from pages.components.guide.ways import WAYS

# One or two minutes at some 200 words a minute.
MOST_WORDS = 400
YEAR = re.compile(r"\((?:19|20)\d\d\)")


def test_every_topic_has_a_text_and_every_text_a_topic():
    assert {path.stem for path in FOLDER.iterdir()} == set(TOPICS)
    assert {topic.group for topic in TOPICS.values()} == set(GROUPS)


@pytest.mark.parametrize("name", TOPICS)
def test_a_text_is_short_says_what_the_studio_does_and_names_its_sources(name: str):
    text = text_of(name)
    words = " ".join([*(part for part in text.parts if isinstance(part, str)), text.studio]).split()
    assert 100 < len(words) <= MOST_WORDS
    assert text.studio
    sources = text.sources.splitlines()
    assert sources
    for source in sources:
        assert source.startswith("- ") and YEAR.search(source) and "*" in source, source
    assert "[figure" not in "".join(part for part in text.parts if isinstance(part, str))


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_has_ways_to_do_it(name: str):
    assert TOPICS[name].ways
    assert set(TOPICS[name].ways) <= set(WAYS)


def test_every_figure_belongs_to_a_topic_and_every_topic_finds_its_figures():
    used = {figure for name in TOPICS for figure in text_of(name).figures}
    assert used == {path.stem for path in recorded.FOLDER.iterdir()}


def test_topics_follow_one_another():
    names = list(TOPICS)
    assert neighbours(names[0])[0] is None
    assert neighbours(names[-1])[1] is None
    before, after = neighbours(names[3])
    assert (before and before.name, after and after.name) == (names[2], names[4])
