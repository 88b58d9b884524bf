"""Every topic of the guide is drawn with its figures."""

import pytest

from pages.components.guide import figure_words, recorded
from pages.components.guide.topics import TOPICS, text_of
from tests.pages.conftest import words


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_is_drawn_with_its_figures(open_page, name: str):
    app = open_page("guide", topic=name)
    assert app.title[0].value == TOPICS[name].title
    text = text_of(name)
    shown = words(app)
    assert text.studio in shown and text.sources in shown
    figures = [recorded.load(figure) for figure in text.figures]
    for figure in figures:
        assert figure_words.finding(figure) in shown and figure_words.caption(figure) in shown
    assert len(app.get("plotly_chart")) == sum(not figure.picture for figure in figures)
    assert len(app.get("image")) == sum(bool(figure.picture) for figure in figures)
    remake = [item for item in app.button if item.label == "Make it on this machine"]
    assert len(remake) == len(figures)


def test_without_a_topic_or_with_an_unknown_one_the_first_is_shown(open_page):
    first = next(iter(TOPICS.values()))
    assert open_page("guide").title[0].value == first.title
    app = open_page("guide", topic="nonsense")
    assert app.title[0].value == first.title
    assert app.query_params["topic"] == first.name


def test_the_list_leads_to_every_topic(open_page):
    links = [link.proto.label for link in open_page("guide").main.get("page_link")]
    assert links[: len(TOPICS)] == [topic.title for topic in TOPICS.values()]
    assert links[-1].startswith("Next: ")


def test_the_choice_for_phones_leads_to_a_topic(open_page):
    app = open_page("guide")
    (choice,) = app.selectbox
    app = choice.select("trust").run()
    assert app.title[0].value == TOPICS["trust"].title
    assert app.query_params["topic"] == "trust"
