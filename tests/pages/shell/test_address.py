"""The section of a page in its address: kept, followed when a link names another, and found under its former name."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages.components.shell import address

    st.write(address.choose_section({"curves": "Curves", "errors": "Mistakes"}, former={"wrong": "errors"}))
    st.button("Go", on_click=address.open_section, args=("errors",))


def page_of_ways() -> None:
    import streamlit as st

    from pages.components.shell import address

    st.write(address.choose_section({"zip": "A zip", "folder": "A folder"}, key="way", name="add"))
    st.button("Elsewhere", on_click=address.show_dataset, args=("ab12",))
    st.button("Add", on_click=address.show_adding, args=("folder",))


def shown(app: AppTest) -> str:
    app.run()
    assert not app.exception
    return app.markdown[0].value


def test_section_that_opens_by_itself_is_no_step_in_the_browsers_history():
    app = AppTest.from_function(page)
    assert shown(app) == "curves"
    assert "section" not in app.query_params


def test_a_browser_that_draws_the_choice_anew_shows_the_section():
    app = AppTest.from_function(page)
    app.query_params["section"] = "errors"
    for _ in range(2):
        app.run()
        # The second drawing doesn't set the value, so the default is all that such a browser knows.
        choice = app.segmented_control[0].proto
        assert [choice.options[index].content for index in choice.default] == ["Mistakes"]
    assert not choice.set_value


def test_going_back_to_the_address_without_a_section_opens_the_first():
    app = AppTest.from_function(page)
    app.run()
    app.segmented_control[0].set_value("errors").run()
    del app.query_params["section"]
    assert shown(app) == "curves"
    assert "section" not in app.query_params
    app.segmented_control[0].set_value("errors")
    assert shown(app) == "errors"


def test_address_names_the_section_under_its_former_name_too():
    for name in ("errors", "Errors", "wrong"):
        app = AppTest.from_function(page)
        app.query_params["section"] = name
        assert shown(app) == "errors"


def test_choice_overrules_the_address_that_was_written_before():
    app = AppTest.from_function(page)
    app.run()
    app.segmented_control[0].set_value("errors")
    assert shown(app) == "errors"
    assert app.query_params["section"] == "errors"


def test_followed_link_overrules_an_earlier_choice():
    app = AppTest.from_function(page)
    app.run()
    app.segmented_control[0].set_value("errors").run()
    app.query_params["section"] = "curves"
    assert shown(app) == "curves"


def test_code_opens_a_section():
    app = AppTest.from_function(page)
    app.run()
    app.button[0].click()
    assert shown(app) == "errors"


def test_unknown_section_is_the_first():
    app = AppTest.from_function(page)
    app.query_params["section"] = "nothing"
    assert shown(app) == "curves"


def page_with_another() -> None:
    import streamlit as st

    from pages.components.shell import address

    if not st.toggle("Another page"):
        st.write(address.choose_section({"curves": "Curves", "errors": "Mistakes"}, default="errors"))


def test_default_needs_not_be_the_first():
    assert shown(AppTest.from_function(page_with_another)) == "errors"


def test_address_names_the_section_again_after_another_page():
    app = AppTest.from_function(page_with_another)
    app.query_params["section"] = "curves"
    assert shown(app) == "curves"
    app.toggle[0].set_value(True).run()
    assert not app.segmented_control
    app.query_params["section"] = "curves"
    app.toggle[0].set_value(False)
    assert shown(app) == "curves"


def test_other_choices_have_their_own_parameter_and_code_can_replace_the_whole_address():
    app = AppTest.from_function(page_of_ways)
    app.query_params["add"] = "folder"
    assert shown(app) == "folder"
    assert "section" not in app.query_params
    app.button[0].click()
    app.run()
    assert app.query_params["dataset"] in ("ab12", ["ab12"])
    app = AppTest.from_function(page_of_ways)
    app.query_params["dataset"] = "ab12"
    assert shown(app) == "zip"
    app.button[1].click()
    assert shown(app) == "folder"
    assert "dataset" not in app.query_params


def test_another_data_set_in_place_of_one_is_shown_in_the_same_section():
    app = AppTest.from_function(page_of_ways)
    app.query_params["dataset"], app.query_params["section"] = "cd34", "classes"
    app.run()
    app.button[0].click().run()
    assert app.query_params["dataset"] in ("ab12", ["ab12"])
    assert app.query_params["section"] in ("classes", ["classes"])
