import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.explanation.explanation import GRAD_CAM, OCCLUSION
from tests.core.cli.conftest import Trained, draw_pictures, last_json, python_core

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_pictures(tmp_path_factory.mktemp("new"), {"dark": 0}, count=1) / "dark" / "0.png"


@pytest.mark.parametrize("method", [GRAD_CAM, OCCLUSION])
def test_a_heat_map_and_its_numbers_are_written(call, trained_home: Trained, picture, tmp_path, method):
    arguments = ("explain", "Small", picture, "--output", tmp_path / "new" / "folder", "--method", method, "--json")
    code, out, err = call(*arguments, home=trained_home[0])
    assert code == 0, err
    values = last_json(out)
    assert values["answer"] == values["class"] == "dark" and values["against"] == "bright"
    assert values["method"] == method and values["similarity"] is None
    heat = np.array(values["heat"])
    assert heat.shape == (8, 8) and heat.min() >= 0 and heat.max() <= 1
    assert Image.open(values["overlay"]).size == (40, 40)
    written = json.loads(Path(values["numbers"]).read_text())
    assert written == {name: value for name, value in values.items() if name != "numbers"}
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == ["0.heat.json", "0.heat.png"]


def test_any_class_and_random_weights_can_be_asked_for(call, trained_home, picture, tmp_path):
    arguments = ("explain", "Small", picture, "--output", tmp_path, "--class", "bright", "--randomised")
    code, out, err = call(*arguments, home=trained_home[0])
    assert code == 0, err
    assert "With random weights in the head the map" in err
    assert "bright" in out and str(tmp_path / "0.heat.png") in out
    assert -1 <= json.loads((tmp_path / "0.heat.json").read_text())["similarity"] <= 1


def test_bad_input_is_one_sentence(call, trained_home, picture, tmp_path):
    home = trained_home[0]
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "file").write_text("")
    to = ("--output", tmp_path / "out")
    wrong = {
        ("explain", "nothing", picture, *to): "nothing",
        ("explain", "Small", tmp_path / "gone.png", *to): "gone.png",
        ("explain", "Small", tmp_path / "text.png", *to): "picture",
        ("explain", "Small", picture, *to, "--class", "cats"): "Received 'cats'. Choose another, such as bright.",
        ("explain", "Small", picture, *to, "--method", "magic"): "magic",
        ("explain", "Small", picture, "--output", tmp_path / "file" / "x"): "can't be written to",
        ("explain", "Small", picture): "--output",
    }
    for arguments, says in wrong.items():
        code, out, err = call(*arguments, home=home)
        assert (code, out) == (2, ""), arguments
        assert says in err and len(err.splitlines()) == 1 and "Loading" not in err, err
    assert not (tmp_path / "out").exists()


def test_users_see_no_messages_of_tensorflow(trained_home, picture, tmp_path):
    done = python_core(trained_home[0], "explain", "Small", str(picture), "--output", str(tmp_path))
    assert done.returncode == 0
    assert "cuda" not in done.stderr.lower() and "Traceback" not in done.stderr
    assert done.stdout.startswith("class ")
