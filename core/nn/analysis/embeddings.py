"""Surveys of data sets: their features, from the cache if a run has computed them, and what they show."""

import numpy as np
from threadpoolctl import threadpool_limits

from core.backbones.table import get_backbone
from core.config.recipes import recipe_config
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.quality import label_review
from core.datasets.quality.audit import Issue
from core.datasets.quality.embeddings import EmbeddingAnalysis
from core.features.cache import evict
from core.nn.extraction.pretrained import open_features
from core.nn.selection.vectors import unit_vectors
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop
from core.settings import Settings
from core.wording.coded import Reason

RECIPE = "recommended"


def analyse(
    dataset: DatasetIndex, settings: Settings, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop
) -> EmbeddingAnalysis:
    """Surveys a data set with the features that a recommended run trains on.

    Args:
        dataset: the data set.
        settings: where weights and cached features are.
        on_event: told of the phases `weights`, `features` (pictures), `labels` (models), `outliers` and `map`.
        should_stop: asked before each batch and each model.

    Raises:
        CoreError: it can't be done; the message says what to do.
        Stopped: `should_stop` said so; features that were computed are kept.
    """
    config = recipe_config(RECIPE)
    vectors = _vectors(dataset, config, settings, on_event, should_stop)
    # With several threads the order of summation varies, and on a busy machine they wait for each other for minutes.
    with threadpool_limits(1):
        return _look(dataset, vectors, config.backbone, on_event, should_stop)


def _look(
    dataset: DatasetIndex, vectors: np.ndarray, backbone: str, on_event: OnEvent, should_stop: ShouldStop
) -> EmbeddingAnalysis:
    samples = dataset.samples
    progress = Progress("labels", label_review.MODELS, on_event, should_stop)
    review = label_review.review_labels(vectors, samples, len(dataset.class_names), progress.advance)
    progress = Progress("outliers", len(samples), on_event, should_stop)
    distances = label_review.distances(vectors, samples, progress.advance)
    Progress("map", 0, on_event, should_stop)
    shown = label_review.map_sample(samples)
    return EmbeddingAnalysis(
        dataset_id=dataset.id,
        backbone=backbone,
        paths=tuple(samples[index].path for index in shown),
        coordinates=label_review.project(vectors[shown]),
        issues=(*_doubtful_labels(dataset, review), *_outliers(dataset, distances)),
        accuracy=review.accuracy,
        suggested={samples[index].path: dataset.class_names[review.likely(index)] for index in review.suspects},
    )


def _vectors(
    dataset: DatasetIndex, config: TrainingConfig, settings: Settings, on_event: OnEvent, should_stop: ShouldStop
) -> np.ndarray:
    """Returns the pictures' features as unit vectors, computing those that aren't cached."""
    Progress("weights", 0, on_event, should_stop)
    source = open_features(config, dataset, settings, on_event, should_stop, download=True)
    source.ensure(source.head_boundary, [(dataset.samples, 0)])
    num_features = get_backbone(config.backbone).num_features
    vectors = unit_vectors(source.rows(source.head_boundary, dataset.samples), num_features)
    evict(settings, settings.cache_bytes, keep=source.space_names)
    return vectors


def _doubtful_labels(dataset: DatasetIndex, review: label_review.LabelReview) -> list[Issue]:
    issues = []
    for index in review.suspects:
        sample, likely, probabilities = dataset.samples[index], review.likely(index), review.probabilities[index]
        found = {"class_name": dataset.class_names[likely], "probability": float(probabilities[likely])}
        issues.append(
            Issue("suspect_label", sample.path, Reason("looks_like", found), float(1 - probabilities[sample.label]))
        )
    return issues


def _outliers(dataset: DatasetIndex, distances: np.ndarray) -> list[Issue]:
    indices, usual = label_review.outliers(distances, np.array([sample.label for sample in dataset.samples]))
    issues = []
    for index in indices:
        sample = dataset.samples[index]
        found = {
            "likeness": float(1 - distances[index]),
            "class_name": dataset.class_names[sample.label],
            "usual": float(1 - usual[sample.label]),
        }
        issues.append(Issue("outlier", sample.path, Reason("unlike_others", found), float(distances[index])))
    return issues
