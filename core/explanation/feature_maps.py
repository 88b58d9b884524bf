"""What a block of a network makes of a picture: the channels of its output that respond most strongly."""

from dataclasses import dataclass

import numpy as np

MOST_CHANNELS = 16


@dataclass(frozen=True)
class FeatureMaps:
    """The channels of a block's output that respond most strongly to a picture.

    Attributes:
        block: the block's name.
        channels: their indices, the one with the highest mean activation first.
        maps: `float32` `(len(channels), height, width)`, 0-1, each scaled by its own range: 0 where its activation is
            lowest, 1 where it is highest. All 0 if it is the same everywhere.
        num_channels: how many channels the block's output has.
    """

    block: str
    channels: tuple[int, ...]
    maps: np.ndarray
    num_channels: int

    @property
    def has_positions(self) -> bool:
        """Whether a channel has more than one position, so that there is something to see."""
        return self.maps[0].size > 1


def strongest(block: str, activations: np.ndarray) -> FeatureMaps:
    """Chooses the channels with the highest mean activation.

    Args:
        block: name of the block.
        activations: its output for one picture, `(height, width, num_channels)`.

    Returns:
        At most `MOST_CHANNELS` of them; of equal ones, those with the lowest indices first.
    """
    order = np.argsort(-activations.mean(axis=(0, 1)), kind="stable")[:MOST_CHANNELS]
    chosen = np.moveaxis(activations[..., order], -1, 0).astype(np.float32)
    lowest = chosen.min(axis=(1, 2), keepdims=True)
    ranges = chosen.max(axis=(1, 2), keepdims=True) - lowest
    maps = (chosen - lowest) / np.where(ranges > 0, ranges, 1)
    return FeatureMaps(block, tuple(int(channel) for channel in order), maps, activations.shape[-1])
