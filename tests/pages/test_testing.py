import hashlib
import shutil

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.datasets.store.store import DatasetStore
from core.images.decoding import heic_is_read
from core.processes.inference_client import InferenceClient
from core.runs.records.store import RunStatus
from pages.components.shell import session
from pages.components.testing import answering
from pages.components.testing.picture import Picture
from tests.conftest import draw_shape
from tests.pages.conftest import button, words

PATIENCE_SECONDS = 90
CLASSES = ("circle", "square", "stripes")


def picture_bytes(name, tmp_path, seed=99):
    path = tmp_path / f"{name}.png"
    draw_shape(name, np.random.default_rng(seed)).save(path)
    return path.read_bytes()


def enlarge_buttons(app):
    return [item for item in app.button if item.label.startswith("Enlarge picture")]


def badges(app):
    return [item.value for item in app.markdown if "-badge[" in item.value]


def bars(app):
    return [item.proto.body for item in app.get("html") if "answer-bars" in item.proto.body]


def test_without_a_model_one_click_gets_one(open_page):
    app = open_page("testing")
    assert "There is no trained model yet" in app.info[0].value
    assert button(app, "Try it now").disabled is False


@pytest.mark.slow
def test_one_picture_gets_a_large_answer_with_its_verdict_and_bars(open_page, trained, tmp_path):
    app = open_page("testing")
    assert app.selectbox[0].value == trained.get("Good run").id
    app.file_uploader[0].upload("one.png", picture_bytes("circle", tmp_path)).run()
    assert not app.exception
    (answer,) = app.header
    assert any(name in answer.value for name in CLASSES)
    assert len(badges(app)) == 1
    assert all(name in bars(app)[0] for name in CLASSES)
    assert not app.dataframe
    assert "one\\.png" in words(app)

    app.file_uploader[0].set_value([]).run()
    app.file_uploader[0].upload("broken.png", b"no picture").run()
    assert "broken" in app.warning[0].value and "not a picture that can be read" in app.warning[0].value
    assert not app.header


@pytest.mark.slow
def test_many_pictures_get_a_summary_cards_and_a_folded_table(open_page, trained, tmp_path):
    app = open_page("testing")
    uploader = app.file_uploader[0].upload("one.png", picture_bytes("circle", tmp_path))
    uploader.upload("=two.png", picture_bytes("square", tmp_path)).upload("broken.png", b"no picture").run()
    assert not app.exception
    assert "can't be read **1**" in words(app)
    assert len(enlarge_buttons(app)) == 2
    assert app.warning[0].value.startswith("1 picture can't be read")
    assert "not a picture that can be read" in app.warning[0].value
    assert [expander.label for expander in app.expander] == ["All answers as a table"]
    assert app.expander[0].proto.expanded is False
    table = app.dataframe[0].value
    assert list(table["Picture"]) == ["one.png", "=two.png", "broken.png"]
    assert table["Probability"].notna().tolist() == [True, True, False]
    assert table["Answer"].isna()[2]
    assert app.dataframe[0].proto.placeholder == "–"
    assert app.get("download_button")[0].label == "Download as CSV"

    group = app.get("button_group")[1]
    group.set_value("can't be read").run()
    assert not enlarge_buttons(app) and app.warning
    assert len(app.dataframe[0].value) == 3

    app.get("button_group")[1].set_value("all").run()
    enlarge_buttons(app)[1].click().run()
    assert not app.exception
    assert "2 of 2" in words(app) and len(app.header) == 1
    assert [button(app, label).disabled for label in ("Previous", "Next")] == [False, True]


@pytest.mark.slow
def test_many_pictures_are_answered_step_by_step_until_stopped_and_each_once(open_page, trained, tmp_path, monkeypatch):
    asked = []
    predict = InferenceClient.predict

    def watched(client, run_id, sources):
        asked.append(len(sources))
        return predict(client, run_id, sources)

    app = open_page("testing")
    assert session.warm_ups().wait(trained.get("Good run").id, PATIENCE_SECONDS).result
    monkeypatch.setattr(InferenceClient, "predict", watched)
    contents = [picture_bytes("circle", tmp_path, seed=number) for number in (*range(36), 7)]
    pictures = [Picture("", content, hashlib.sha256(content).hexdigest()) for content in contents]
    # As if Stop had been pressed during the first step: AppTest can't press while a page is drawn.
    app.session_state[f"stopped_{answering.fingerprint(trained.get('Good run'), pictures)}"] = True
    for number, content in enumerate(contents):
        app.file_uploader[0].upload(f"{number}.png", content)
    app.run()
    assert app.info[0].value == "Stopped. 36 pictures without an answer yet."
    assert asked == [] and not enlarge_buttons(app)

    button(app, "Go on").click().run()
    assert asked == [16, 16, 4]
    assert len(enlarge_buttons(app)) == 37 and not app.info
    assert "Stop" not in {item.label for item in app.button}
    app.selectbox(key="answers_order").set_value("By class").run()
    assert asked == [16, 16, 4]


@pytest.mark.slow
def test_held_out_pictures_say_whether_the_model_is_right(open_page, trained):
    app = open_page("testing")
    app.get("button_group")[0].set_value("held_out").run()
    assert not app.exception
    assert len(enlarge_buttons(app)) == 6
    assert sorted(app.dataframe[0].value["True class"]) == ["circle"] * 2 + ["square"] * 2 + ["stripes"] * 2
    assert "answers right" in words(app)
    assert "not trained on these" in words(app)
    assert "hiding each class in turn" in words(app)
    app.selectbox(key="held_out_class").set_value(1).run()
    assert list(app.dataframe[0].value["True class"]) == ["square"] * 2
    button(app, "Other pictures").click().run()
    assert not app.exception
    # Theirs is a way to what spoke for the answer, which an uploaded picture has not.
    enlarge_buttons(app)[0].click().run()
    assert button(app, "Why?").disabled is False


def test_without_its_data_set_a_model_has_no_held_out_pictures_and_says_why(open_page, trained, home):
    DatasetStore(home).delete(trained.get("Good run").dataset_id)
    app = open_page("testing")
    app.get("button_group")[0].set_value("held_out").run()
    assert "data set of this model was deleted" in app.info[0].value
    assert not app.button


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
        choice = app.selectbox(key="model_choice")
        assert choice.value == run.id
        # What a browser shows that draws the field anew.
        assert choice.proto.options[choice.proto.default].startswith(run.name)
        assert app.query_params["run"] == run.id
        assert app.session_state[session.CHOSEN_RUN] == run.id
    app.query_params["run"] = first.id
    app.run()
    assert app.selectbox(key="model_choice").value == first.id


@pytest.mark.slow
def test_heic_is_taken_and_read_or_the_answer_says_what_is_missing(open_page, trained):
    app = open_page("testing")
    assert ".heic" in app.file_uploader[0].proto.type
    app.file_uploader[0].upload("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").run()
    assert "phone" in app.warning[0].value
    assert heic_is_read() or "pip install pillow" in app.warning[0].value


def test_a_webcam_photo_has_its_place_beside_the_answer(open_page, trained):
    app = open_page("testing")
    app.get("button_group")[0].set_value("webcam").run()
    assert not app.exception
    assert len(app.get("camera_input")) == 1
    assert "Take a photo" in words(app)


def test_two_tests_on_one_page_have_their_own_widgets(home, trained):
    def draw():
        from pages.components.shell import session
        from pages.components.testing import test_view

        run = session.run_store().get("Good run")
        test_view.show(run)
        test_view.show(run, key="second_")

    app = AppTest.from_function(draw, default_timeout=60).run()
    assert not app.exception
    assert len(app.file_uploader) == 2
