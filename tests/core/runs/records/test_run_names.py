"""Names of runs, given by users or by default."""

import pytest

from core.config.recipes import RECIPES
from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.runs.records.run_names import NAME_LENGTH, checked_name, checked_note, default_name, free_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Mine", "Mine"),
        ("  First\ttry \n", "First try"),
        ("a \x1b[31m b", "a [31m b"),
        ("Kätzchen 猫", "Kätzchen 猫"),
        ("n" * NAME_LENGTH, "n" * NAME_LENGTH),
        (" " + "n" * NAME_LENGTH + " ", "n" * NAME_LENGTH),
    ],
)
def test_names_are_tidied(given: str, name: str) -> None:
    assert checked_name(given) == name


@pytest.mark.parametrize(("given", "length"), [("", 0), (" \n\x00\u202e", 0), ("n" * (NAME_LENGTH + 1), 101)])
def test_names_that_are_empty_or_too_long_are_refused(given: str, length: int) -> None:
    with pytest.raises(RunError, match=rf"Expected a name of 1 to 100 characters\. Received {length}\. Choose another"):
        checked_name(given)


def test_a_run_without_a_recipe_is_called_by_its_backbone() -> None:
    config = TrainingConfig(backbone="vgg16")
    assert default_name("Textures", config, "") == default_name("Textures", config, "unheard of") == "Textures, VGG16"


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_name_has_the_recipe_and_a_backbone_other_than_its_own(recipe: str) -> None:
    own = RECIPES[recipe].config
    words = RECIPES[recipe].label.lower()
    assert default_name("Textures", own, recipe) == f"Textures, {words}"
    other = TrainingConfig(backbone="densenet121")
    assert default_name("Textures", other, recipe) == f"Textures, {words} with DenseNet121"


def test_the_name_says_that_nothing_was_pretrained() -> None:
    scratch = TrainingConfig(weights="none").with_options(trainable_blocks=9)
    assert default_name("Textures", scratch, "recommended") == "Textures, recommended from scratch"
    assert default_name("Textures", scratch, "") == "Textures, EfficientNet-Lite0 from scratch"


def test_a_default_name_may_be_given_as_it_is() -> None:
    name = default_name("d" * 300, TrainingConfig(), "")
    assert checked_name(name) == name == "d" * NAME_LENGTH


@pytest.mark.parametrize(
    ("taken", "name"),
    [
        ([], "Mine"),
        (["mine", "Mine (2)"], "Mine"),
        (["Mine"], "Mine (2)"),
        (["Mine", "Mine (2)", "Mine (3)", "Mine (5)"], "Mine (4)"),
    ],
)
def test_a_name_that_is_taken_gets_a_number(taken: list[str], name: str) -> None:
    assert free_name("Mine", iter(taken)) == name


def test_note_is_one_tidy_line():
    assert checked_note("  looks\ngood,\t try\x1b more ") == "looks good, try more"
    assert checked_note("") == ""


def test_note_that_is_too_long_is_refused():
    with pytest.raises(RunError, match="Received 501"):
        checked_note("x" * 501)
