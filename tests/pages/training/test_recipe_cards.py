"""A recipe fills the form, says why, and what was changed from it."""

import pytest

from core.config.recipes import explain_recommended, recipe_config
from pages.components.training import setup_form
from tests.pages.conftest import button, fields, form_values, picture_of_the_network, words

pytestmark = pytest.mark.usefixtures("all_groups")


def test_form_starts_with_the_recommended_recipe(open_page, shapes):
    app = open_page("train")
    expected = recipe_config("recommended", 24).options()
    assert form_values(app) == {name: expected[name] for name in setup_form.FIELDS}
    assert "3,843 trainable parameters" in picture_of_the_network(app)
    assert "75\\.1 % of ImageNet" in words(app)
    assert button(app, "Start training").disabled is False


@pytest.mark.parametrize("recipe", ["article", "fine_tune"])
def test_recipe_fills_the_form(open_page, shapes, recipe):
    app = open_page("train")
    fields(app)["recipe"].set_value(recipe).run()
    expected = recipe_config(recipe, 24).options()
    assert not app.exception
    assert form_values(app) == {name: expected[name] for name in setup_form.FIELDS}


def test_recommended_says_what_it_chose_and_why_until_something_is_changed(open_page, shapes):
    reasons = explain_recommended(recipe_config("recommended", 24), 24, 3)
    app = open_page("train")
    assert reasons in words(app)
    fields(app)["epochs"].set_value(7).run()
    assert reasons not in words(app)
    fields(app)["epochs"].set_value(recipe_config("recommended", 24).optimization.epochs).run()
    assert reasons in words(app)
    fields(app)["recipe"].set_value("article").run()
    assert reasons not in words(app)


def test_changes_are_named_and_undone(open_page, shapes):
    app = open_page("train")
    fields(app)["recipe"].set_value("article").run()
    assert "Changed from" not in words(app)
    fields(app)["backbone"].set_value("efficientnet_lite0").run()
    fields(app)["epochs"].set_value(3).run()
    assert "Changed from Article: Backbone, Image size and Epochs." in words(app).replace("\\", "")
    button(app, "Undo").click().run()
    expected = recipe_config("article", 24).options()
    assert form_values(app) == {name: expected[name] for name in setup_form.FIELDS}
    assert "Changed from" not in words(app)
