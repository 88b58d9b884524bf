"""What a model keeps of its training pictures, to tell familiar pictures from foreign ones.

A picture is foreign if it shows what no training picture shows, by the features of the last stage, or if it looks as
none of them looks, by statistics of an early stage. Either test may take half of the false alarms.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.datasets.sample import Sample
from core.features.feature_space import FeatureRows
from core.nn.methods.target_pictures import Adapted
from core.nn.networks.model_files import TrainingEmbeddings
from core.nn.selection.familiarity import (
    FALSE_ALARMS,
    NEIGHBOUR,
    Familiarity,
    can_promise,
    familiarity,
    leave_one_out_similarities,
    widened,
)
from core.nn.selection.style import Style, out_of_fold_distances, style_of
from core.nn.selection.training_pictures import groups_of, labels_of
from core.nn.selection.vectors import style_statistics, unit_vectors
from core.nn.training.notes import UNKNOWN_CLASSES, familiarity_notes
from core.wording.coded import Note


@dataclass(frozen=True)
class Compared:
    """Pictures of a run.

    Attributes:
        samples: the pictures.
        head_inputs: of these pictures, with the trained network.
    """

    samples: Sequence[Sample]
    head_inputs: FeatureRows


@dataclass(frozen=True)
class _Limit:
    """From where on pictures count as familiar, and which validation pictures that leaves out.

    Attributes:
        found: the limit.
        alarms: whether validation pictures were below it before it was lowered for them, `bool` `(num_validation,)`;
            None if it wasn't.
    """

    found: Familiarity
    alarms: np.ndarray | None


def training_reference(
    training: Compared, validation: Compared, config: TrainingConfig, is_fine_tuned: bool, adapted: Adapted | None
) -> tuple[TrainingEmbeddings, list[Note]]:
    """Returns what is kept of training pictures, and what is to be known of it.

    Args:
        training: pictures to keep.
        validation: all validation pictures.
        config: of the run.
        is_fine_tuned: whether blocks of the network have learned from the training pictures.
        adapted: what adapting the head left; None if it wasn't adapted.
    """
    num_features = get_backbone(config.backbone).num_features
    vectors = unit_vectors(training.head_inputs, num_features).astype(np.float16)
    paths = tuple(one.path for one in training.samples)
    reference = TrainingEmbeddings(vectors, paths, -1.0, NEIGHBOUR, adapted.vectors if adapted else None)
    styles = _statistics(training, config) if config.compares_styles and not adapted else None
    style = _style(training, validation, styles) if styles is not None else None
    false_alarms = FALSE_ALARMS / 2 if style else FALSE_ALARMS
    limit = _content_limit(reference, training, validation, is_fine_tuned, adapted, false_alarms)
    limits = [limit]
    reference = replace(reference, threshold=limit.found.threshold)
    if style:
        limits.append(style[1])
        reference = replace(reference, style=replace(style[0], limit=-style[1].found.threshold))
    widening = [one.alarms for one in limits if one.alarms is not None]
    found = replace(
        limit.found,
        is_certain=all(one.found.is_certain for one in limits),
        num_alarms=int(np.any(widening, axis=0).sum()) if widening else 0,
    )
    notes = familiarity_notes(found, len(validation.samples))
    if not is_fine_tuned and not adapted:
        notes.append(_unknown_classes(reference, labels_of(training.samples), styles))
    return reference, notes


def _unknown_classes(reference: TrainingEmbeddings, labels: np.ndarray, styles: np.ndarray | None) -> Note:
    """Returns how many pictures of a class would be called foreign by a model that had never seen this class.

    Besides all together, it says how large the share (0-1) is of the class with the least and of that with the most.

    Frozen blocks haven't learned to tell these classes apart, so to them the pictures of a hidden class are as new as
    any. The limits are those that all classes set: limits set without the hidden class found as many within 10 points
    (eleven data sets, 20 pictures a class and all).

    Args:
        reference: with its limits.
        labels: of its pictures, `int64` `(num_pictures,)`.
        styles: statistics of its pictures, `(num_pictures, size)`; None if they aren't compared.
    """
    is_found = leave_one_out_similarities(reference.vectors, labels) < reference.threshold
    distances = out_of_fold_distances(styles, labels) if styles is not None and reference.style else None
    if reference.style and distances is not None:
        is_found |= distances > reference.style.limit
    shares = [float(is_found[labels == label].mean()) for label in np.unique(labels)]
    found = {"count": int(is_found.sum()), "total": len(labels)}
    return Note(UNKNOWN_CLASSES, found | {"least": min(shares), "most": max(shares)})


def _content_limit(
    reference: TrainingEmbeddings,
    training: Compared,
    validation: Compared,
    is_fine_tuned: bool,
    adapted: Adapted | None,
    false_alarms: float,
) -> _Limit:
    """Measures how similar pictures are to others of their kind: training pictures first, then validation pictures.

    Unfrozen blocks have learned to put training pictures close together, new ones less so: then only the validation
    pictures show it.
    """
    vectors = unit_vectors(validation.head_inputs, reference.vectors.shape[1])
    _, cosines = reference.nearest(vectors, NEIGHBOUR)
    similarities = reference.familiarity(vectors, cosines)
    if is_fine_tuned:
        return _Limit(familiarity(similarities, labels_of(validation.samples)), None)
    if adapted:
        found = adapted.familiarity(reference.vectors, training.samples)
    else:
        others = leave_one_out_similarities(reference.vectors, groups_of(training.samples))
        found = familiarity(others, labels_of(training.samples), false_alarms)
    return _widened(found, similarities, false_alarms)


def _statistics(pictures: Compared, config: TrainingConfig) -> np.ndarray:
    """Returns the statistics of pictures' styles, `(num_pictures, size)`."""
    stages = get_backbone(config.backbone).stage_features
    count = pictures.head_inputs.read(np.arange(1)).shape[1] - sum(stages)
    return style_statistics(pictures.head_inputs, count)


def _style(training: Compared, validation: Compared, styles: np.ndarray) -> tuple[Style, _Limit] | None:
    """Returns the style of the training pictures, with its limit; None if they are too few to set one.

    Args:
        training: the pictures.
        validation: all validation pictures.
        styles: statistics of the training pictures, `(num_pictures, size)`.
    """
    if not can_promise(FALSE_ALARMS / 2, len(training.samples)):
        return None
    distances = out_of_fold_distances(styles, groups_of(training.samples))
    if distances is None:
        return None
    found = familiarity(-distances, labels_of(training.samples), FALSE_ALARMS / 2)
    style = style_of(styles)
    held_out = style.distances(style_statistics(validation.head_inputs, styles.shape[1]))
    return style, _widened(found, -held_out, FALSE_ALARMS / 2)


def _widened(found: Familiarity, similarities: np.ndarray, false_alarms: float) -> _Limit:
    lower = widened(found, similarities, false_alarms)
    return _Limit(lower, similarities < found.threshold if lower.num_alarms else None)
