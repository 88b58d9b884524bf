"""A recipe makes the same choices for a data set everywhere, and counts only training pictures."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.config.recipes import recommended_epochs
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.splits import UNDECIDED
from core.errors import ConfigError
from core.runs.recipe_choice import choose_config


def dataset_of(num_pictures: int, **fields: object) -> DatasetIndex:
    samples = tuple(
        Sample(f"pictures/{number}.png", number % 2, UNDECIDED, f"{number}.png", f"{number:064x}", 9, 9)
        for number in range(num_pictures)
    )
    return replace(DatasetIndex("d", "pets", ("cats", "dogs"), samples, (), 0, Path("/data")), **fields)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_only_training_pictures_count(share: float) -> None:
    dataset = dataset_of(1000)
    config = choose_config("recommended", dataset, validation_split=share)
    assert config.validation_split == share
    assert config.optimization.epochs == recommended_epochs(round(1000 * (1 - share)), config.optimization.batch_size)
    assert config.optimization.epochs > recommended_epochs(1000, config.optimization.batch_size)


def test_the_share_is_the_data_sets_own_unless_it_is_given() -> None:
    dataset = dataset_of(1000, validation_split=0.4)
    assert choose_config("recommended", dataset).validation_split == 0.4
    assert choose_config("recommended", dataset) == choose_config("recommended", dataset, validation_split=0.4)
    assert choose_config("recommended", dataset, validation_split=0.1).validation_split == 0.1


def test_given_options_are_used() -> None:
    config = choose_config("recommended", dataset_of(1000), epochs=7, backbone="vgg16")
    assert (config.optimization.epochs, config.backbone) == (7, "vgg16")
    batches = choose_config("recommended", dataset_of(1000), batch_size=8)
    assert batches.optimization.epochs == recommended_epochs(800, 8)


def test_other_recipes_have_their_own_epochs() -> None:
    configs = [choose_config("article", dataset_of(number)) for number in (1000, 100)]
    assert [config.optimization.epochs for config in configs] == [10, 10]


@pytest.mark.parametrize("options", [{"validation_split": 1.5}, {"batch_size": 0}, {"unheard_of": 1}])
def test_invalid_options_are_refused_before_the_split(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="Expected"):
        choose_config("recommended", dataset_of(10), **options)
    with pytest.raises(ConfigError, match="Expected one of the recipes"):
        choose_config("unheard_of", dataset_of(10))
