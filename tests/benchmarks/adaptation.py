"""What adapting to unlabelled pictures gains: trained on one style, answering held-out pictures of another.

`python -m tests.benchmarks.adaptation DATA ... [--size 100] [--draws 3]`, where DATA is a zip, a folder or the name of
a built-in sample. Its pictures are drawn in several styles. For each pair of the plain style and another, in both
directions, a head is trained on half of the pictures in one style (weight decay and depths by cross-validation, as a
run does), then adapted to the other half in the other style without labels. Prints how many of these it answers right
before and after; a target of the same style shows what adapting costs where there is nothing to adapt to. In skewed
targets the first class has a tenth of its pictures, in others it has none. Refused are draws that were left as they
are, with the head before.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps
from sklearn.linear_model import LogisticRegression

from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.images.decoding import decode
from core.nn.extraction.pretrained import open_features
from core.nn.methods.adaptation import adapt_head
from core.nn.selection.head_choice import choose_head, joined
from core.nn.selection.vectors import stage_vectors
from core.settings import Settings, read_settings
from tests.benchmarks import quality
from tests.benchmarks.measuring import print_table

CONFIG = TrainingConfig()
PLAIN = "plain"
SKEWED_SHARE = 0.1


def _sketch(picture: Image.Image) -> Image.Image:
    grey = ImageOps.grayscale(picture)
    blurred = np.asarray(ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(6)), np.float32)
    drawn = np.minimum(255.0, np.asarray(grey, np.float32) * 256 / (256 - blurred))
    return Image.fromarray(drawn.astype(np.uint8)).convert("RGB")


def _edges(picture: Image.Image) -> Image.Image:
    return ImageOps.invert(ImageOps.grayscale(picture).filter(ImageFilter.FIND_EDGES)).convert("RGB")


def _low_light(picture: Image.Image) -> Image.Image:
    pixels = np.asarray(picture, np.float32) * 0.12
    noise = np.random.default_rng(int(pixels.sum()) % 2**32).normal(0, 8, pixels.shape)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


STYLES: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    PLAIN: lambda picture: picture,
    "sketch": _sketch,
    "edges": _edges,
    "low light": _low_light,
    "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(picture.width / 40)),
    "inverted": ImageOps.invert,
    "posterised": lambda picture: ImageOps.posterize(picture.filter(ImageFilter.ModeFilter(9)), 2),
}


@dataclass(frozen=True)
class Style:
    """The pictures of one style, in the same order for each: unit vectors of each stage, and labels."""

    stages: tuple[np.ndarray, ...]
    labels: np.ndarray


def style_of(name: str, dataset: DatasetIndex, size: int, folder: Path, settings: Settings) -> Style:
    """Draws pictures of each class in a style, and reads them through the network."""
    for label, class_name in enumerate(dataset.class_names):
        (folder / name / class_name).mkdir(parents=True)
        own = [sample for sample in dataset.samples if sample.label == label][: 2 * size]
        for number, sample in enumerate(own):
            picture = Image.fromarray(decode(dataset.picture_path(sample), CONFIG.image_size))
            STYLES[name](picture).save(folder / name / class_name / f"{number:04d}.png")
    drawn = DatasetStore(settings).import_source(folder / name)
    ordered = sorted(drawn.samples, key=lambda sample: sample.name)
    source = open_features(CONFIG, drawn, settings)
    source.ensure(source.head_boundary, [(ordered, 0)])
    rows = source.rows(source.head_boundary, ordered)
    stages = stage_vectors(rows, get_backbone(CONFIG.backbone).stage_features)
    return Style(tuple(stages), np.array([sample.label for sample in ordered]))


@dataclass(frozen=True)
class Gain:
    """Shares of right answers to the unlabelled pictures, before and after adapting, unless that was refused."""

    before: float
    after: float
    is_refused: bool = False


def gain(source: Style, target: Style, draw: int, share: float = 1.0) -> Gain:
    """Adapts to half of the pictures in one style what was trained on the other half in another.

    Args:
        source: the style with labels.
        target: the style without.
        draw: another one takes other halves.
        share: of the target's pictures of the first class that are there.
    """
    order = np.random.default_rng(draw).permutation(len(source.labels))
    known, asked = np.sort(order[::2]), np.sort(order[1::2])
    first = np.flatnonzero(target.labels[asked] == 0)
    asked = np.delete(asked, first[round(share * len(first)) :])
    labels, weights = source.labels[known], np.ones(source.labels.max() + 1)
    stages = [rows[known] for rows in source.stages]
    chosen = choose_head(stages, labels, np.arange(len(known)), weights)
    assert chosen is not None
    vectors = joined(stages, chosen.depths), joined([rows[asked] for rows in target.stages], chosen.depths)
    true = target.labels[asked]
    plain = LogisticRegression(C=chosen.strength, solver="newton-cg").fit(vectors[0], labels).predict(vectors[1])
    found = adapt_head(vectors[0], labels, vectors[1], 1 / chosen.strength, weights)
    after = plain if found is None else found.after
    return Gain(float((plain == true).mean()), float((after == true).mean()), found is None)


def rows_for(styles: Mapping[str, Style], draws: int) -> Iterator[list[str]]:
    """Yields a line for each direction."""
    directions = [(PLAIN, PLAIN)]
    directions += [pair for name in styles if name != PLAIN for pair in ((PLAIN, name), (name, PLAIN))]
    for source, target in directions:
        line = [f"{source} -> {target}"]
        for share in (1.0, SKEWED_SHARE, 0.0):
            found = [gain(styles[source], styles[target], draw, share) for draw in range(draws)]
            gained = [100 * (one.after - one.before) for one in found]
            before, after = (100 * np.mean([getattr(one, name) for one in found]) for name in ("before", "after"))
            refused = sum(one.is_refused for one in found)
            line += [f"{before:.1f}", f"{after:.1f}", f"{np.mean(gained):+.1f}", f"{min(gained):+.1f}", str(refused)]
        yield line


def main() -> None:
    """Measures and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--size", type=int, default=100, help="pictures a class to train on, and as many to adapt to")
    parser.add_argument("--draws", type=int, default=3)
    options = parser.parse_args()
    whole = ["before", "after", "gain", "worst", "refused"]
    header = ["direction", *whole, *(f"skewed: {name}" for name in whole), *(f"missing: {name}" for name in whole)]
    with tempfile.TemporaryDirectory() as home:
        settings = replace(read_settings(), home=Path(home))
        for number, data in enumerate(options.data):
            dataset = quality.imported(DatasetStore(settings), data)
            folder = Path(home) / f"styles {number}"
            styles = {name: style_of(name, dataset, options.size, folder, settings) for name in STYLES}
            print(f"{dataset.name}, {options.size} pictures a class, {options.draws} draws, % right")
            print_table(header, list(rows_for(styles, options.draws)))


if __name__ == "__main__":
    main()
