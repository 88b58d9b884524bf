"""What Results and Test say of pictures of a class that a model doesn't know."""

from core.nn.training.notes import UNKNOWN_CLASSES, load_notes, save_notes
from core.runs.records.store import RunStore
from core.wording.run_notes import run_note
from tests.pages.conftest import words


def test_results_say_what_the_run_has_measured(open_page, trained: RunStore) -> None:
    good = trained.get("Good run")
    (note,) = (note for note in load_notes(trained.folder(good.id)) if note.code == UNKNOWN_CLASSES)
    assert note.parameters["total"] > 10
    app = open_page("run", run=good.id, section="results")
    assert run_note(note) in words(app).replace("\\", "")


def test_runs_of_before_say_nothing_of_it(open_page, trained: RunStore) -> None:
    good = trained.get("Good run")
    folder = trained.folder(good.id)
    save_notes([note for note in load_notes(folder) if note.code != UNKNOWN_CLASSES], folder)
    app = open_page("run", run=good.id, section="results")
    assert "hiding each class" not in words(app)
