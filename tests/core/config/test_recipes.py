import pytest

from core.config.recipes import (
    RECIPES,
    explain_recommended,
    get_recipe,
    recipe_config,
    recommended_batch_size,
    recommended_epochs,
)
from core.config.training_config import TrainingConfig
from core.errors import ConfigError


def test_the_article_is_exactly_the_article():
    config = recipe_config("article")
    assert (config.backbone, config.weights, config.image_size) == ("vgg16", "imagenet", 150)
    assert (config.head.pooling, config.head.units, config.head.normalize) == ("flatten", 512, False)
    assert (config.head.dropout, config.head.weight_decay, config.freeze.trainable_blocks) == (0, 0, 0)
    steps = config.optimization
    assert (steps.epochs, steps.batch_size, steps.learning_rate) == (10, 32, 1e-3)
    changes = config.augmentation
    assert (changes.shear, changes.zoom, changes.flip) == (0.2, 0.2, True)
    assert (changes.rotation, changes.translation, changes.contrast, changes.brightness) == (0, 0, 0, 0)
    assert config.preprocessing == "unit"
    assert not config.objective.class_weighting


def test_the_recommended_recipe_is_the_default_configuration_at_its_own_rate():
    recommended = recipe_config("recommended")
    assert recipe_config("default") == recommended
    assert recommended == TrainingConfig().with_options(learning_rate=7e-3, schedule="cosine")
    assert recommended.chooses_head
    # Too high for a whole network.
    assert recipe_config("recommended", weights="none").optimization.learning_rate == 1e-3


@pytest.mark.parametrize(("num_pictures", "batch_size"), [(1, 4), (10, 4), (40, 4), (160, 8), (600, 32), (50_000, 32)])
def test_fewer_pictures_are_divided_into_smaller_steps(num_pictures, batch_size):
    assert recommended_batch_size(num_pictures) == batch_size
    assert recipe_config("recommended", num_pictures).optimization.batch_size == batch_size
    assert recipe_config("recommended", num_pictures, batch_size=64).optimization.batch_size == 64


def test_fine_tuning_goes_at_a_tenth_of_the_rate():
    config = recipe_config("fine_tune")
    assert config.freeze.trainable_blocks > 0
    assert config.head_epochs > 0
    rates = config.optimization
    assert rates.fine_tune_learning_rate == pytest.approx(rates.learning_rate / 10)


@pytest.mark.parametrize(("num_pictures", "epochs"), [(600, 60), (1600, 30), (5000, 10), (50_000, 10)])
def test_recommended_epochs_count_steps(num_pictures, epochs):
    assert recommended_epochs(num_pictures, batch_size=32) == epochs
    assert recommended_epochs(8, batch_size=4) == 60
    assert recipe_config("recommended", num_pictures).optimization.epochs == epochs


@pytest.mark.parametrize(
    ("num_pictures", "head_epochs", "epochs", "patience"),
    [(40, 60, 40, 20), (100, 60, 38, 19), (500, 19, 10, 5), (2000, 5, 5, 3), (50_000, 5, 5, 3)],
)
def test_fine_tuning_counts_steps(num_pictures, head_epochs, epochs, patience):
    config = recipe_config("fine_tune", num_pictures)
    assert (config.head_epochs, config.fine_tune_epochs) == (head_epochs, epochs)
    assert config.optimization.early_stopping_patience == patience


def test_a_given_number_of_epochs_wins():
    assert recipe_config("recommended", 10, epochs=3).optimization.epochs == 3
    assert recipe_config("fine_tune", 10, epochs=3).total_epochs == 63


def test_another_backbone_brings_its_own_size():
    assert recipe_config("article", backbone="inceptionv3").image_size == 299
    assert recipe_config("article", backbone="inceptionv3", image_size=150).image_size == 150
    assert recipe_config("article", backbone="vgg16").image_size == 150


def test_from_scratch_trains_every_block():
    assert recipe_config("article", weights="none").num_frozen_blocks == 0
    assert recipe_config("fine_tune", weights="none").num_frozen_blocks == 0
    assert recipe_config("article", weights="none", trainable_blocks=2).num_frozen_blocks == 3


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ConfigError, match="recommended, article, fine_tune"):
        get_recipe("best")


def test_every_recipe_explains_itself():
    assert all(recipe.description and recipe.label for recipe in RECIPES.values())


@pytest.mark.parametrize(
    ("num_pictures", "words"), [(40, "20 pictures a class the network stays as it is"), (600, "300")]
)
def test_the_recommended_recipe_says_what_it_chose_and_why(num_pictures, words):
    config = recipe_config("recommended", num_pictures)
    text = explain_recommended(config, num_pictures, num_classes=2)
    assert words in text
    assert f"every picture at most {config.optimization.epochs} times, and ends once little changes" in text
    assert "trying 6 strengths and 3 depths on held-out parts" in text
    # With so many classes nothing is chosen, so nothing is said of it.
    assert "depths" not in explain_recommended(config, num_pictures, num_classes=101)
    own = config.with_options(cross_validation=False, stop_when_settled=False)
    text = explain_recommended(own, num_pictures, num_classes=2)
    assert f"every picture {own.optimization.epochs} times" in text
    assert "depths" not in text
