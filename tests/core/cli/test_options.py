"""Options made from the fields of the configuration, and the configuration made from them."""

import os
from pathlib import Path

import click
import pytest

from core.__main__ import commands
from core.cli.options import config_options, training_config
from core.config.training_config import SETTINGS, option_names
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import ConfigError, DatasetError, WeightsError
from core.runs.recipe_choice import choose_config
from core.settings import Settings
from tests.core.cli.conftest import draw_pictures
from tests.core.conftest import Call


def test_weights_that_arent_a_file_are_bad_input(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    os.mkfifo(tmp_path / "pipe.h5")
    for weights in (tmp_path / "pipe.h5", "a" * 5000):
        code, _, error = call("train", pictures, "--weights", weights)
        assert code == 2 and "There is no file" in error.splitlines()[-1]


def test_every_field_of_the_configuration_is_an_option(call: Call) -> None:
    code, output, _ = call("train", "--help")
    assert code == 0
    options = {option.name: option for option in commands.commands["train"].params}
    for name in option_names():
        assert options[name].help and options[name].default is None
        assert f"--{name.replace('_', '-')}" in output
    assert "--no-flip" in output and options["learning_rate"].type.name == "float"


def test_what_isnt_given_is_none_and_what_is_has_the_type_of_its_field() -> None:
    @click.command()
    @config_options
    def command(**options: object) -> dict[str, object]:
        return options

    arguments = ["--no-flip", "--epochs", "7", "--learning-rate", "1e-3", "--backbone", "vgg16"]
    given = command.main(arguments, standalone_mode=False)
    assert [option.name for option in command.params] == list(SETTINGS), "the help follows the order of the fields"
    assert set(given) == set(option_names())
    values = {name: value for name, value in given.items() if value is not None}
    assert values == {"flip": False, "epochs": 7, "learning_rate": 1e-3, "backbone": "vgg16"}


@pytest.fixture
def shades(home: Settings, tmp_path: Path) -> DatasetIndex:
    return DatasetStore(home).import_source(draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150}, count=3))


def test_a_configuration_is_the_recipes_but_for_what_is_given(shades: DatasetIndex) -> None:
    assert training_config("article", shades, {}) == choose_config("article", shades)
    given = training_config("article", shades, {"epochs": 7, "flip": False})
    assert given == choose_config("article", shades).with_options(epochs=7, flip=False)
    with pytest.raises(ConfigError, match="Expected one of the recipes"):
        training_config("stew", shades, {})


def test_weights_are_a_name_or_the_whole_path_of_a_file(
    shades: DatasetIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("own.h5", "imagenet"):
        (tmp_path / name).write_bytes(b"weights")
    # A run outlives the folder in which its command was given.
    assert training_config("recommended", shades, {"weights": "own.h5"}).weights == str(tmp_path / "own.h5")
    assert training_config("recommended", shades, {"weights": "imagenet"}).weights == "imagenet"
    with pytest.raises(WeightsError, match=r"There is no file 'gone\.h5'\. Fix its path\."):
        training_config("recommended", shades, {"weights": "gone.h5"})


def test_the_data_set_to_adapt_to_is_named_as_any_other(shades: DatasetIndex, home: Settings, tmp_path: Path) -> None:
    other = DatasetStore(home).import_source(draw_pictures(tmp_path / "dusk", {"dark": 0, "bright": 90}, seed=5))
    assert training_config("recommended", shades, {"adapt_to": "dusk"}).adaptation.adapt_to == other.id
    assert training_config("recommended", shades, {"adapt_to": ""}).adaptation.adapt_to == ""
    with pytest.raises(DatasetError, match="There is no data set 'dawn'"):
        training_config("recommended", shades, {"adapt_to": "dawn"})
    with pytest.raises(ConfigError, match="unless a pretrained network stays frozen"):
        training_config("fine_tune", shades, {"adapt_to": "dusk"})
