from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages.components.shell import widget_values

    if "times_filled" not in st.session_state:
        widget_values.fill({"epochs": 5, "rate": 0.5})
    st.number_input("Epochs", value=None, step=1, key=widget_values.key("epochs"))
    st.number_input("Rate", value=None, step=0.1, key=widget_values.key("rate"))
    st.button("Fill", on_click=widget_values.fill, args=({"epochs": 9},))


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
