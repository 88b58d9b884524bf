"""Models on the command line: their quality, their predictions, and the networks they start from."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.cli import models
from core.config.training_config import TrainingConfig
from core.evaluation.evaluation import Evaluation, save_evaluations
from core.evaluation.prediction import Prediction, Verdict
from core.runs.records.store import RunStatus, RunStore
from core.settings import Settings
from tests.core.cli.conftest import Trained, copied_home, draw_pictures, last_json
from tests.core.conftest import Call


def test_evaluate_held_out_pictures(trained_home: Trained, call: Call) -> None:
    home, _ = trained_home
    code, output, _ = call("evaluate", "Small", home=home)
    assert code == 0 and "on 4 pictures (validation)" in output and "95 % interval" in output
    assert "Right class by row, answer by column:" in output
    code, output, _ = call("evaluate", "Small", "--json", home=home)
    (evaluation,) = last_json(output)["evaluations"]
    assert sum(map(sum, evaluation["confusion"])) == evaluation["num_pictures"] == 4
    assert {score["name"] for score in evaluation["per_class"]} == {"bright", "dark"}


def test_predictions_are_those_of_the_training(trained_home: Trained, call: Call) -> None:
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


def test_predict_takes_folders_and_names_what_it_cant_read(trained_home: Trained, call: Call, tmp_path: Path) -> None:
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


def test_predict_never_waits_for_a_pipe(trained_home: Trained, call: Call, tmp_path: Path) -> None:
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


def test_evaluations_of_thousands_of_classes_are_summarised(trained_home: Trained, call: Call, tmp_path: Path) -> None:
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


def test_evaluate_another_data_set(trained_home: Trained, call: Call, tmp_path: Path) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    draw_pictures(tmp_path / "more", {"bright": 150, "dark": 0}, seed=2)
    draw_pictures(tmp_path / "other", {"bright": 150, "dark": 0, "Grau": 80}, seed=3)
    assert call("import", tmp_path / "more", home=home)[0] == 0
    code, output, _ = call("evaluate", "Small", "--dataset", "more", "--json", home=home)
    (evaluation,) = last_json(output)["evaluations"]
    assert code == 0 and evaluation["split"] == "more" and evaluation["num_pictures"] == 20
    assert (evaluation["num_trained_on"], evaluation["num_unreadable"]) == (0, 0)
    run_id = last_json(call("show", "Small", "--json", home=home)[1])["id"]
    assert len(list((home / "runs" / run_id / "evaluations").glob("*.json"))) == 1
    call("import", tmp_path / "other", home=home)
    code, _, error = call("evaluate", "Small", "--dataset", "other", home=home)
    assert code == 2 and error.splitlines()[-1].startswith(
        "Error: Expected a data set with classes out of bright and dark."
    )


def test_backbones_have_their_availability(call: Call) -> None:
    code, output, _ = call("backbones")
    lines = output.splitlines()
    assert code == 0 and len(lines) == 16 and "bundled, works offline" in lines[1]
    assert lines[-1].startswith("Weights of VGG16 and VGG19: Visual Geometry Group, University of Oxford, CC BY 4.0")
    code, output, _ = call("backbones", "--json")
    lite0, _, vgg16, *_ = last_json(output)["backbones"]
    assert (lite0["availability"], lite0["credit"]) == ("bundled", "")
    assert "CC BY 4.0" in vgg16["credit"]


@pytest.mark.parametrize("command", [("evaluate", "Early"), ("predict", "Early", ".")])
def test_a_run_without_a_model_is_refused(call: Call, home: Settings, command: tuple[str, ...]) -> None:
    store = RunStore(home.database)
    run = store.create("d", "Textures", TrainingConfig(), name="Early")
    store.claim(1)
    store.finish(run.id, RunStatus.STOPPED)
    assert call(*command) == (2, "", "Error: The run 'Early' is stopped and has no model. Choose a completed run.\n")


def test_a_folder_without_pictures_is_refused_before_a_model_is_loaded(
    trained_home: Trained, call: Call, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "notes.txt").write_text("no picture")
    (tmp_path / "new" / ".hidden.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    code, output, error = call("predict", "Small", tmp_path / "new", home=trained_home[0])
    assert (code, output) == (2, "")
    assert error == "Error: Expected pictures. Found none in the folder. Name one that has pictures in it.\n"


def test_a_picture_unlike_anything_seen_has_no_answer_but_a_nearest_class(tmp_path: Path) -> None:
    names, probabilities = ("brick", "grass"), (0.9, 0.1)
    unlike = Prediction("brick", 0.9, names, probabilities, Verdict.UNLIKE)
    sure = Prediction("brick", 0.9, names, probabilities, Verdict.SURE)
    path = tmp_path / "cat.png"
    assert models._prediction_row(path, sure) == (str(path), "brick", "sure", "brick 0.9000, grass 0.1000")
    assert models._prediction_row(path, unlike) == (
        str(path),
        "-",
        "unlike anything seen",
        "nearest: brick 0.9000, grass 0.1000",
    )
    # Programs are told both, and decide by the verdict.
    assert models._prediction_values(unlike)["class"] == "brick"
    assert models._prediction_values(unlike)["answer"] is None
    assert models._prediction_values(sure)["answer"] == "brick"
