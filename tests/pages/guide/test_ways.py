"""The guide's buttons lead to what there is."""

import pytest

from core.config.recipes import RECIPES
from core.datasets.store.samples import SAMPLES
from core.datasets.store.store import DatasetStore
from core.experiments.experiment import Kind
from core.experiments.plans import PLANS
from pages.components.adding import add_view
from pages.components.guide import recorded
from pages.components.guide.topics import TOPICS
from pages.components.guide.ways import REMAKING, WAYS, Link, OfARun, SetUp, label_of
from pages.components.shell import frame, session
from tests.pages.conftest import button, form_values
from tests.project import ROOT

# The topic with a way to each section of a run.
WITH_BOTH = "trust"


def test_every_link_leads_to_a_page_of_the_navigation():
    for way in WAYS.values():
        if isinstance(way, Link):
            assert (ROOT / way.page).is_file(), way
            assert way.page in {**frame.PAGES, **frame.INNER_PAGES}, way


def test_links_name_views_that_there_are():
    for way in WAYS.values():
        if isinstance(way, Link) and way.page == session.DATA and "add" in way.parameters:
            assert way.parameters["add"] in add_view.WAYS
        if isinstance(way, Link) and way.page == session.DEMO:
            assert Kind(way.parameters["kind"]) in PLANS
        if isinstance(way, SetUp):
            assert way.sample in SAMPLES and way.recipe in RECIPES


def test_every_figure_can_be_made_again():
    assert set(REMAKING) == {path.stem for path in recorded.FOLDER.iterdir()}
    assert set(REMAKING.values()) <= set(WAYS)


def test_every_way_is_used_and_has_a_label():
    used = set(REMAKING.values())
    used |= {name for topic in TOPICS.values() for name in topic.ways}
    assert used == set(WAYS)
    assert all(label_of(name) for name in WAYS)


@pytest.mark.slow
def test_a_set_up_imports_the_sample_and_fills_the_form(open_page, home, all_groups):
    app = open_page("guide", topic="three-kinds")
    app = button(app, "Set up a fine-tuning").click().run()
    assert not app.exception
    (dataset,) = DatasetStore(home).list()
    assert dataset.name == SAMPLES["puzzle"].label
    assert app.title[0].value == "Train a model"
    assert form_values(app)["trainable_blocks"] == RECIPES["fine_tune"].config.freeze.trainable_blocks
    assert not session.run_store().list()


@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if isinstance(way, Link)])
def test_links_lead_where_they_say(open_page, name: str):
    topic = next(topic for topic in TOPICS.values() if name in topic.ways)
    app = button(open_page("guide", topic=topic.name), WAYS[name].label).click().run()
    assert not app.exception
    assert dict(app.query_params).items() >= dict(WAYS[name].parameters).items()
    assert app.title[0].value != topic.title


def test_sections_of_a_run_wait_for_a_model(open_page):
    app = open_page("guide", topic=WITH_BOTH)
    for way in WAYS.values():
        if isinstance(way, OfARun):
            assert button(app, way.label).disabled


@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if isinstance(way, OfARun)])
def test_sections_of_the_latest_model_open(open_page, trained, name: str):
    app = open_page("guide", topic=WITH_BOTH)
    app = button(app, WAYS[name].label).click().run()
    assert not app.exception
    assert app.query_params["run"] == trained.get("Good run").id
    assert app.query_params["section"] == WAYS[name].section
