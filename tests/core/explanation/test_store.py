from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.explanation.explanation import GRAD_CAM, OCCLUSION, Explanation
from core.explanation.store import explanation_path, load_explanation, model_version, save_explanation
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    (tmp_path / MODEL_FOLDER).mkdir()
    (tmp_path / MODEL_FOLDER / DESCRIPTION).write_text("one model")
    return tmp_path


def explanation() -> Explanation:
    heat = np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4)
    return Explanation(heat, "cats", "dogs", 0.75, "cats", GRAD_CAM, similarity=0.25)


def test_what_was_saved_is_read(run_folder):
    path = explanation_path(run_folder, "ab", "cats", GRAD_CAM)
    assert load_explanation(path) is None
    save_explanation(explanation(), path)
    read = load_explanation(path)
    np.testing.assert_allclose(read.heat, explanation().heat, atol=0.5 / 255)
    assert replace(read, heat=None) == replace(explanation(), heat=None)


def test_each_picture_class_method_and_model_has_its_own(run_folder):
    paths = {
        explanation_path(run_folder, digest, name, method, randomised)
        for digest in ("ab", "cd")
        for name in ("cats", "dogs/../x")
        for method in (GRAD_CAM, OCCLUSION)
        for randomised in (False, True)
    }
    assert len(paths) == 16
    assert {path.parent for path in paths} == {run_folder / "explanations"}
    (run_folder / MODEL_FOLDER / DESCRIPTION).write_text("trained again")
    assert explanation_path(run_folder, "ab", "cats", GRAD_CAM) not in paths


def test_a_model_that_is_trained_again_is_another_version(run_folder):
    before = model_version(run_folder)
    assert model_version(run_folder) == before
    (run_folder / MODEL_FOLDER / DESCRIPTION).write_text("trained again")
    assert model_version(run_folder) != before


@pytest.mark.parametrize("keep", [0, 40, -30])
def test_a_damaged_one_is_as_none(run_folder, keep):
    path = explanation_path(run_folder, "ab", "cats", GRAD_CAM)
    save_explanation(explanation(), path)
    path.write_bytes(path.read_bytes()[:keep])
    assert load_explanation(path) is None


def test_a_run_without_a_model_has_none(tmp_path):
    with pytest.raises(RunError, match="no model"):
        explanation_path(tmp_path, "ab", "cats", GRAD_CAM)
    with pytest.raises(RunError, match="no model"):
        model_version(tmp_path)
