import json

import pytest

from core.errors import RunError
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER, classes_of_model


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
