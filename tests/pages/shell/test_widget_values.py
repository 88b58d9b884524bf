from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages.components.shell import widget_values

    if "times_filled" not in st.session_state:
        widget_values.fill({"epochs": 5, "rate": 0.5})
    st.number_input("Epochs", value=None, step=1, key=widget_values.key("epochs"))
    st.number_input("Rate", value=None, step=0.1, key=widget_values.key("rate"))
    st.button("Fill", on_click=widget_values.fill, args=({"epochs": 9},))


def mirror() -> None:
    import streamlit as st

    from pages.components.shell import widget_values

    def keep(value: int) -> None:
        st.session_state.stored = value
        st.session_state.times = st.session_state.get("times", 0) + 1

    st.session_state.setdefault("stored", 1)
    key = widget_values.shown("mirror", st.session_state.stored)
    st.number_input("Mirror", step=1, key=key, on_change=widget_values.when_changed("mirror", keep))
    st.button("Elsewhere", on_click=lambda: st.session_state.update(stored=5))


def values(app: AppTest) -> list[float | None]:
    assert not app.exception
    return [box.value for box in app.number_input]


def test_what_code_puts_in_stays_though_a_browser_sends_what_was_there_before():
    app = AppTest.from_function(page).run()
    assert values(app) == [5, 0.5]
    app.number_input[0].set_value(6)
    app.number_input[1].set_value(0.7).run()
    before = app._tree.get_widget_states()
    app.button[0].click().run()
    assert values(app) == [9, 0.7]
    app._run(before)
    assert values(app) == [9, 0.7]


def test_what_the_user_puts_in_afterwards_counts():
    app = AppTest.from_function(page).run()
    app.button[0].click().run()
    app.number_input[0].set_value(7).run()
    assert values(app) == [7, 0.5]
    app.button[0].click().run()
    assert values(app) == [9, 0.5]


def test_values_of_the_past_are_not_kept():
    app = AppTest.from_function(page).run()
    before = app._tree.get_widget_states()
    for _ in range(3):
        app.button[0].click().run()
        app._run(before)
    kept = [name for name in app.session_state._state.filtered_state if "@" in name]
    assert sorted(kept) == ["epochs@4", "rate@1"]


def test_a_widget_shows_what_is_stored_and_a_stale_value_is_not_stored():
    app = AppTest.from_function(mirror).run()
    app.number_input[0].set_value(3).run()
    assert (values(app), app.session_state.stored, app.number_input[0].key) == ([3], 3, "mirror@0")
    before = app._tree.get_widget_states()
    app.button[0].click().run()
    assert values(app) == [5]
    app._run(before)
    assert (values(app), app.session_state.stored, app.session_state.times) == ([5], 5, 1)
    app.number_input[0].set_value(3).run()
    assert (values(app), app.session_state.stored) == ([3], 3)
