"""Runs on the command line: trained, listed, shown, stopped, resumed and deleted."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.config.training_config import TrainingConfig
from core.runs.records.store import RunStore
from tests.core.cli.conftest import DEADLINE_SECONDS, Trained, copied_home, draw_pictures, last_json
from tests.core.conftest import Call
from tests.project import ROOT


def test_training_from_a_folder(trained_home: Trained) -> None:
    _, result = trained_home
    assert result.returncode == 0, result.stderr
    run = last_json(result.stdout)
    assert run["name"] == "Small" and run["status"] == "completed" and run["recipe"] == "recommended"
    assert run["config"]["image_size"] == 64 and run["config"]["flip"] is True
    assert run["metrics"]["val_accuracy"] >= 0.5
    assert {"starting", "weights", "features", "head", "evaluate", "save"} <= set(run["seconds"])
    lines = result.stderr.splitlines()
    epochs = [line for line in lines if line.startswith("Epoch ")]
    assert len(epochs) == 3 and epochs[2].startswith("Epoch 3 of 3: loss ") and ", validation accuracy " in epochs[2]
    assert any(line.startswith("Reading pictures through the frozen blocks") for line in lines)
    assert len(result.stdout.splitlines()) == 1


def test_runs_and_show(trained_home: Trained, call: Call) -> None:
    home, result = trained_home
    run_id = last_json(result.stdout)["id"]
    code, output, _ = call("runs", home=home)
    assert code == 0 and output.splitlines()[0].split()[:2] == ["id", "name"]
    assert run_id in output and "completed" in output and "shades" in output
    code, output, _ = call("show", "Small", home=home)
    assert (
        code == 0
        and "val_accuracy" in output
        and "Epoch 3 of 3" in output
        and "fine_tune_learning_rate  0.0001" in output
        and "A support vector machine on nothing but the pixels (16 x 16, trained on " in output
    )
    code, output, _ = call("show", run_id[:6], "--json", home=home)
    assert [event["epoch"] for event in last_json(output)["events"]] == [1, 2, 3]


def test_no_runs_yet(call: Call) -> None:
    code, output, _ = call("runs")
    assert code == 0 and output == "There are no runs yet. Start one: python -m core train textures\n"
    assert last_json(call("runs", "--json")[1]) == {"runs": []}


@pytest.mark.slow
def test_run_that_fails_is_one_line_on_standard_error(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    identity = last_json(call("import", pictures, "--json")[1])["id"]
    code, output, error = call("train", identity[:6], "--weights", __file__, "--json")  # no weights, but a file
    assert code == 2 and (last_json(output)["status"], last_json(output)["dataset_id"]) == ("failed", identity)
    assert f"The run {last_json(output)['id']} failed. " in error.splitlines()[-1]


def test_run_that_cant_be_recorded_is_one_line_on_standard_error(call: Call, tmp_path: Path) -> None:
    call("import", draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150}))
    (tmp_path / "home" / "runs").write_text("a file where the folder should be")
    code, output, error = call("train", "shades", "--json")
    assert code == 2 and output == "" and len(error.splitlines()) == 1 and "can't be used: " in error
    assert call("runs", "--json")[1] == '{"runs": []}\n'


@pytest.mark.slow
def test_interrupted_training_is_resumed(trained_home: Trained, call: Call, tmp_path: Path) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    options = ["--name", "Long", "--image-size", "64", "--epochs", "300", "--no-stop-when-settled"]
    options += ["--batch-size", "4", "--flip"]
    with subprocess.Popen(
        [sys.executable, "-m", "core", "train", "shades", *options],
        env=os.environ | {"TRANSFER_STUDIO_HOME": str(home)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as training:
        for line in training.stderr:
            if line.startswith("Epoch 1 of 300"):
                break
        training.send_signal(signal.SIGINT)
        training.communicate(timeout=DEADLINE_SECONDS)
    assert training.returncode == 0
    shown = last_json(call("show", "Long", "--json", home=home)[1])
    done = len(shown["events"])
    assert shown["status"] == "stopped" and shown["can_resume"] and 1 <= done < 300

    code, output, errors = call("resume", "Long", "--json", home=home)
    resumed = last_json(output)
    assert code == 0 and resumed["status"] == "completed" and resumed["id"] == shown["id"]
    lines = errors.splitlines()
    assert lines[0] == f"Going on with Long, {done} of 300 epochs are done"
    told = [int(line.split()[1]) for line in lines if line.startswith("Epoch ")]
    assert told == list(range(done + 1, 301))
    assert resumed["seconds"]["starting"] > shown["seconds"]["starting"]
    code, _, error = call("resume", "Long", home=home)
    assert code == 2 and error.startswith("Error: The run 'Long' is completed. Expected one that failed or was stopped")


def test_stop_and_delete(call: Call, tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = RunStore(home / "studio.sqlite")
    run = store.create("d", "Textures", TrainingConfig(), name="Waiting")
    store.create("d", "Textures", TrainingConfig(), name="Busy")
    store.rename(run.id, "Busy one")
    store.claim(1)
    assert call("delete", "Busy one")[0] == 2
    code, output, _ = call("stop", "Busy one")
    assert code == 0 and output == f"{run.id} is stopping\n"
    code, output, _ = call("stop", "Busy", "--json")
    assert code == 0 and last_json(output)["status"] == "stopped"
    code, _, error = call("stop", "Busy")
    assert code == 2 and "it is stopped. There is nothing to stop." in error
    code, output, _ = call("delete", "Busy", "--json")
    assert code == 0 and last_json(output)["deleted"] is True
    assert [left.name for left in store.list()] == ["Busy one"]


def test_lost_runs_come_back_and_it_is_said_once(trained_home: Trained, call: Call, tmp_path: Path) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    before = last_json(call("show", "Small", "--json", home=home)[1])
    (home / "studio.sqlite").write_bytes(b"no database any more")
    code, output, error = call("show", "Small", "--json", home=home)
    assert code == 0 and last_json(output) == before | {"progress": None}
    (moved,) = home.glob("studio.damaged-*.sqlite")
    assert error == (
        "The list of runs was lost or damaged, and was rebuilt from their folders: 1 run came back, the damaged file is"
        f" now {moved}.\n"
    )
    assert call("runs", home=home)[2] == ""


def test_run_of_an_older_version_comes_back_from_its_files(trained_home: Trained, call: Call, tmp_path: Path) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    before = last_json(call("show", "Small", "--json", home=home)[1])
    for name in ("run.json", "epochs.jsonl"):
        (home / "runs" / before["id"] / name).unlink()
    (home / "studio.sqlite").unlink()
    code, output, _ = call("show", before["id"], "--json", home=home)
    after = last_json(output)
    assert code == 0 and after["status"] == "completed"
    # Its model knows what was chosen, not that it was.
    for name in ("cross_validation", "weight_decay", "depths"):
        before["config"].pop(name)
    assert after["config"].pop("cross_validation") is False
    assert after["config"].pop("weight_decay") > 0 and after["config"].pop("depths") in (1, 2, 3)
    assert after["config"] == before["config"]
    assert after["metrics"] == pytest.approx(before["metrics"]) and after["dataset_id"] == before["dataset_id"]
    assert "Its name, recipe and times were not recorded there" in call("show", before["id"], home=home)[1]
    assert call("evaluate", before["id"], home=home)[0] == 0
