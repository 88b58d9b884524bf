"""The command line as users use it. One small model is trained for all tests."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image

from core.__main__ import commands, main
from core.config.training_config import TrainingConfig, option_names
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import Evaluation, save_evaluations
from core.features.feature_space import FeatureSpace
from core.runs.records.store import RunStatus, RunStore
from core.runs.worker.liveness import worker_lock
from core.settings import GIGABYTE, settings
from tests.disks import SmallDisk, full_disk, on_full_disk, read_only
from tests.project import ROOT

DEADLINE_SECONDS = 120
Call = Callable[..., tuple[int, str, str]]


def draw_pictures(folder: Path, classes: dict[str, int], seed: int = 0) -> Path:
    generator = np.random.default_rng(seed)
    for name, darkest in classes.items():
        (folder / name).mkdir(parents=True)
        for number in range(10):
            pixels = generator.integers(darkest, darkest + 100, (40, 40, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def python_core(home: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        env=os.environ | {"TRANSFER_STUDIO_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        **options,
    )


def last_json(text: str) -> dict[str, Any]:
    return json.loads(text.splitlines()[-1])


@pytest.fixture(scope="module")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess]:
    """A data home with one completed run, called Small, and what its training printed."""
    home = tmp_path_factory.mktemp("trained") / "home"
    pictures = draw_pictures(home.parent / "shades", {"dark": 0, "bright": 150})
    options = ["--name", "Small", "--image-size", "64", "--epochs", "3", "--batch-size", "4", "--flip", "--json"]
    return home, python_core(home, "train", str(pictures), *options)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Calls the command line in this process, on an empty data home unless another is named."""

    def run(*arguments: str, home: Path = tmp_path / "home") -> tuple[int, str, str]:
        monkeypatch.setenv("TRANSFER_STUDIO_HOME", str(home))
        settings.cache_clear()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    yield run
    settings.cache_clear()


def test_training_from_a_folder(trained_home: tuple[Path, subprocess.CompletedProcess]) -> None:
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


def test_runs_and_show(trained_home: tuple[Path, subprocess.CompletedProcess], call: Call) -> None:
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
    )
    code, output, _ = call("show", run_id[:6], "--json", home=home)
    assert [event["epoch"] for event in last_json(output)["events"]] == [1, 2, 3]


def test_evaluate_held_out_pictures(trained_home: tuple[Path, subprocess.CompletedProcess], call: Call) -> None:
    home, _ = trained_home
    code, output, _ = call("evaluate", "Small", home=home)
    assert code == 0 and "on 4 pictures (validation)" in output and "95 % interval" in output
    assert "Right class by row, answer by column:" in output
    code, output, _ = call("evaluate", "Small", "--json", home=home)
    (evaluation,) = last_json(output)["evaluations"]
    assert sum(map(sum, evaluation["confusion"])) == evaluation["num_pictures"] == 4
    assert {score["name"] for score in evaluation["per_class"]} == {"bright", "dark"}


def test_predictions_are_those_of_the_training(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call
) -> None:
    home, result = trained_home
    run = last_json(result.stdout)
    (evaluation,) = json.loads((home / "runs" / run["id"] / "evaluation.json").read_text())
    paths = [str(home / "datasets" / run["dataset_id"] / path) for path in evaluation["paths"]]
    code, output, _ = call("predict", "Small", *paths, "--json", home=home)
    predictions = last_json(output)["predictions"]
    assert code == 0 and [prediction["path"] for prediction in predictions] == paths
    for prediction, probabilities in zip(predictions, evaluation["probabilities"], strict=True):
        expected = dict(zip(evaluation["class_names"], probabilities, strict=True))
        assert prediction["probabilities"] == pytest.approx(expected, abs=1e-4)
        assert prediction["class"] == max(expected, key=expected.get)


def test_predict_takes_folders_and_names_unreadable_files(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path
) -> None:
    home, _ = trained_home
    pictures = draw_pictures(tmp_path / "new", {"bright": 150}, seed=1)
    (pictures / "bright" / "notes.txt").write_text("left out")
    broken = tmp_path / "broken.png"
    broken.write_bytes((pictures / "bright" / "0.png").read_bytes()[:200])
    code, output, _ = call("predict", "Small", pictures, broken, home=home)
    lines = output.splitlines()
    assert code == 0 and len(lines) == 12 and "notes.txt" not in output
    assert "bright" in lines[1] and ("sure" in lines[1] or "unlike" in lines[1])
    assert str(broken) in lines[11] and "unreadable" in lines[11]


def test_predict_never_waits_for_a_pipe(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path
) -> None:
    home, _ = trained_home
    pictures = draw_pictures(tmp_path / "new", {"bright": 150}, seed=1)
    os.mkfifo(pictures / "bright" / "10.png")
    (pictures / "bright" / "up").symlink_to("..")
    code, output, _ = call("predict", "Small", pictures, home=home)
    assert code == 0 and len(output.splitlines()) == 11 and "10.png" not in output
    code, output, _ = call("predict", "Small", pictures / "bright" / "1.png", pictures / "bright" / "10.png", home=home)
    assert code == 0 and "unreadable  the file can't be opened (it is a named pipe, not a file)" in output
    code, _, error = call("predict", "Small", pictures / "bright" / "10.png", home=home)
    assert code == 2 and "It can't be opened: it is a named pipe, not a file. Check the path." in error


def test_evaluations_of_thousands_of_classes_are_summarised(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path
) -> None:
    home = shutil.copytree(trained_home[0], tmp_path / "copy")
    size, number = 1200, 40
    generator = np.random.default_rng(0)
    evaluation = Evaluation(
        "validation",
        tuple(f"class {n}" for n in range(size)),
        np.arange(number),
        generator.random((number, size)).round(3),
        tuple(f"{n}.png" for n in range(number)),
    )
    run = last_json(trained_home[1].stdout)
    save_evaluations([evaluation], home / "runs" / run["id"])
    code, output, _ = call("evaluate", "Small", home=home)
    assert code == 0 and "Of 1,200 classes, the 100 with the most mistakes:" in output
    assert len(output.splitlines()) < 220
    code, output, _ = call("evaluate", "Small", "--json", home=home)
    (values,) = last_json(output)["evaluations"]
    assert code == 0 and values["confusion"] is None and len(values["per_class"]) == size
    assert sum(item["count"] for item in values["mistakes"]) == number - round(values["accuracy"] * number)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "device"])
@pytest.mark.parametrize("command", ["import", "audit", "train", "pack"])
def test_a_source_that_isnt_a_file_is_bad_input(call: Call, tmp_path: Path, make: Callable, command: str) -> None:
    make(tmp_path / "pets.zip")
    options = ["--output", tmp_path / "out.zip"] if command == "pack" else []
    code, _, error = call(command, tmp_path / "pets.zip", *options)
    assert code == 2 and "not a file. Check the path." in error.splitlines()[-1]


@pytest.mark.parametrize("command", ["import", "audit", "train"])
def test_an_invalid_file_name_is_bad_input(call: Call, command: str) -> None:
    code, _, error = call(command, "a" * 5000)
    assert code == 2 and error.splitlines()[-1].startswith("Error: ")


def test_weights_that_arent_a_file_are_bad_input(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    os.mkfifo(tmp_path / "pipe.h5")
    for weights in (tmp_path / "pipe.h5", "a" * 5000):
        code, _, error = call("train", pictures, "--weights", weights)
        assert code == 2 and "There is no file" in error.splitlines()[-1]


def test_thousands_of_classes_are_listed_in_short(call: Call, tmp_path: Path) -> None:
    for number in range(102):
        draw_pictures(tmp_path / "many", {f"class {number:03d}": number}, seed=number)
        for spare in range(2, 10):
            (tmp_path / "many" / f"class {number:03d}" / f"{spare}.png").unlink()
    code, output, _ = call("import", tmp_path / "many")
    assert code == 0 and "class 099" in output and "class 100" not in output
    assert "and 2 more classes (--json lists all)" in output
    code, output, _ = call("import", tmp_path / "many", "--json")
    assert len(last_json(output)["class_names"]) == 102


def test_evaluate_another_data_set(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path
) -> None:
    home, _ = trained_home
    draw_pictures(tmp_path / "more", {"bright": 150, "dark": 0}, seed=2)
    draw_pictures(tmp_path / "other", {"bright": 150, "dark": 0, "Grau": 80}, seed=3)
    assert call("import", tmp_path / "more", home=home)[0] == 0
    code, output, _ = call("evaluate", "Small", "--dataset", "more", "--json", home=home)
    (evaluation,) = last_json(output)["evaluations"]
    assert code == 0 and evaluation["split"] == "more" and evaluation["num_pictures"] == 20
    call("import", tmp_path / "other", home=home)
    code, _, error = call("evaluate", "Small", "--dataset", "other", home=home)
    assert code == 2 and error.splitlines()[-1].startswith(
        "Error: Expected a data set with classes out of bright, dark."
    )


def test_import_says_what_it_found(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    (pictures / "dark" / "broken.png").write_bytes((pictures / "dark" / "0.png").read_bytes()[:200])
    code, output, _ = call("import", pictures, "--name", "Mine")
    assert code == 0 and "Mine" in output and "Skipped: 1 file\n" in output and "broken.png: " in output
    code, output, _ = call("import", pictures, "--json")
    values = last_json(output)
    assert values["num_pictures"] == 20 and values["class_names"] == ["bright", "dark"] and len(values["skipped"]) == 1


def test_an_import_asks_for_the_layout(call: Call, tmp_path: Path) -> None:
    things = tmp_path / "things"
    for part in ("animals", "vehicles"):
        draw_pictures(things / part, {f"{part} {number}": 50 * number for number in range(2)}, seed=len(part))
    code, output, error = call("import", things)
    assert code == 2 and output == ""
    assert error.splitlines()[-1] == (
        "Error: things can be read in two ways. Choose a layout: class_folders, 2 classes: animals (20), "
        "vehicles (20); or inner_folders, 4 classes: animals 0 (10), animals 1 (10), vehicles 0 (10), vehicles 1 (10)."
    )
    code, output, _ = call("import", things, "--layout", "inner_folders", "--json")
    assert code == 0 and last_json(output)["num_pictures"] == 40 and len(last_json(output)["class_names"]) == 4
    code, _, error = call("import", things, "--layout", "flat")
    assert code == 2 and "'flat' is not one of 'class_folders', 'inner_folders', 'csv', 'file_names'" in error


def test_an_encoding_that_isnt_known_is_one_sentence(call: Call, tmp_path: Path) -> None:
    code, _, error = call("import", tmp_path, "--encoding", "klingon")
    assert code == 2 and len(error.splitlines()) == 1 and "There is no encoding 'klingon'." in error


def test_samples_are_listed_and_imported(call: Call) -> None:
    code, output, _ = call("samples")
    assert code == 0 and "textures" in output and "built in" in output and "download of" in output
    code, output, _ = call("samples", "faces", "--json")
    assert code == 0 and last_json(output)["num_pictures"] == 200
    code, _, error = call("samples", "nothing")
    assert code == 2 and error.startswith("Error: ") and len(error.splitlines()) == 1


def test_backbones_have_their_availability(call: Call) -> None:
    code, output, _ = call("backbones")
    lines = output.splitlines()
    assert code == 0 and len(lines) == 14 and "bundled, works offline" in lines[1]
    code, output, _ = call("backbones", "--json")
    assert last_json(output)["backbones"][0]["availability"] == "bundled"


def test_no_runs_yet(call: Call) -> None:
    code, output, _ = call("runs")
    assert code == 0 and output == "There are no runs yet. Start one: python -m core train textures\n"
    assert last_json(call("runs", "--json")[1]) == {"runs": []}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "nothing"], "Error: There is no run 'nothing'."),
        (["stop", "nothing"], "Error: There is no run 'nothing'."),
        (["resume", "nothing"], "Error: There is no run 'nothing'."),
        (["delete", "nothing"], "Error: There is no run 'nothing'."),
        (["evaluate", "nothing"], "Error: There is no run 'nothing'."),
        (["predict", "nothing", "."], "Error: There is no run 'nothing'."),
        (
            ["predict", "nothing", "no such file"],
            "Error: Invalid value for 'PICTURES...': Path 'no such file' does not",
        ),
        (["predict", "nothing"], "Error: Missing argument 'PICTURES...'."),
        (["train", "nothing"], "Error: There is no data set 'nothing'."),
        (["train", "x", "--recipe", "stew"], "Error: Expected one of the recipes recommended, article, fine_tune."),
        (["train", "x", "--epochs", "many"], "Error: Invalid value for '--epochs': 'many' is not a valid integer."),
        (["train", "x", "--nonsense"], "Error: No such option '--nonsense'."),
        (["import", ""], "Error: Expected a zip, a tar.gz or a folder to import. Received nothing."),
        (["audit", ""], "Error: Expected a data set: its id, its name, or a zip or folder to import."),
        (["import", "no such file"], "Error: Expected a zip file or a folder at no such file."),
        (["trian"], "Error: No such command 'trian'."),
    ],
)
def test_wrong_use_is_one_line(call: Call, arguments: list[str], sentence: str) -> None:
    code, output, error = call(*arguments)
    assert code == 2 and output == "" and len(error.splitlines()) == 1
    assert error.startswith(sentence)


def test_invalid_settings_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFER_STUDIO_SLOTS", "none")
    result = python_core(tmp_path, "runs")
    assert result.returncode == 2
    assert result.stderr.startswith("Error: Expected a whole number of at least 1 in TRANSFER_STUDIO_SLOTS.")


def test_data_home_that_cant_be_used_is_one_line(call: Call, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file where the data home should be")
    code, _, error = call("runs", home=home)
    assert code == 2 and len(error.splitlines()) == 1
    assert error.startswith(f"Error: The data home {home} can't be used: ") and "TRANSFER_STUDIO_HOME" in error


def test_bug_is_a_traceback_and_exit_code_1(tmp_path: Path) -> None:
    program = (
        "import sys; from core import __main__ as studio; from core.cli import runs;"
        "runs.queue = None; sys.exit(studio.main(['runs']))"
    )
    environment = os.environ | {"TRANSFER_STUDIO_HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1 and "Traceback" in result.stderr


def test_no_command_shows_the_help(call: Call) -> None:
    code, _, error = call()
    assert code == 2 and "Usage: python -m core" in error
    code, output, _ = call("--help")
    assert code == 0 and all(name in output for name in commands.commands)


def test_every_field_of_the_configuration_is_an_option(call: Call) -> None:
    code, output, _ = call("train", "--help")
    assert code == 0
    options = {option.name: option for option in commands.commands["train"].params}
    for name in option_names():
        assert options[name].help and options[name].default is None
        assert f"--{name.replace('_', '-')}" in output
    assert "--no-flip" in output and options["learning_rate"].type.name == "float"


def test_light_commands_never_load_tensorflow(tmp_path: Path) -> None:
    program = "import sys; from core.__main__ import main; [main([name]) for name in ('runs', 'samples', 'backbones')];"
    program += "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    environment = os.environ | {"TRANSFER_STUDIO_HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, timeout=60).returncode == 0


@pytest.mark.slow
def test_run_that_fails_is_one_line_on_standard_error(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    code, output, error = call("train", pictures, "--weights", __file__, "--json")  # no weights, but a file
    assert code == 2 and last_json(output)["status"] == "failed"
    assert f"The run {last_json(output)['id']} failed. " in error.splitlines()[-1]


def test_run_that_cant_be_recorded_is_one_line_on_standard_error(call: Call, tmp_path: Path) -> None:
    call("import", draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150}))
    (tmp_path / "home" / "runs").write_text("a file where the folder should be")
    code, output, error = call("train", "shades", "--json")
    assert code == 2 and output == "" and len(error.splitlines()) == 1 and "can't be used: " in error
    assert call("runs", "--json")[1] == '{"runs": []}\n'


def test_interrupted_training_is_stopped_and_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    store = RunStore(home / "studio.sqlite")
    busy = store.create("busy", "Busy", TrainingConfig())
    store.claim(1)
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    with worker_lock(store.folder(busy.id)):
        store.report_worker(busy.id, os.getpid(), psutil.Process().create_time())
        training = subprocess.Popen(
            [sys.executable, "-m", "core", "train", str(pictures)],
            env=os.environ | {"TRANSFER_STUDIO_HOME": str(home)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in training.stderr:
            if line.startswith("Waiting in the queue, place 1"):
                break
        training.send_signal(signal.SIGINT)
        output, errors = training.communicate(timeout=DEADLINE_SECONDS)
    assert training.returncode == 0
    assert "Press Ctrl-C again to leave it running." in errors
    assert "stopped" in output
    assert store.list()[0].status == RunStatus.STOPPED


@pytest.mark.slow
def test_interrupted_training_is_resumed(trained_home: tuple[Path, subprocess.CompletedProcess], call: Call) -> None:
    home, _ = trained_home
    options = ["--name", "Long", "--image-size", "64", "--epochs", "600", "--batch-size", "4", "--flip"]
    with subprocess.Popen(
        [sys.executable, "-m", "core", "train", "shades", *options],
        env=os.environ | {"TRANSFER_STUDIO_HOME": str(home)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as training:
        for line in training.stderr:
            if line.startswith("Epoch 1 of 600"):
                break
        training.send_signal(signal.SIGINT)
        training.communicate(timeout=DEADLINE_SECONDS)
    assert training.returncode == 0
    shown = last_json(call("show", "Long", "--json", home=home)[1])
    done = len(shown["events"])
    assert shown["status"] == "stopped" and shown["can_resume"] and 1 <= done < 600

    code, output, errors = call("resume", "Long", "--json", home=home)
    resumed = last_json(output)
    assert code == 0 and resumed["status"] == "completed" and resumed["id"] == shown["id"]
    lines = errors.splitlines()
    assert lines[0] == f"Going on with Long, {done} of 600 epochs are done"
    told = [int(line.split()[1]) for line in lines if line.startswith("Epoch ")]
    assert told == list(range(done + 1, 601))
    assert resumed["seconds"]["starting"] > shown["seconds"]["starting"]
    code, _, error = call("resume", "Long", home=home)
    assert code == 2 and error.startswith("Error: The run 'Long' is completed. Expected one that failed or was stopped")


def test_cache_is_shown_and_cleared(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path
) -> None:
    home = tmp_path / "copied"
    shutil.copytree(trained_home[0] / "features", home / "features")
    code, output, _ = call("cache", home=home)
    lines = output.splitlines()
    assert code == 0 and lines[0].split()[:4] == ["backbone", "features", "pixels", "version"]
    assert any("EfficientNet-Lite0  head inputs, average" in line and " plain " in line for line in lines)
    assert f" of at most 10 GB (TRANSFER_STUDIO_CACHE_GB) in {home / 'features'}" in lines[-1]
    before = last_json(call("cache", "--json", home=home)[1])
    assert {entry["view"] for entry in before["entries"]} == {0, 1}  # plain and flipped
    assert before["num_bytes"] == sum(entry["num_bytes"] for entry in before["entries"])
    assert (before["limit_bytes"], before["cleared_bytes"]) == (10 * GIGABYTE, 0)

    store = RunStore(home / "studio.sqlite")
    run = store.create("d", "Textures", TrainingConfig(), name="Busy")
    store.claim(1)
    code, _, error = call("cache", "--clear", home=home)
    assert code == 2 and error.startswith("Error: The run 'Busy' is using the cache. Stop it, or wait for its end")
    store.finish(run.id, RunStatus.STOPPED)
    after = last_json(call("cache", "--clear", "--json", home=home)[1])
    assert after["entries"] == [] and after["num_bytes"] == 0 and after["cleared_bytes"] == before["num_bytes"]
    code, output, _ = call("cache", "--clear", home=home)
    assert code == 0 and output.startswith("Cleared 0.0 MB\n0.0 MB of at most 10 GB")


@pytest.mark.parametrize("has_runs", [False, True])
def test_cache_is_cleared_on_a_full_disk(small_disk: SmallDisk, call: Call, has_runs: bool) -> None:
    home = small_disk.folder / "home"
    space = FeatureSpace.open(home / "features", {"boundary": "pixels"})
    space.write(iter([(["a"], np.zeros((1, 1000), np.uint8))]))
    if has_runs:
        store = RunStore(home / "studio.sqlite")
        run = store.create("d", "Textures", TrainingConfig(), name="Dead")
        store.claim(1)
        store.report_worker(run.id, os.getpid(), psutil.Process().create_time())
    small_disk.fill()
    code, _, error = call("cache", "--clear", home=home)
    assert (code, error) == (0, "")
    assert not list(home.glob("features/*/*.npy"))


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


def test_a_closed_pipe_is_not_an_error(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m core backbones | head -n 1'
    environment = os.environ | {"TRANSFER_STUDIO_HOME": str(tmp_path)}
    result = subprocess.run(command, shell=True, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.stdout.startswith("name") and result.stderr == ""


@pytest.mark.slow
def test_data_sets_are_found_by_their_beginning(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    identity = last_json(call("import", pictures, "--json")[1])["id"]
    for reference in ("shades", identity, identity[:6]):
        code, output, _ = call("train", reference, "--weights", __file__, "--json")  # no weights, but a file
        assert code == 2 and last_json(output)["dataset_id"] == identity
    assert len(DatasetStore(settings()).list()) == 1


def copied_home(home: Path, target: Path) -> Path:
    """Returns a copy of a data home with the run called Small and a queued one."""
    shutil.copytree(home, target)
    store = RunStore(target / "studio.sqlite")
    for run in store.list():
        if run.name != "Small":
            store.delete(run.id)
    return target


LOOKING = (
    ("runs",),
    ("runs", "--json"),
    ("show", "Small"),
    ("datasets",),
    ("audit", "shades"),
    ("backbones",),
    ("cache",),
    ("samples",),
    ("evaluate", "Small"),
)
WRITING = (
    ("train", "shades"),
    ("train", "textures"),
    ("samples", "textures"),
    ("derive", "shades", "--subset", "2"),
    ("resume", "Small"),
    ("delete", "Small"),
    ("delete-dataset", "shades"),
    ("survey", "shades"),
    ("cache", "--clear"),
)


def assert_refused(code: int, error: str, arguments: tuple[str, ...]) -> None:
    assert code == 2, (arguments, error)
    lines = [line for line in error.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1 and error.splitlines()[-1] == lines[0] and "Traceback" not in error, arguments


@pytest.mark.slow
def test_a_read_only_home_can_be_viewed(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path
) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    picture = str(draw_pictures(tmp_path / "new", {"dark": 0}))
    (run_id,) = [run.id for run in RunStore(home / "studio.sqlite").list()]
    with read_only(home):
        for arguments in (*LOOKING, ("predict", "Small", picture)):
            code, output, error = call(*arguments, home=home)
            assert code == 0 and output and "Error" not in error, (arguments, error)
        code, _, _ = call("pack", "shades", "--output", tmp_path / "shades.zip", home=home)
        assert code == 0 and (tmp_path / "shades.zip").is_file()
        for arguments in (*WRITING, ("pack", "shades", "--output", home / "shades.zip"), ("import", picture)):
            code, _, error = call(*arguments, home=home)
            assert_refused(code, error, arguments)
    assert [run.id for run in RunStore(home / "studio.sqlite").list()] == [run_id]


@pytest.mark.parametrize("damage", ["lost", "emptied", "damaged", "queued"])
def test_runs_of_a_read_only_home_are_shown_even_without_a_database(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path, damage: str
) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    database = home / "studio.sqlite"
    if damage == "lost":
        database.unlink()
    elif damage == "queued":
        RunStore(database).create("d", "Textures", TrainingConfig(), name="Waiting")
    else:
        database.write_bytes(b"" if damage == "emptied" else os.urandom(10_000))
    with read_only(home):
        code, output, error = call("runs", home=home)
        assert code == 0 and "Small" in output and "read-only" in error
        assert ("1 run came back" in error) == (damage != "queued")
        code, output, _ = call("show", "Small", home=home)
        assert code == 0 and "Epoch 3 of 3" in output
        assert_refused(*call("delete", "Small", home=home)[::2], ("delete",))
    assert call("show", "Small", home=home)[0] == 0
    assert len(RunStore(database).list()) == 1 + (damage == "queued")


@pytest.mark.slow
@pytest.mark.parametrize("is_lost", [False, True])
def test_a_home_on_a_full_disk_can_be_viewed(
    trained_home: tuple[Path, subprocess.CompletedProcess], tmp_path: Path, is_lost: bool
) -> None:
    source = copied_home(trained_home[0], tmp_path / "source")
    RunStore(source / "studio.sqlite").create("d", "Textures", TrainingConfig(), name="Waiting")
    if is_lost:
        (source / "studio.sqlite").unlink()
    with full_disk(tmp_path / "home", source) as home:
        for arguments in (("runs", "--json"), ("show", "Small"), ("evaluate", "Small"), ("cache",)):
            result = python_core(home, *arguments, preexec_fn=on_full_disk)
            assert result.returncode == 0 and result.stdout, (arguments, result.stderr)
            assert arguments == ("cache",) or "full" in result.stderr or "refuses" in result.stderr
        listed = json.loads(python_core(home, "runs", "--json", preexec_fn=on_full_disk).stdout)["runs"]
        assert [run["name"] for run in listed] == ["Waiting", "Small"]
        for arguments in (("train", "shades"), ("samples", "textures"), ("stop", "Waiting")):
            result = python_core(home, *arguments, preexec_fn=on_full_disk)
            assert_refused(result.returncode, result.stderr, arguments)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a disk that is full")
def test_deleting_a_run_frees_space_on_a_full_disk(
    trained_home: tuple[Path, subprocess.CompletedProcess], tmp_path: Path
) -> None:
    source = copied_home(trained_home[0], tmp_path / "source")
    with full_disk(tmp_path / "home", source) as home:
        result = python_core(home, "delete", "Small")
        assert result.returncode == 0, result.stderr
        assert json.loads(python_core(home, "runs", "--json").stdout)["runs"] == []
        assert shutil.disk_usage(home).free > 1_000_000


def test_lost_runs_come_back_and_it_is_reported_once(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path
) -> None:
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


def test_run_of_an_older_version_comes_back_from_its_files(
    trained_home: tuple[Path, subprocess.CompletedProcess], call: Call, tmp_path: Path
) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    before = last_json(call("show", "Small", "--json", home=home)[1])
    for name in ("run.json", "epochs.jsonl"):
        (home / "runs" / before["id"] / name).unlink()
    (home / "studio.sqlite").unlink()
    code, output, _ = call("show", before["id"], "--json", home=home)
    after = last_json(output)
    assert code == 0 and (after["status"], after["config"]) == ("completed", before["config"])
    assert after["metrics"] == pytest.approx(before["metrics"]) and after["dataset_id"] == before["dataset_id"]
    assert "Its name, recipe and times were not recorded there" in call("show", before["id"], home=home)[1]
    assert call("evaluate", before["id"], home=home)[0] == 0


def test_damaged_data_set_is_listed_and_can_be_deleted(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    identity = last_json(call("import", pictures, "--json")[1])["id"]
    (tmp_path / "home" / "datasets" / identity / "dataset.json").write_text("{")
    code, output, _ = call("datasets")
    assert code == 0 and f"The data set {identity} can't be used: its record is damaged." in output
    assert f"python -m core delete-dataset {identity}" in output
    (damaged,) = last_json(call("datasets", "--json")[1])["damaged"]
    assert (damaged["id"], damaged["reason"], damaged["num_pictures"]) == (identity, "unreadable", 20)
    code, output, _ = call("delete-dataset", identity)
    assert code == 0 and output == f"{identity} is deleted\n"
    assert call("datasets")[1].startswith("There are no data sets yet.")
