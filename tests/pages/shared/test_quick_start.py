"""The shortest way to a model starts the same run as the other ways with the same recipe."""

import pytest

from core.cli.options import training_config
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from pages.components.training import advanced_form, setup_form
from tests.pages.conftest import button, fields


@pytest.mark.slow
def test_one_click_the_form_and_the_command_line_use_the_same_recipe(open_page, home):
    app = button(open_page("home"), "Try it now").click().run()
    assert not app.exception
    (dataset,) = DatasetStore(home).list()
    (run,) = RunStore(home.database).list()
    by_command_line = training_config("recommended", dataset, {})
    assert run.config == by_command_line

    for group in advanced_form.GROUPS:
        app.session_state[advanced_form.group_key(group)] = True
    app.switch_page("pages/train.py").run()
    assert not app.exception
    expected = by_command_line.options()
    assert {name: fields(app)[name].value for name in setup_form.FIELDS} == {
        name: expected[name] for name in setup_form.FIELDS
    }
