import shutil

import numpy as np
import pytest

from core.evaluation.prediction import Prediction, Verdict
from core.images.decoding import PictureError, admitted_format
from core.runs.records.store import RunStatus
from pages.components.shell import session
from pages.components.testing.predictions import Picture, answers_as_csv
from tests.conftest import draw_shape
from tests.pages.conftest import button, words

PATIENCE_SECONDS = 90


def picture_bytes(name, tmp_path, seed=99):
    path = tmp_path / f"{name}.png"
    draw_shape(name, np.random.default_rng(seed)).save(path)
    return path.read_bytes()


def test_without_a_model_one_click_gets_one(open_page):
    app = open_page("testing")
    assert "There is no trained model yet" in app.info[0].value
    assert button(app, "Try it now").disabled is False


@pytest.mark.slow
def test_uploaded_pictures_get_bars_a_verdict_and_a_table(open_page, trained, tmp_path):
    app = open_page("testing")
    assert app.selectbox[0].value == trained.get("Good run").id
    uploader = app.file_uploader[0].upload("one.png", picture_bytes("circle", tmp_path))
    uploader.upload("=two.png", picture_bytes("square", tmp_path)).upload("broken.png", b"no picture").run()
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["Picture"]) == ["one.png", "=two.png", "broken.png"]
    assert set(table["Answer"][:2]) <= {"circle", "square", "stripes"}
    assert table["Probability"].notna().tolist() == [True, True, False]
    assert len(app.get("plotly_chart")) == 2
    assert "model" in words(app)
    assert table["Answer"].isna().tolist() == [False, False, True]
    assert app.dataframe[0].proto.placeholder == "–"
    assert app.warning[0].value.startswith("Can't be read: ")
    assert "not a picture that can be read" in app.warning[0].value
    assert app.get("download_button")[0].label == "Download as CSV"


@pytest.mark.slow
def test_held_out_pictures_show_their_true_class(open_page, trained):
    app = open_page("testing")
    app.get("button_group")[0].set_value("held_out").run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 6
    table = app.dataframe[0].value
    assert sorted(table["True class"]) == ["circle"] * 2 + ["square"] * 2 + ["stripes"] * 2
    button(app, "Other pictures").click().run()
    assert not app.exception


@pytest.mark.slow
def test_a_model_that_cannot_be_loaded_is_reported_at_once(open_page, trained):
    run = trained.get("Good run")
    model = trained.folder(run.id) / "model"
    model.rename(model.with_name("elsewhere"))
    app = open_page("testing")
    assert "Loading the model" in words(app)
    assert session.warm_ups().wait(run.id, PATIENCE_SECONDS).error
    app.run()
    assert "has no model" in app.error[0].value
    assert "Loading the model" not in words(app)
    assert not app.file_uploader

    model.with_name("elsewhere").rename(model)
    button(app, "Try again").click().run()
    assert "Loading the model" in words(app)
    assert session.warm_ups().wait(run.id, PATIENCE_SECONDS).result
    app.run()
    assert not app.error
    assert "Loading the model" not in words(app)
    assert app.file_uploader


@pytest.fixture
def answers():
    good = Prediction("=cat", 0.9, ("=cat", "dog"), (0.9, 0.1), Verdict.SURE)
    broken = Prediction("", 0.0, ("=cat", "dog"), (0.0, 0.0), Verdict.UNLIKE, error=str(PictureError("empty")))
    return [good, broken]


def test_csv_has_every_probability_and_no_formula(answers):
    text = answers_as_csv([Picture("@a.png", b""), Picture("b.png", b"")], answers).decode("utf-8-sig")
    assert text.splitlines() == [
        "picture,answer,probability,verdict,error,'=cat,dog",
        "'@a.png,'=cat,0.900000,sure,,0.900000,0.100000",
        'b.png,,,,"empty, it has 0 bytes",,',
    ]


def test_choosing_another_model_works_every_time(open_page, trained):
    first = trained.get("Good run")
    second = trained.create(first.dataset_id, first.dataset_name, first.config, name="Second run")
    shutil.copytree(trained.folder(first.id), trained.folder(second.id), dirs_exist_ok=True)
    assert trained.claim(1).id == second.id
    trained.finish(second.id, RunStatus.COMPLETED, metrics=first.metrics)
    app = open_page("testing")
    assert app.selectbox(key="model_choice").value == second.id
    for run in (first, second, first, second):
        app.selectbox(key="model_choice").set_value(run.id).run()
        assert not app.exception
        assert app.selectbox(key="model_choice").value == run.id
        assert app.query_params["run"] == run.id
        assert app.session_state[session.CHOSEN_RUN] == run.id
    app.query_params["run"] = first.id
    app.run()
    assert app.selectbox(key="model_choice").value == first.id


def test_heic_is_offered_only_where_it_can_be_read(open_page, trained):
    app = open_page("testing")
    try:
        is_readable = admitted_format(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic") == "HEIF"
    except PictureError:
        is_readable = False
    assert (".heic" in app.file_uploader[0].proto.type) is is_readable
