import json

import pytest

from core.errors import RunError
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER, classes_of_model, sure_probability_of_model


def describe(run_folder, text):
    (run_folder / MODEL_FOLDER).mkdir()
    (run_folder / MODEL_FOLDER / DESCRIPTION).write_text(text)


def test_classes_are_known_without_loading_the_model(tmp_path):
    describe(tmp_path, json.dumps({"class_names": ["cat", "dog"]}))
    assert classes_of_model(tmp_path) == ("cat", "dog")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"class_names": 5}'])
def test_a_damaged_description(tmp_path, text):
    describe(tmp_path, text)
    with pytest.raises(RunError, match="has no model"):
        classes_of_model(tmp_path)


def test_no_model(tmp_path):
    with pytest.raises(RunError, match="has no model"):
        classes_of_model(tmp_path)


def test_what_is_sure_is_known_without_loading_the_model(tmp_path):
    assert sure_probability_of_model(tmp_path) is None
    describe(tmp_path, json.dumps({"calibration": {"sure_probability": 0.87}}))
    assert sure_probability_of_model(tmp_path) == 0.87


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"calibration": {"sure_probability": "x"}}'])
def test_models_of_earlier_versions_and_damaged_ones_do_not_say_what_is_sure(tmp_path, text):
    describe(tmp_path, text)
    assert sure_probability_of_model(tmp_path) is None
