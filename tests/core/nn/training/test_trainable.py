import keras
import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.nn.networks.classifier import Classifier, build_classifier
from core.nn.training.trainable import Trainable

CONFIG = TrainingConfig(backbone="mobilenetv3small", image_size=32, weights="none")


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """With its last two blocks unfrozen."""
    return build_classifier(CONFIG.with_options(trainable_blocks=2), 3)


def same(left: list[keras.Variable], right: list[keras.Variable]) -> bool:
    return {id(variable) for variable in left} == {id(variable) for variable in right}


def test_all_learn_at_one_rate_or_each_block_more_slowly(classifier: Classifier) -> None:
    network = Trainable.whole(classifier, from_scratch=True)
    everything = [*classifier.head.trainable_variables, *classifier.suffix.trainable_variables]
    ((together, factor),) = network.groups(1.0)
    assert same(together, everything) and factor == 1
    (last, first_factor), (earlier, second_factor) = network.groups(0.5)
    assert (first_factor, second_factor) == (1.0, 0.5)
    assert same(last, [*classifier.head.trainable_variables, *classifier.unfrozen[0]])
    assert same(earlier, list(classifier.unfrozen[1]))


def test_a_head_alone_is_one_group(classifier: Classifier) -> None:
    network = Trainable(None, classifier.head)
    for decay in (1.0, 0.5):
        ((variables, factor),) = network.groups(decay)
        assert same(variables, classifier.head.trainable_variables) and factor == 1
    assert same(network.variables, classifier.head.variables)


def test_logits_are_the_heads_output_for_its_inputs(classifier: Classifier) -> None:
    network = Trainable.whole(classifier, from_scratch=False)
    rows = np.random.default_rng(0).random((2, *classifier.suffix.input_shape[1:])).astype(np.float16)
    inputs = network.head_inputs(rows)
    np.testing.assert_allclose(inputs, classifier.suffix(rows.astype(np.float32), training=False), rtol=1e-5)
    np.testing.assert_allclose(network.logits(rows), classifier.head(inputs, training=False), rtol=1e-5)


def test_batch_norm_moves_from_scratch_only(classifier: Classifier) -> None:
    rows = np.random.default_rng(0).random((4, *classifier.suffix.input_shape[1:])).astype(np.float32) * 9
    statistics = [v for v in classifier.suffix.non_trainable_variables if "moving" in v.path]
    before = [variable.numpy() for variable in statistics]
    Trainable.whole(classifier, from_scratch=False).logits(rows, training=True)
    assert all(np.array_equal(now, old) for now, old in zip(statistics, before, strict=True))
    Trainable.whole(classifier, from_scratch=True).logits(rows, training=True)
    assert not any(np.array_equal(now, old) for now, old in zip(statistics, before, strict=True))
    assert {id(v) for v in statistics} <= {id(v) for v in Trainable.whole(classifier, True).variables}
