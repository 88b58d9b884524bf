"""The switch of the presenter view, and what it hides.

Only the first run of an app without a browser draws the frame; the following ones draw the page alone.
"""

import json

from pages.components.charts import chart_view
from pages.components.presenter import presenter
from tests.pages.conftest import component, components, words


def switch(app):
    return app.toggle(key=presenter.SWITCH)


def styles(app) -> str:
    return "\n".join(item.proto.body for item in app.get("html"))


def is_kept_in_the_address(app) -> bool:
    return json.loads(component(app, "presenter").json)["isOn"]


def test_it_is_off_at_first_and_leaves_the_page_alone(app):
    app.run()
    assert switch(app).value is False
    assert "font-size: 135%" not in styles(app)
    assert not components(app, "presenter")


def test_the_switch_turns_it_on_and_off(app):
    switch(app.run()).set_value(True).run()
    assert not app.exception
    assert app.session_state[presenter.PRESENTING] is True


def test_what_was_switched_stays_in_the_session_whatever_the_address_says(app):
    app.session_state[presenter.PRESENTING] = True
    app.run()
    assert switch(app).value is True
    assert is_kept_in_the_address(app)


def test_the_address_turns_it_on(app):
    app.query_params[presenter.PRESENT] = presenter.ON
    app.run()
    assert switch(app).value is True
    assert "font-size: 135%" in styles(app)
    assert is_kept_in_the_address(app)


def test_after_it_was_left_it_is_taken_out_of_the_address(app):
    app.session_state[presenter.PRESENTING], app.session_state[presenter.WAS_ON] = False, True
    app.query_params[presenter.PRESENT] = presenter.ON
    app.run()
    assert switch(app).value is False
    assert "font-size: 135%" not in styles(app)
    assert not is_kept_in_the_address(app)


def test_details_are_no_section_of_what_is_shown_to_others(open_page, app, trained):
    run = trained.get("Good run").id
    assert "Where the time went" in words(open_page("run", run=run, section="details"))
    app.session_state[presenter.PRESENTING] = True
    app.run()
    assert "Where the time went" not in words(app)
    assert "It learned to tell 3 classes apart" in words(app)


def test_charts_have_larger_text(open_page, app, trained):
    def sizes() -> set[float | None]:
        specs = [json.loads(chart.proto.spec)["layout"] for chart in app.get("plotly_chart")]
        return {layout.get("font", {}).get("size") for layout in specs}

    open_page("run", run=trained.get("Good run").id, section="results")
    assert sizes() == {None}
    app.session_state[presenter.PRESENTING] = True
    app.run()
    assert chart_view.PRESENTED_SIZE in sizes()
