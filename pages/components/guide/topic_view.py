"""A topic of the guide on the page: the list of topics, the text with its figures, what the studio does of it."""

from pathlib import Path

import streamlit as st

from pages.components.charts import chart_view
from pages.components.guide import figure_charts, figure_words, recorded, tour, ways
from pages.components.guide.topics import GROUPS, TOPICS, Place, Topic, neighbours, text_of
from pages.components.shell import address, session, widget_values

STYLE = Path(__file__).parent / "guide.css"
TOPIC = "topic"
CHOICE = "guide_topic"


def named_topic() -> Topic:
    """Returns the topic in the address, else the first."""
    return TOPICS.get(st.query_params.get(TOPIC, ""), next(iter(TOPICS.values())))


def show(topic: Topic) -> None:
    """Draws a topic beside the list of all."""
    st.html(STYLE)
    _show_select(topic)
    beside, text = st.columns([1, 3.2], gap="large")
    with beside, st.container(key="guide_list", gap="xsmall"):
        _show_list(topic)
        tour.offer_again()
    with text, st.container(key="guide_text"):
        _show_text(topic)
        _show_neighbours(topic)


def _show_list(topic: Topic) -> None:
    for group, words in GROUPS.items():
        st.caption(words)
        for other in TOPICS.values():
            if other.group == group:
                with st.container(key=f"{'guide_here' if other == topic else 'guide_there'}_{other.name}"):
                    st.page_link(session.GUIDE, label=other.title, icon=other.icon, query_params={TOPIC: other.name})


def _show_select(topic: Topic) -> None:
    """Draws the choice of a topic for phones, where the list would push the text off the screen."""

    def follow(name: str) -> None:
        st.query_params[TOPIC] = name

    with st.container(key="guide_select"):
        st.selectbox(
            "Topic",
            list(TOPICS),
            key=widget_values.shown(CHOICE, topic.name),
            format_func=lambda name: TOPICS[name].title,
            on_change=widget_values.when_changed(CHOICE, follow),
        )


def _show_text(topic: Topic) -> None:
    text = text_of(topic.name)
    for part in text.parts:
        if isinstance(part, Place):
            _show_figure(part.figure)
        else:
            st.markdown(part)
    with st.container(border=True, key="guide_studio"):
        st.header("In the studio", anchor=False)
        st.markdown(text.studio)
        ways.show(topic.ways)
    st.header("Sources", anchor=False)
    st.markdown(text.sources)


def _show_figure(name: str) -> None:
    figure = recorded.load(name)
    found = figure_words.finding(figure)
    with st.container(border=True, key=f"figure_{name}"):
        st.markdown(f"**{figure_words.title(figure)}**")
        if figure.picture:
            st.image(str(figure.picture_path), width="stretch", alt=f"{figure_words.title(figure)}. {found}")
        else:
            chart_view.show(figure_charts.chart(figure), f"{figure_words.title(figure)}. {found}", key=f"plot_{name}")
        st.markdown(found)
        st.caption(figure_words.caption(figure))
        ways.show_remaking(name)


def _show_neighbours(topic: Topic) -> None:
    before, after = neighbours(topic.name)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="guide_neighbours"):
        if before:
            st.page_link(
                session.GUIDE,
                label=f"Previous: {before.title}",
                icon=":material/arrow_back:",
                query_params={TOPIC: before.name},
            )
        if after:
            st.page_link(
                session.GUIDE,
                label=f"Next: {after.title}",
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params={TOPIC: after.name},
            )


def keep_address(topic: Topic) -> None:
    """Corrects an address that names no topic there is, so that what is shown can be shared."""
    if st.query_params.get(TOPIC, topic.name) != topic.name:
        address.keep(TOPIC, topic.name)
