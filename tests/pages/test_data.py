import hashlib
import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.config.training_config import TrainingConfig
from core.datasets.edit import REMOVE, Edit
from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Audit, write_audit
from core.datasets.sample import Sample
from core.datasets.store.manifest import write_manifest
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from pages.components import wording
from pages.components.adding import interrupted
from pages.components.imports import expected_uploads
from pages.components.shell import session
from tests.conftest import draw_folder
from tests.pages.conftest import APP, box, button, choose_file, from_menu, refuse_file, send_file, wait_until, words


def zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()


def imports_ended(app):
    wait_until(lambda: not session.jobs().running())
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def shapes(home, shape_folder):
    return DatasetStore(home).import_source(shape_folder, name="Shapes")


def test_empty_page_offers_all_ways_and_samples(open_page):
    app = open_page("data")
    assert "No data set yet" in words(app)
    assert box(app)["label"] == "Upload a zip"
    assert box(app)["hint"] == "One folder per class. Zip, tar or tar.gz, at most 20\N{NO-BREAK SPACE}GB"
    ways = app.segmented_control[0]
    assert ways.options == ["A zip", "Class by class, or webcam", "Folder on this server", "Samples"]
    assert [f"**{name}**" in words(app) for name in ("Textures", "Digits", "Faces or not")] == [True] * 3


def test_uploaded_zip_is_imported_and_shown(open_page, home, shape_folder):
    app = open_page("data")
    app = imports_ended(send_file(app, "../../my shapes.zip", zipped(shape_folder)))
    (dataset,) = DatasetStore(home).list()
    assert dataset.name == "my shapes"
    assert len(dataset.samples) == 30
    assert "my shapes is in: 30 pictures" in words(app)
    assert {metric.label: metric.value for metric in app.metric} == {
        "Pictures": "30",
        "Classes": "3",
        "Training": "24",
        "Validation": "6",
    }


def test_a_file_that_is_too_large_is_refused_in_the_box_before_it_is_sent(open_page, home):
    app = choose_file(open_page("data"), "huge.zip", home.import_limits.total_bytes + 1)
    assert box(app)["problem"].startswith("huge.zip has 20 GB. At most 20 GB are taken at once.")
    assert not box(app)["isAwaited"]
    assert session.jobs().running() == []


@pytest.mark.parametrize("name, size", [(None, 5), ("a.zip", "5"), ("a.zip", None)])
def test_what_no_browser_says_of_a_file_is_left_unanswered(open_page, name, size):
    app = choose_file(open_page("data"), name, size)
    assert (box(app)["token"], box(app)["problem"], session.jobs().running()) == ("", "", [])


def test_an_upload_is_a_job_that_the_page_shows_and_can_stop(open_page, home):
    app = choose_file(open_page("data"), "shapes.zip", 10_000_000)
    assert box(app)["isBusy"]
    assert box(app)["isAwaited"]
    button(app, "Stop").click().run()
    app = imports_ended(app)
    assert "The import was stopped. Nothing of it was kept." in words(app)
    assert not box(app)["isAwaited"]
    assert not list(home.datasets.glob(".importing-*"))


def test_folder_on_the_server_is_imported(open_page, home, shape_folder):
    app = open_page("data", add="folder")
    app.text_input[0].set_value(str(shape_folder))
    button(app, "Import").click().run()
    imports_ended(app)
    assert DatasetStore(home).list()[0].name == "shapes"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("{}/pipe.zip", "it is a named pipe, not a file"),
        ("/dev/zero", "it is a device, not a file"),
        ("~nobody-of-that-name/pets.zip", "No such file or directory"),
        ("/" + "a" * 5000, "File name too long"),
    ],
)
def test_what_isnt_a_file_on_the_server_gets_one_message(open_page, home, tmp_path, path, sentence):
    os.mkfifo(tmp_path / "pipe.zip")
    app = open_page("data", add="folder")
    app.text_input[0].input(path.format(tmp_path))
    button(app, "Import").click().run()
    imports_ended(app)
    assert sentence in app.error[0].value
    assert not DatasetStore(home).list()


def test_sample_is_imported_with_one_click(open_page, home):
    app = open_page("data")
    app.button(key="sample_textures").click().run()
    assert "Textures is in: 240 pictures" in words(imports_ended(app))


def test_a_bad_zip_gets_one_message_and_leaves_nothing(open_page, home):
    app = open_page("data")
    app = imports_ended(send_file(app, "poem.zip", b"roses are red"))
    (error,) = app.error
    assert "poem" in error.value.replace("\\", "")
    assert DatasetStore(home).list() == []
    assert "No data set yet" in words(app)


def test_overview_has_a_grid_charts_and_the_split(open_page, shapes):
    app = open_page("data", section="pictures")
    text = words(app)
    assert "**circle** · 10 pictures" in text
    assert len(app.image) == 3 * 8
    titles = [item.value for item in app.header]
    assert titles == ["Pictures per class", "Picture sizes"]
    assert "All are 72 × 72 pixels." in text
    assert app.slider[0].label == "Share held out for validation"
    assert "circle 10" in app.get("plotly_chart")[0].proto.alt


def test_one_class_is_shown_page_by_page(open_page, shapes):
    app = open_page("data", section="pictures")
    app.selectbox(key=f"class_{shapes.id}").set_value(1).run()
    assert len(app.image) == 10


def test_slider_sets_the_share_that_runs_take(open_page, home, shapes):
    app = open_page("data", section="pictures")
    app.slider[0].set_value(0.4).run()
    assert DatasetStore(home).get(shapes.id).validation_split == 0.4
    assert {metric.label: metric.value for metric in app.metric}["Validation"] == "12"


def test_a_tab_that_shows_an_older_share_writes_nothing_when_it_is_drawn_again(open_page, home, shapes):
    stale = open_page("data", section="pictures")
    stale.slider[0].set_value(0.3).run()
    DatasetStore(home).set_validation_split(shapes.id, 0.4)  # What another tab does.
    stale.selectbox(key=f"class_{shapes.id}").set_value(1).run()
    assert DatasetStore(home).get(shapes.id).validation_split == 0.4
    assert stale.slider[0].value == 0.4
    assert {metric.label: metric.value for metric in stale.metric}["Validation"] == "12"
    stale.slider[0].set_value(0.1).run()
    assert DatasetStore(home).get(shapes.id).validation_split == 0.1


def test_skipped_files_are_listed_with_the_reason(open_page, home, shape_folder):
    (shape_folder / "circle" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    DatasetStore(home).import_source(shape_folder)
    app = open_page("data", section="pictures")
    assert app.expander[0].label == "Left out: 1 file"
    assert "broken.png" in app.dataframe[0].value.iloc[0, 0]


def test_rename_asks_for_the_name(open_page, shapes):
    app = from_menu(open_page("data", section="pictures"), "rename")
    assert next(item for item in app.text_input if item.label == "Name").value == "Shapes"


def test_delete_asks_first(open_page, home, shapes):
    app = from_menu(open_page("data", section="pictures"), "delete")
    assert DatasetStore(home).list()
    assert "This deletes the data set Shapes with 30 pictures" in words(app)
    assert "use" not in words(app).partition("This deletes")[2]


@pytest.mark.parametrize(
    "number, sentence",
    [
        (1, "1 run uses it. It keeps its model and numbers, and loses pictures of mistakes and held-out pictures."),
        (7, "7 runs use it. They keep their models and numbers, and lose pictures of mistakes and held-out pictures."),
    ],
)
def test_delete_says_what_the_runs_that_use_it_lose(open_page, home, shapes, number, sentence):
    store = RunStore(home.database)
    for _ in range(number):
        config = TrainingConfig(image_size=32).with_options(epochs=1)
        store.request_stop(store.create(shapes.id, shapes.name, config).id)
    DatasetStore(home).derive(shapes.id, [Edit(REMOVE, (shapes.samples[0].path,))])
    app = from_menu(open_page("data", dataset=shapes.id), "delete")
    assert f"{sentence} 1 version was made from it. It stays as it is." in words(app)


def test_names_are_never_markdown(open_page, home, tmp_path):
    name = "![x](http://example.com/x.png) **b** :red[c] $d$"
    folder = draw_folder(tmp_path / "odd", 3, ("circle", "square"))
    (folder / "circle").rename(folder / ":material∕home: <img src=x>")
    DatasetStore(home).import_source(folder, name=name)
    app = open_page("data", section="pictures")
    text = words(app)
    assert wording.plain(":material∕home: <img src=x>") in text
    text = re.sub("`[^`]*`", "", text)  # Code is shown unchanged.
    assert not re.search(r"(?<!\\)<img|:material∕home:(?!\u2060)|\]\(http", text)


def test_train_a_model_leads_to_the_set_up(open_page, shapes):
    app = button(open_page("data", section="pictures"), "Train a model").click().run()
    assert app.title[0].value == "Train a model"


def test_the_address_says_which_data_set_is_shown(open_page, home, shapes, tmp_path):
    store = DatasetStore(home)
    other = store.import_source(draw_folder(tmp_path / "other", 8, seed=1), name="Other")
    app = open_page("data", dataset=other.id)
    for dataset in (shapes, other, shapes):
        app.query_params["dataset"] = dataset.id
        app.run()
        assert app.title[0].value == dataset.name
        assert app.session_state[session.CHOSEN_DATASET] == dataset.id
    app = open_page("data", section="versions")
    assert app.title[0].value == "Shapes", "a section alone is one of the data set that was shown last"
    store.delete(shapes.id)
    app.run()
    assert app.title[0].value == "Data"
    assert "There is no such data set any more." in words(app)
    assert "no such data set" not in words(app.run())


@pytest.mark.parametrize("former, section", [("overview", "pictures"), ("Issues", "check"), ("map", "check")])
def test_former_addresses_lead_to_what_they_showed(open_page, shapes, former, section):
    app = open_page("data", dataset=shapes.id, section=former)
    assert app.segmented_control(key="section").value == section
    assert app.query_params["section"] == section


def test_a_stale_share_does_not_overrule_what_another_tab_set(open_page, home, shapes):
    app = open_page("data", section="pictures")
    app.slider[0].set_value(0.3).run()
    before = app._tree.get_widget_states()
    DatasetStore(home).set_validation_split(shapes.id, 0.4)
    app.run()
    app._run(before)
    assert not app.exception
    assert DatasetStore(home).get(shapes.id).validation_split == 0.4


def test_an_import_takes_the_place_of_the_page_and_opens_the_new_data_set(open_page, home, shapes, tmp_path):
    app = open_page("data", add="folder")
    app.text_input[0].set_value(str(draw_folder(tmp_path / "more", 4, seed=2)))
    app = button(app, "Import").click().run()
    assert "Nothing wrong was found" not in words(app)
    imports_ended(app)
    more = DatasetStore(home).get("more")
    assert app.title[0].value == "more"
    assert app.query_params["dataset"] == more.id
    assert "Are these labels right?" in words(app)
    assert app.session_state[session.CHOSEN_DATASET] == more.id


def test_known_pictures_are_reported_with_the_files_left_out(open_page, home, shapes, shape_folder):
    (shape_folder / "circle" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    app = open_page("data", add="zip")
    store = DatasetStore(home)
    job = session.jobs().start("import", "again", lambda *watch: store.import_source(shape_folder, None, *watch))
    app.session_state["watched_jobs"] = [job.id]
    app = imports_ended(app)
    assert "These 30 pictures were here already, as Shapes: nothing was added." in app.info[0].value.replace("\\", "")
    assert "broken.png" in app.dataframe[0].value.iloc[0, 0]
    assert not app.toast
    assert not app.run().info


def test_a_failed_import_is_said_once_above_the_ways_and_cleared_by_the_next_choice(open_page, shapes):
    app = open_page("data", add="zip")
    app = imports_ended(send_file(app, "poem.zip", b"roses are red"))
    assert "poem" in app.error[0].value
    assert box(app)["label"] == "Upload a zip"
    app = refuse_file(app, are_pictures=False)
    assert not app.error
    assert "Add them class by class" not in [item.label for item in app.button]
    app = button(refuse_file(app, are_pictures=True), "Add them class by class").click().run()
    assert app.query_params["add"] == "classes"
    assert app.text_input[0].label == "Class 1"
    app.query_params["add"] = "zip"
    app = choose_file(app.run(), "shapes.zip", 10_000)
    button(app, "Stop").click().run()
    assert "Add them class by class" not in [item.label for item in imports_ended(app).button]


def test_an_upload_that_broke_off_is_told_to_the_page_that_comes_after_until_it_is_dismissed(open_page, home):
    app = choose_file(open_page("data"), "shapes.zip", 1000)
    upload = expected_uploads.uploads().claim(box(app)["token"], lambda session_id: True)
    upload.write(b"x" * 400)
    upload.end()
    wait_until(lambda: not session.jobs().running())
    reloaded = AppTest.from_file(str(APP), default_timeout=60).run().switch_page("pages/data.py").run()
    for page in (app.run(), reloaded):
        assert "shapes.zip was interrupted at 40 %" in words(page).replace("\\", "")
        assert not page.error
    reloaded = button(reloaded, "Dismiss").click().run()
    for page in (reloaded, app.run()):
        assert "interrupted" not in words(page)


def test_an_upload_that_broke_off_is_forgotten_once_it_is_sent_again_or_long_ago(open_page, shape_folder, monkeypatch):
    app = choose_file(open_page("data"), "shapes.zip", 1000)
    expected_uploads.uploads().claim(box(app)["token"], lambda session_id: True).end()
    wait_until(lambda: not session.jobs().running())
    assert "interrupted" in words(app.run())
    with monkeypatch.context() as later:
        later.setattr(interrupted, "SECONDS_KEPT", -1)
        assert "interrupted" not in words(app.run())
    app = imports_ended(send_file(app, "shapes.zip", zipped(shape_folder)))
    app.query_params.clear()
    app.query_params["add"] = "zip"
    assert "interrupted" not in words(app.run())


def test_long_names_of_classes_are_shortened_and_given_in_full_as_help(open_page, home, shape_folder):
    name = "x".join("long" for _ in range(36))
    (shape_folder / "circle").rename(shape_folder / name)
    DatasetStore(home).import_source(shape_folder)
    app = open_page("data", section="pictures")
    short = f"{name[:39]}…"
    (advice,) = [item for item in app.markdown if "fewer than 20 different pictures" in item.value]
    assert short in advice.value
    assert name not in advice.value
    assert name in advice.proto.help
    app = open_page("data", section="classes")
    (caption,) = [item for item in app.markdown if f"**{short}** · 10 pictures" in item.value]
    assert caption.proto.help == name


@pytest.mark.parametrize("section", ["pictures", "check", "classes", "versions"])
def test_the_first_of_thousands_of_classes_are_shown_and_the_rest_counted(open_page, home, section):
    folder = home.datasets / "0123456789ab"
    (folder / "pictures").mkdir(parents=True)
    names = tuple(f"class {number:05d}" for number in range(5000))
    samples = []
    for number in range(2 * len(names)):
        path = f"pictures/{number}.png"
        if number < 200:
            Image.new("RGB", (20, 20), (number, 90, 120)).save(folder / path)
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        samples.append(Sample(path, number // 2, "", f"{number}.png", digest, 20, 20))
    dataset = DatasetIndex("0123456789ab", "Many", names, tuple(samples), (), 0, folder, created=1.0)
    write_manifest(dataset)
    write_audit(dataset, Audit(dataset.id, len(samples), (), (), 1.0))
    app = open_page("data", section=section)
    assert len(app.get("imgs")) <= 12 * 8
    assert sum(len(str(item.value)) for item in app.markdown) < 20_000
    for chart in app.get("plotly_chart"):
        assert chart.proto.ByteSize() < 100_000
    if section == "pictures":
        assert "And 4,988 classes more: choose one above to see it." in words(app)
        assert "The first 40 of 5,000 classes are shown." in words(app)
        assert not open_page("train").exception
