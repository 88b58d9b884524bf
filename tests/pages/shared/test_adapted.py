"""What the page of an adapted run says of its numbers and answers."""

import pytest

from core.nn.training.notes import NOT_ADAPTED, save_notes
from core.runs.records.store import Run, RunStatus, RunStore
from core.wording.coded import Note
from pages.components.shared import adapted
from tests.pages.conftest import words


@pytest.fixture
def run(trained: RunStore) -> Run:
    """A run with the good run's evaluation, adapted to pictures that were deleted since."""
    good = trained.get("Good run")
    config = good.config.with_options(adapt_to="gone")
    made = trained.create(good.dataset_id, good.dataset_name, config, "recommended", "Adapted")
    trained.claim(slots=1)
    (trained.folder(made.id) / "model").mkdir(parents=True)
    (trained.folder(made.id) / "evaluation.json").write_bytes(
        (trained.folder(good.id) / "evaluation.json").read_bytes()
    )
    save_notes([Note("adapted_never_sure")], trained.folder(made.id))
    trained.finish(made.id, RunStatus.COMPLETED, metrics=good.metrics)
    return trained.get(made.id)


def test_an_adapted_run_says_what_its_numbers_speak_of(open_page, run: Run) -> None:
    app = open_page("run", run=run.id, section="results")
    (said,) = [info.value.replace("\\", "") for info in app.info]
    assert said.startswith("This model was adapted to **a data set that was deleted (gone)** without labels.")


def test_one_that_was_not_adapted_says_why(open_page, trained: RunStore, run: Run) -> None:
    save_notes([Note(NOT_ADAPTED, {"name": "Sketches", "reason": "class_shares"})], trained.folder(run.id))
    app = open_page("run", run=run.id, section="results")
    (said,) = [warning.value.replace("\\", "") for warning in app.warning]
    assert said.startswith("The model wasn't adapted to Sketches")
    assert "This model was adapted" not in words(app)


def test_answers_of_an_adapted_model_are_never_sure_and_it_says_so(open_page, trained: RunStore, run: Run) -> None:
    open_page("home")
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapted.st, "caption", said.append)
        adapted.show_about_answers(trained.get("Good run"))
        assert said == []
        adapted.show_about_answers(run)
        assert said == [adapted.NEVER_SURE]
