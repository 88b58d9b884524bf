"""Experiments on the command line: to their end, listed, shown, stopped and deleted."""

import shutil
from pathlib import Path

import pytest

from core.experiments import plans, progress
from core.experiments.experiment import Experiment, Kind
from core.experiments.plans import Choices
from core.runs.records.run import RunStatus
from core.runs.records.store import RunStore
from core.settings import Settings
from tests.core.cli.conftest import draw_pictures, last_json, python_core
from tests.core.conftest import Call
from tests.shared_folders import shared_folder

# Both are trained on frozen features.
QUICK = ("--lanes", "frozen,article", "--image-size", "32")


def _race(folder: Path) -> None:
    draw_pictures(folder / "shades", {"dark": 0, "bright": 150})
    result = python_core(folder / "home", "experiment", "race", str(folder / "shades"), *QUICK, "--json")
    assert not result.returncode, result.stderr
    (folder / "out.txt").write_text(result.stdout)
    (folder / "err.txt").write_text(result.stderr)


@pytest.fixture(scope="session")
def raced_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data home with a race to its end, and what its command printed beside it."""
    return shared_folder(tmp_path_factory, "raced by command", _race)


@pytest.fixture
def raced(raced_folder: Path, home: Settings) -> str:
    """The id of the race, whose data home is now this test's."""
    shutil.copytree(raced_folder / "home", home.home)
    return last_json((raced_folder / "out.txt").read_text())["id"]


@pytest.fixture
def waiting(call: Call, home: Settings, tmp_path: Path) -> Experiment:
    """An experiment that waits for a run on its own, which holds the only slot."""
    from core.datasets.store.store import DatasetStore

    dataset = DatasetStore(home).import_source(draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150}))
    runs = RunStore(home.database)
    arms = plans.plan(Kind.AUGMENTATION, dataset, Choices(draws=1), home)
    runs.create("other", "Other", arms[0].config)
    runs.claim(slots=1)
    return progress.start(runs, Kind.AUGMENTATION, dataset, arms)


@pytest.mark.slow
def test_a_race_to_its_end(raced_folder: Path) -> None:
    output, error = ((raced_folder / name).read_text() for name in ("out.txt", "err.txt"))
    assert len(output.splitlines()) == 1
    found = last_json(output)
    assert (found["kind"], found["status"], found["num_arms"]) == ("race", "completed", 2)
    assert [one["lane"] for one in found["measured"]] == ["frozen", "article"]
    assert all(0 <= one["interval"][0] <= one["accuracy"] <= one["interval"][1] <= 1 for one in found["measured"])
    assert [run["status"] for run in found["runs"]] == ["completed", "completed"]
    assert found["result"][-1].startswith("Time with nothing computed before: frozen network ")
    lines = error.splitlines()
    assert f"Experiment {found['id']}: 2 runs" in lines
    assert lines[-1] == "2 of 2 done: shades, race, The article's recipe"


@pytest.mark.slow
def test_a_race_is_listed_and_shown(raced: str, call: Call) -> None:
    code, output, _ = call("experiment", "list")
    heading, row = output.splitlines()
    assert code == 0 and heading.split()[:2] == ["id", "kind"]
    assert row.split()[:4] == [raced, "race", "shades", "completed"] and "2 of 2" in row
    (listed,) = last_json(call("experiment", "list", "--json")[1])["experiments"]
    code, output, _ = call("experiment", "show", raced[:5], "--json")
    assert code == 0 and last_json(output) == listed
    code, output, _ = call("experiment", "show", raced)
    assert code == 0 and output.startswith(f"Race: shades ({raced}, completed)")
    assert "Frozen network" in output and "plausibly" in output and "**" not in output


@pytest.mark.slow
def test_what_is_complete_is_neither_resumed_nor_stopped(raced: str, call: Call) -> None:
    expected = f"Error: The experiment {raced} is complete. There is nothing to resume.\n"
    assert call("experiment", "resume", raced) == (2, "", expected)
    expected = f"Error: No run of the experiment {raced} is at work. There is nothing to stop.\n"
    assert call("experiment", "stop", raced) == (2, "", expected)


@pytest.mark.slow
def test_a_race_is_deleted_with_its_runs(raced: str, call: Call) -> None:
    assert call("experiment", "delete", raced) == (0, f"{raced} is deleted\n", "")
    assert last_json(call("experiment", "list", "--json")[1]) == {"experiments": []}
    assert last_json(call("runs", "--json")[1]) == {"runs": []}


def test_there_are_none_yet(call: Call) -> None:
    code, output, _ = call("experiment", "list")
    assert (code, output) == (0, "There are no experiments yet. Start one: python -m core experiment race puzzle\n")
    assert last_json(call("experiment", "list", "--json")[1]) == {"experiments": []}


def test_one_at_work_is_stopped(waiting: Experiment, call: Call, home: Settings) -> None:
    code, output, _ = call("experiment", "show", waiting.id)
    assert code == 0 and output == f"What does augmentation bring?: shades ({waiting.id}, at work)\n"
    assert call("experiment", "stop", waiting.id[:6]) == (0, f"{waiting.id} is stopping\n", "")
    runs = RunStore(home.database).list()
    assert {run.status for run in runs if run.experiment_id} == {RunStatus.STOPPED}
    assert "incomplete" in call("experiment", "list")[1]


@pytest.mark.parametrize("command", ["show", "resume", "stop", "delete"])
def test_an_unknown_one_is_one_line(call: Call, command: str) -> None:
    code, output, error = call("experiment", command, "abcd")
    assert (code, output) == (2, "") and len(error.splitlines()) == 1
    assert "Expected the id of an experiment. Received 'abcd'. There is none" in error


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("race", "gone"), "gone"),
        (("race", "{}", "--lanes", "frozen"), "two or more lanes"),
        (("race", "{}", "--lanes", ""), "two or more lanes"),
        (("race", "{}", "--lanes", "frozen,slow"), "Received 'frozen, slow'"),
        (("race", "{}", "--backbone", "gone"), "Received 'gone'"),
        (("freeze", "{}", "--image-size", "7"), "image_size"),
        (("samples", "{}", "--draws", "0"), "draws"),
        (("augmentation", "{}", "--draws", "99"), "draws"),
        (("samples", "{}", "--draws", "many"), "'many' is not a valid integer"),
        (("article",), "Missing argument 'DATASET'"),
        (("marathon", "{}"), "No such command 'marathon'"),
    ],
)
def test_wrong_use_is_one_line(call: Call, tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150}, count=3)
    code, output, error = call("experiment", *(argument.format(pictures) for argument in arguments))
    assert (code, output) == (2, "") and len(error.splitlines()) == 1, error
    assert sentence in error and "Traceback" not in error
    assert last_json(call("experiment", "list", "--json")[1]) == {"experiments": []}
    assert last_json(call("runs", "--json")[1]) == {"runs": []}


def test_each_kind_says_what_it_asks(call: Call) -> None:
    code, output, _ = call("experiment", "--help")
    assert code == 0
    for kind in plans.PLANS:
        assert f"  {kind.value} " in output
