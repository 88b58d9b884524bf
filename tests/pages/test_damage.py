"""Pages of a data home with lost, damaged or unwritable files."""

import json
import shutil

import pytest

from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from tests.disks import read_only
from tests.pages.conftest import button, listed_runs, words

PAGES = ("home", "data", "train", "runs", "testing", "run")


def test_lost_runs_come_back_and_a_notice_stays_until_it_is_dismissed(open_page, trained):
    trained.path.unlink()
    app = open_page("runs")
    assert listed_runs(app) == ["Stopped run", "Failed run", "Good run"]
    assert "3 runs came back" in app.warning[0].value
    assert "3 runs came back" in open_page("home").warning[0].value
    app = button(open_page("runs"), "Got it").click().run()
    assert not app.warning and not open_page("home").warning


@pytest.mark.parametrize("damage", ["lost", "emptied", "damaged"])
def test_database_lost_while_the_server_runs(open_page, trained, damage):
    app = open_page("runs")
    if damage == "lost":
        trained.path.unlink()
    else:
        trained.path.write_bytes(b"" if damage == "emptied" else b"garbage" * 5000)
    app = app.run()
    assert not app.exception and not app.error
    assert listed_runs(app) == ["Stopped run", "Failed run", "Good run"]


def test_damaged_data_set_is_shown_with_the_way_to_delete_it(open_page, home, trained):
    (dataset,) = DatasetStore(home).list()
    (dataset.folder / "dataset.json").write_bytes(b"")
    app = open_page("data")
    assert "its record is damaged" in words(app) and "its 30 pictures are in" in words(app)
    app = button(app, "Delete").click().run()
    assert f"This deletes the damaged data set {dataset.id} with 30 pictures" in words(app)


@pytest.mark.parametrize("name", ["evaluation.json", "notes.json", "run.json", "epochs.jsonl", "model/classifier.json"])
@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{", b"\xff\x00", b'[{"split": 1}]'])
def test_damaged_file_of_a_run_is_a_sentence_in_its_place(open_page, trained, name, content):
    run = trained.get("Good run")
    (trained.folder(run.id) / name).write_bytes(content)
    app = open_page("run", run=run.id)
    assert not app.exception
    assert [error.value.replace("\\", "") for error in app.error] == (
        ["This run has no evaluation that can be read. Train it again to get one."] if name == "evaluation.json" else []
    )
    assert app.title[0].value == run.name


@pytest.mark.parametrize("name", ["audit.json", "draft.json", "survey.npz", "looks.npz"])
def test_damaged_file_of_a_data_set_is_a_sentence_in_its_place(open_page, home, trained, name):
    (dataset,) = DatasetStore(home).list()
    (dataset.folder / name).write_bytes(b"{")
    for section in ("pictures", "check", "classes", "versions"):
        app = open_page("data", dataset=dataset.id, section=section)
        assert not app.exception, section


@pytest.mark.parametrize("is_lost", [False, True])
def test_pages_of_a_read_only_home_can_be_looked_at(open_page, home, trained, is_lost):
    run = trained.get("Good run")
    if is_lost:
        trained.path.unlink()
    with read_only(home.home):
        for page in PAGES:
            app = open_page(page, **({"run": run.id} if page == "run" else {}))
            assert not app.exception, page
            assert not app.error, (page, app.error[0].value)
            assert bool(app.warning) == is_lost, page
        app = open_page("runs")
        assert listed_runs(app) == ["Stopped run", "Failed run", "Good run"]
    assert len(RunStore(home.database).list()) == 3


def test_what_a_read_only_home_refuses_is_a_sentence(open_page, home, trained):
    with read_only(home.home):
        app = open_page("run", run=trained.get("Stopped run").id)
        app = button(app, "Resume").click().run()
        assert not app.exception and "is read-only" in app.error[0].value.replace("\\", "")
        app = open_page("data", section="pictures").slider[0].set_value(0.4).run()
        assert not app.exception and "Read" in app.error[0].value


def test_run_of_an_older_version_has_a_page(open_page, home, trained):
    run = trained.get("Good run")
    for name in ("run.json", "epochs.jsonl"):
        (trained.folder(run.id) / name).unlink()
    for other in trained.list():
        if other.id != run.id:
            shutil.rmtree(trained.folder(other.id))
    trained.path.unlink()
    app = open_page("run", run=run.id)
    assert not app.exception and not app.error
    assert app.title[0].value.startswith("Restored run")
    assert "were not recorded there" in words(open_page("run", run=run.id, section="details"))
    assert json.loads((trained.folder(run.id) / "run.json").read_text())["run"]["dataset_id"] == run.dataset_id
