"""The tour is offered where nothing has been done yet, says where things are, and ends when it is told to.

How it walks through the pages is tested in a browser, as AppTest draws pages without what surrounds them.
"""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.guide import tour
from pages.components.guide.tour import STEPS
from pages.components.shell import frame
from tests.pages.conftest import button, components, words


def labels(app: AppTest) -> list[str]:
    return [item.label for item in app.button]


def bar() -> None:
    """A page with nothing but the bar."""
    from pages.components.guide import tour

    tour.show()


@pytest.fixture
def page(home) -> AppTest:
    return AppTest.from_function(bar)


def test_the_tour_is_offered_where_nothing_has_been_done_yet(open_page):
    app = open_page("home")
    assert "Start the tour" in labels(app)
    app = button(app, "Start the tour").click().run()
    assert app.session_state[tour.STEP] == 0
    assert "Start the tour" not in labels(app)


def test_the_tour_is_not_offered_beside_runs(open_page, trained):
    assert "Start the tour" not in labels(open_page("home"))


def test_an_offer_that_was_declined_does_not_come_back(open_page):
    app = open_page("home")
    app = app.button(key="tour_skip_offer").click().run()
    assert "Start the tour" not in labels(app)
    app.switch_page("pages/runs.py").run()
    app.switch_page("pages/home.py").run()
    assert "Start the tour" not in labels(app)


def test_the_guide_always_offers_the_tour(open_page):
    app = open_page("home")
    app = app.button(key="tour_skip_offer").click().run()
    app = button(app.switch_page("pages/guide.py").run(), "Take the tour").click().run()
    assert app.session_state[tour.STEP] == 0
    assert app.title[0].value == "Teach a network your own classes"


def test_a_browser_that_had_the_tour_is_not_offered_it(open_page, monkeypatch):
    assert not open_page("home").exception
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", {tour.COOKIE: tour.OVER})
    assert "Start the tour" not in labels(open_page("home"))


def test_steps_lead_over_pages_of_the_navigation_and_are_called_as_there():
    assert 4 <= len(STEPS) <= 5
    for step in STEPS:
        assert frame.PAGES[step.page][0] == step.title


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_each_step_says_where_one_is(page: AppTest, number: int):
    page.session_state[tour.STEP] = number
    page.run()
    assert f"**{number + 1} of {len(STEPS)} · {STEPS[number].title}.** {STEPS[number].words}" in words(page)
    is_first, is_last = number == 0, number + 1 == len(STEPS)
    assert labels(page) == [
        "Done" if is_last else "Next",
        *([] if is_first else ["Back"]),
        *([] if is_last else ["Skip"]),
    ]


@pytest.mark.parametrize(("number", "label"), [(1, "Skip"), (len(STEPS) - 1, "Done")])
def test_the_end_is_remembered_by_the_browser(page: AppTest, number: int, label: str):
    page.session_state[tour.STEP] = number
    page.run()
    assert components(page, "tour_memory") == []
    button(page, label).click().run()
    assert not page.exception
    assert labels(page) == []
    assert len(components(page, "tour_memory")) == 1


def test_without_a_tour_there_is_no_bar(page: AppTest):
    page.run()
    assert not page.exception
    assert labels(page) == [] and words(page) == "" and components(page, "tour_memory") == []
