"""Style: how pictures look before what is on them, such as colour, sharpness and texture.

The last stages of a network that was trained to tell things apart let go of it. So to them digits enlarged from eight
by eight pixels are much like squares cut out of photographs, although no person would take one for the other.
Statistics of an early stage's channels tell them apart.
"""

from dataclasses import dataclass

import numpy as np

FOLDS = 10
# With so many statistics each part takes seconds.
MANY_STATISTICS, FOLDS_OF_MANY = 500, 4


@dataclass(frozen=True)
class Style:
    """The styles that training pictures have, as a normal distribution.

    Attributes:
        mean: of the statistics, `float32` `(size,)`.
        precision: the inverse of their covariance, `float32` `(size, size)`.
        limit: the Mahalanobis distance from the mean that nearly all pictures of the model's own kind stay within.
    """

    mean: np.ndarray
    precision: np.ndarray
    limit: float = float("inf")

    def distances(self, statistics: np.ndarray) -> np.ndarray:
        """Returns how far statistics `(n, size)` are from those of the training pictures, `float64` `(n,)`."""
        apart = statistics.astype(np.float64) - self.mean
        return np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", apart, self.precision, apart, optimize=True), 0))


def style_of(statistics: np.ndarray) -> Style:
    """Fits the distribution of styles, with a covariance shrunk as far as few pictures ask for.

    Args:
        statistics: of training pictures, `(num_pictures, size)`; see `ChannelStatistics`.
    """
    from sklearn.covariance import LedoitWolf

    found = LedoitWolf().fit(statistics.astype(np.float64))
    return Style(found.location_.astype(np.float32), found.precision_.astype(np.float32))


def out_of_fold_distances(statistics: np.ndarray, groups: np.ndarray) -> np.ndarray | None:
    """Returns how far each picture is from the style of the others, `float64` `(num_pictures,)`.

    Args:
        statistics: `(num_pictures, size)`.
        groups: which pictures are copies of each other, `(num_pictures,)`.

    Returns:
        None if they are all copies of each other.
    """
    from sklearn.model_selection import GroupKFold
    from threadpoolctl import threadpool_limits

    num_groups = len(np.unique(groups))
    if num_groups < 2:
        return None
    folds = FOLDS_OF_MANY if statistics.shape[1] > MANY_STATISTICS else FOLDS
    found = np.empty(len(statistics))
    # The matrices are small: beside other work, threads that wait for each other take far longer than one.
    with threadpool_limits(1):
        for others, part in GroupKFold(min(folds, num_groups)).split(statistics, groups=groups):
            found[part] = style_of(statistics[others]).distances(statistics[part])
    return found
