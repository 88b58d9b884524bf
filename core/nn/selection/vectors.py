"""Features as unit vectors, by which pictures are compared and heads are chosen."""

from collections.abc import Sequence

import numpy as np

from core.features.feature_space import FeatureRows
from core.features.half_precision import in_half_precision

COMPARED_ROWS = 1000


def unit_vectors(head_inputs: FeatureRows, num_features: int) -> np.ndarray:
    """Returns the features of the last stage as unit vectors, `float32` `(num_rows, num_features)`.

    Args:
        head_inputs: maps `(num_rows, side, side, num_features)`, whose positions are averaged; or averages, those of
            the last stage first.
        num_features: of the last stage.
    """
    starts = range(0, head_inputs.num_rows, COMPARED_ROWS)
    parts = (head_inputs.read(np.arange(start, min(start + COMPARED_ROWS, head_inputs.num_rows))) for start in starts)
    return np.concatenate([_unit(_averages(rows)[:, :num_features]) for rows in parts])


def stage_vectors(head_inputs: FeatureRows, stages: Sequence[int]) -> list[np.ndarray]:
    """Returns the features of each stage as unit vectors, `float32` `(num_rows, size)`.

    Args:
        head_inputs: averages `(num_rows, num_inputs)`, those of the stages first.
        stages: how many of them come from each stage, the last one first.
    """
    rows = head_inputs.read(np.arange(head_inputs.num_rows)).astype(np.float32)
    return [_unit(part) for part in np.split(rows, np.cumsum(stages), axis=1)[:-1]]


def style_statistics(head_inputs: FeatureRows, count: int) -> np.ndarray:
    """Returns the last of the head's inputs, `float32` `(num_rows, count)`.

    Those of new pictures are rounded as kept ones are: of pictures that are much alike, rounding is a difference.

    Args:
        head_inputs: averages `(num_rows, num_inputs)`, followed by the statistics of style.
        count: how many of these there are.
    """
    starts = range(0, head_inputs.num_rows, COMPARED_ROWS)
    parts = (head_inputs.read(np.arange(start, min(start + COMPARED_ROWS, head_inputs.num_rows))) for start in starts)
    return np.concatenate([in_half_precision(rows[:, -count:]).astype(np.float32) for rows in parts])


def _averages(rows: np.ndarray) -> np.ndarray:
    rows = rows.astype(np.float32)
    return rows.mean(axis=(1, 2)) if rows.ndim == 4 else rows


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
