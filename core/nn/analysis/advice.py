"""What a network's frozen features are worth on a data set, before training: cross-validation, and ratings."""

from collections.abc import Iterator, Sequence

import numpy as np

from core.backbones.availability import availability
from core.backbones.table import BACKBONES, get_backbone
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import ConfigError
from core.features.cache import evict
from core.forecast.advice import Advice, NetworkRating
from core.nn.extraction.extraction import FeatureSource
from core.nn.extraction.pretrained import open_features
from core.nn.selection.out_of_fold import folds_of, held_out_logits, in_their_span
from core.nn.selection.training_pictures import class_weights, groups_of, labels_of, some_of
from core.nn.selection.transferability import log_me, nearest_mean_accuracy
from core.nn.selection.vectors import unit_vectors
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop
from core.settings import Settings

# More of them take minutes instead of seconds, and narrow the interval by less than a point.
MOST_PICTURES = 2000
# Of the head that is tried, whatever head the run has. Weaker and stronger ones are as accurate within a point.
WEIGHT_DECAY = 0.01


def advise(
    dataset: DatasetIndex,
    config: TrainingConfig,
    settings: Settings,
    computes: bool = True,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> Advice:
    """Measures how well a linear head on a network's frozen features tells the training pictures apart.

    Args:
        dataset: the data set.
        config: of the planned run: its network, how pictures are given to it, and its split.
        settings: where weights and features are.
        computes: whether pictures may go through the network; otherwise the answer only says how many would have to.
        on_event: told of the phases `features` (pictures) and `advice`.
        should_stop: asked before each batch and each part of the cross-validation.

    Raises:
        ConfigError: the network would start from scratch, so that its features say nothing.
        WeightsError: the network's weights aren't on this machine.
        Stopped: `should_stop` said so; features that were computed are kept for the run.
    """
    if config.from_scratch:
        raise ConfigError(
            "Expected a pretrained network. Received one from scratch, whose features say nothing before it is "
            "trained. Choose other weights."
        )
    # The head's inputs are the same whether or not blocks are unfrozen later.
    config = config.with_options(trainable_blocks=0)
    split = dataset.with_split(**config.split_options)
    training = some_of(split.select("train"), MOST_PICTURES, config.seed)
    source = open_features(config, split, settings, on_event, should_stop)
    missing = source.count_missing(source.head_boundary, training)
    if missing and not computes:
        return Advice(config.backbone, num_missing=missing)
    source.ensure(source.head_boundary, [(training, 0)])
    Progress("advice", 0, on_event, should_stop)
    vectors = _vectors(source, training)
    labels, groups = labels_of(training), groups_of(training)
    weights = class_weights(labels, len(dataset.class_names), config.objective.class_weighting)
    folds = folds_of(labels, groups, len(weights))
    logits = held_out_logits(in_their_span(vectors), labels, folds, WEIGHT_DECAY, weights, should_stop)
    tried = np.isfinite(logits).all(axis=1)
    others = _others(config, split, settings, training)
    rated = [(config.backbone, vectors), *((name, _vectors(other, training)) for name, other in others)]
    evict(settings, settings.cache_bytes, keep=source.space_names)
    return Advice(
        config.backbone,
        num_right=int((logits[tried].argmax(axis=1) == labels[tried]).sum()),
        num_tried=int(tried.sum()),
        num_folds=len(folds),
        num_classes=len(dataset.class_names),
        ratings=tuple(
            NetworkRating(name, log_me(features, labels), nearest_mean_accuracy(features, labels, groups))
            for name, features in rated
        ),
    )


def _vectors(source: FeatureSource, samples: Sequence[Sample]) -> np.ndarray:
    return unit_vectors(source.rows(source.head_boundary, samples), get_backbone(source.config.backbone).num_features)


def _others(
    config: TrainingConfig, dataset: DatasetIndex, settings: Settings, samples: Sequence[Sample]
) -> Iterator[tuple[str, FeatureSource]]:
    """Yields the other networks whose weights are on this machine and whose features of these pictures are cached."""
    for name, backbone in BACKBONES.items():
        if name != config.backbone and availability(backbone, settings).path:
            own = TrainingConfig(backbone=name, image_size=backbone.image_size)
            source = open_features(own, dataset, settings)
            if not source.count_missing(source.head_boundary, samples):
                yield name, source
