import json

import numpy as np
import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id

from core.datasets.quality.audit import Issue
from core.datasets.quality.embeddings import EmbeddingAnalysis, read_analysis, write_analysis
from core.datasets.store.store import DatasetStore
from core.datasets.versions.pending_edits import PendingEdits, read_pending_edits
from core.wording.coded import Reason
from pages.components.shell import session
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, wait_until, words


@pytest.fixture
def store(home):
    return DatasetStore(home)


@pytest.fixture
def shapes(store, shape_folder):
    return store.import_source(shape_folder, name="Shapes")


def surveyed(dataset, suspects=()):
    """Stores a survey in which the pictures are in a row and some have doubtful labels."""
    paths = tuple(sample.path for sample in dataset.samples)
    places = np.linspace(-1, 1, len(paths), dtype=np.float32)
    issues = tuple(
        Issue("suspect_label", path, Reason("looks_like", {"class_name": f"a {name}", "probability": 0.97}), 0.97)
        for path, name in suspects
    )
    survey = EmbeddingAnalysis(
        dataset.id, "efficientnet_lite0", paths, np.stack([places, places], 1), issues, 0.93, dict(suspects)
    )
    write_analysis(dataset, survey)


def map_of(app):
    """Returns the data that the map was given."""
    (data,) = [json.loads(item.proto.json) for item in app.get("bidi_component") if "figure" in item.proto.json]
    return data


def click_dot(app, index):
    """Sends a click on a dot like the map's script, which AppTest can't run."""
    states = app._tree.get_widget_states()
    clicked = states.widgets.add()
    (chart,) = [item for item in app.get("bidi_component") if "figure" in item.proto.json]
    clicked.id = _make_trigger_id(chart.proto.id, "events")
    clicked.json_trigger_value = json.dumps([{"event": "picked", "value": index}])
    app._run(states)
    assert not app.exception
    return app


@pytest.mark.parametrize("index", [3, 30, -1, "3", None])
def test_a_click_on_a_dot_chooses_its_picture_and_nothing_else_does(open_page, shapes, index):
    surveyed(shapes)
    app = click_dot(open_page("data", section="check"), index)
    chosen = shapes.samples[3].path if index == 3 else None
    assert fields(app)[f"map_choice_{shapes.id}"].value == chosen
    assert ("Click a dot to see its picture." in words(app)) == (chosen is None)


@pytest.mark.slow
def test_map_is_made_by_a_job_that_can_be_stopped(open_page, shapes):
    app = open_page("data", section="map")
    assert "finds **doubtful labels** and pictures **unlike all others**" in words(app)
    app = button(app, "Look through the pictures").click().run()
    assert button(app, "Look through the pictures").disabled
    button(app, "Stop").click().run()
    wait_until(lambda: not session.jobs().running())
    assert read_analysis(shapes) is None
    assert "Stopped. What was computed is kept, so it will take less time next time." in words(app.run())


def test_the_map_shows_one_dot_per_picture_and_marks_issues(open_page, shapes):
    surveyed(shapes, [(shapes.samples[3].path, "square")])
    app = open_page("data", section="map")
    assert map_of(app)["label"] == "Map of 30 pictures in 3 classes, 1 of them marked: Doubtful labels"
    assert "a simple model already gives 93.0 % of the pictures their own class" in words(app).replace("\\", "")
    assert app.info[0].value == "Click a dot to see its picture."


def test_picture_is_chosen_without_a_mouse_and_relabelled_there(open_page, shapes):
    path = shapes.samples[3].path
    surveyed(shapes, [(path, "square")])
    app = open_page("data", section="map")
    choice = fields(app)[f"map_choice_{shapes.id}"]
    assert choice.options[0] == f"{shapes.samples[3].name}: looks like a square (0.97)"
    assert len(choice.options) == len(shapes.samples)
    choice.set_value(path).run()
    assert "Near it on the map" in words(app)
    assert len(app.image) == 1 + 1 + 6  # The doubtful one above, the chosen one and its neighbours.
    assert map_of(app)["label"].endswith(f"{shapes.samples[3].name} is chosen")
    app.button(key=f"suggested_class_of_map_{shapes.id}_{path}").click().run()
    assert read_pending_edits(shapes) == PendingEdits({path: "relabel:square"})
    assert "1 picture relabelled as square" in words(app)


def test_a_neighbour_is_chosen_and_relabelled_on_the_map(open_page, shapes):
    surveyed(shapes)
    app = open_page("data", section="check")
    fields(app)[f"map_choice_{shapes.id}"].set_value(shapes.samples[3].path).run()
    near = shapes.samples[4].path
    fields(app)[f"class_of_near_{shapes.id}_{near}"].set_value("stripes").run()
    assert read_pending_edits(shapes) == PendingEdits({near: "relabel:stripes"})
    app.button(key=f"pressed_near_{shapes.id}_{near}").click().run()
    assert not app.exception
    assert fields(app)[f"map_choice_{shapes.id}"].value == near
    assert map_of(app)["label"].endswith(f"{shapes.samples[4].name} is chosen")
    assert fields(app)[f"class_of_map_{shapes.id}_{near}"].value == "stripes"


def test_doubtful_labels_are_among_the_issues_and_corrected_together(open_page, shapes):
    first, second = shapes.samples[3].path, shapes.samples[15].path
    surveyed(shapes, [(first, "square"), (second, "stripes")])
    app = open_page("data", section="issues")
    assert app.pills(key="issue_kind").value == "suspect_label"
    button(app, "Relabel all 2 shown as what they look like").click().run()
    assert read_pending_edits(shapes) == PendingEdits({first: "relabel:square", second: "relabel:stripes"})


def test_issues_offer_to_look_for_doubtful_labels_until_that_was_done(open_page, shapes):
    assert button(open_page("data", section="issues"), "Look through the pictures")
    surveyed(shapes)
    assert "Look through the pictures" not in [item.label for item in open_page("data", section="check").button]


def test_some_of_many_classes_are_coloured(open_page, store, tmp_path):
    folder = draw_folder(tmp_path / "many", 4, ("circle", "square"))
    for number in range(11):
        (draw_folder(tmp_path / f"more {number}", 2, ("stripes",), seed=number) / "stripes").rename(
            folder / f"class {number:02d}"
        )
    dataset = store.import_source(folder)
    surveyed(dataset, [(dataset.samples[-1].path, "circle")])
    app = open_page("data", section="map")
    coloured = app.multiselect(key=f"coloured_{dataset.id}").value
    assert len(coloured) == 10
    assert coloured[0] == dataset.class_names[dataset.samples[-1].label]
