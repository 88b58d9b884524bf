"""Measures the figures of the guide on the built-in samples, and writes them where the guide reads them.

`python -m tests.benchmarks.guide_figures [NAME ...] [--folder FOLDER]`, all figures by default. Each is trained for
real, offline; all together take about an hour on two cores. Numbers are stored, and what they were measured on; words
and colours are the guide's.
"""

import argparse
import datetime
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from core.config.parts import Augmentation
from core.datasets.splits import TRAIN, VALIDATION
from core.evaluation.calibration import calibration_error, reliability
from core.evaluation.evaluation import wilson_interval
from core.evaluation.prediction import Verdict
from core.explanation.overlay import overlay
from core.images.augmentation import make_view
from core.images.decoding import decode
from core.nn.analysis.heat_maps import HeatMaps
from core.nn.inference.predictor import Predictor
from core.nn.selection.pixel_baseline import answer_from_pixels
from core.nn.selection.training_pictures import labels_of
from core.settings import read_settings
from tests.benchmarks.guide_workshop import Workshop, drawn, facts, head_accuracy, line, rounded
from tests.project import ROOT

FOLDER = ROOT / "pages" / "components" / "guide"
FIGURES_FOLDER, PICTURES_FOLDER = "figures", "pictures"
GENERATED = ("puzzle", "textures", "digits", "faces")
VIEWS = 8
UNCHANGED = {"flip": False, "zoom": 0.0, "translation": 0.0}
MILD: dict[str, Any] = {"flip": True, "zoom": 0.1, "translation": 0.05, "views": VIEWS}
STRONG: dict[str, Any] = {
    "flip": True,
    "rotation": 30,
    "zoom": 0.3,
    "shear": 0.2,
    "brightness": 0.2,
    "contrast": 0.2,
    "views": 8,
}
SCRATCH_STEPS, MOST_EPOCHS = 240, 30
SCRATCH: dict[str, Any] = {"weights": "none", "batch_size": 8, "stop_when_settled": False}
QUALITY = 82


def domains(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """Pictures of four samples as the frozen network sees them, in two dimensions."""
    chosen, names = [], []
    for name in GENERATED:
        vectors = workshop.vectors(workshop.sample(name))
        picked = np.random.default_rng(0).permutation(len(vectors))[:60]
        chosen.append(vectors[picked])
        names += [name] * len(picked)
    places = PCA(2, random_state=0).fit_transform(np.concatenate(chosen))
    points = [
        {"code": name, "x": rounded(places[own, 0], 3), "y": rounded(places[own, 1], 3)}
        for name in GENERATED
        for own in (np.array(names) == name,)
    ]
    return facts("all", 0, 1, num_pictures=len(names)) | {"lines": points}


def samples(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """Recommended on each sample, and a classifier on the bare pixels."""
    lines = _empty_lines("frozen", "pixels")
    for name in GENERATED:
        dataset = workshop.sample(name)
        test = workshop.train(dataset, "recommended").evaluation(VALIDATION)
        pixels = answer_from_pixels(dataset, 0)
        assert pixels is not None
        labels = {sample.path: sample.label for sample in dataset.select(VALIDATION)}
        right = {
            "frozen": int((test.predictions == test.labels).sum()),
            "pixels": sum(answer == labels[path] for path, answer in pixels.answers.items()),
        }
        for code, own in lines.items():
            low, high = wilson_interval(right[code], len(labels))
            own["x"].append(name)
            for key, value in (("y", right[code] / len(labels)), ("low", low), ("high", high)):
                own[key].append(round(value, 4))
    return facts("all", 0, 1) | {"lines": list(lines.values())}


def curves(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """Validation accuracy by epoch: frozen, fine-tuned, from scratch."""
    dataset, side, epochs = workshop.sample("puzzle"), 96, 20
    arms: dict[str, tuple[str, dict[str, Any]]] = {
        "frozen": ("recommended", {"epochs": epochs, "stop_when_settled": False}),
        "fine_tune": ("fine_tune", {"head_epochs": 8, "epochs": 12, "early_stopping_patience": 0}),
        "scratch": ("recommended", {**SCRATCH, "batch_size": 16, "epochs": epochs}),
    }
    found, seconds = [], {}
    for code, (recipe, options) in arms.items():
        trained = workshop.train(dataset, recipe, image_size=side, **options)
        heights = [event.metrics["val_accuracy"] for event in trained.events]
        found.append(
            {"code": code, "x": [event.epoch for event in trained.events], "y": rounded(heights)}
        )  # fmt: skip
        seconds[code] = round(trained.seconds, 1)
        print(code, heights, seconds[code], flush=True)
    tested = len(dataset.select(VALIDATION))
    return facts("puzzle", tested, 1, num_training=len(dataset.select(TRAIN)), side=side) | {
        "lines": found,
        "seconds": seconds,
    }


def few_pictures(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """Test accuracy by pictures a class: with the frozen network, and from scratch."""
    dataset, side, sizes, draws = workshop.sample("puzzle"), 64, (2, 5, 12, 32), 5
    stages = workshop.stages(dataset, side)
    transfer = [
        [head_accuracy(stages, dataset, drawn(dataset, size, seed), chooses=True) for seed in range(draws)]
        for size in sizes
    ]
    # One draw, as each takes minutes: its intervals are those of a share.
    scratch = _empty_lines("scratch")["scratch"]
    for size in sizes[1:]:
        draw = drawn(dataset, size, 0)
        steps = -(-len(draw.select(TRAIN)) // SCRATCH["batch_size"])
        options = {**SCRATCH, "epochs": min(MOST_EPOCHS, SCRATCH_STEPS // steps)}
        test = workshop.train(draw, "recommended", image_size=side, **options).evaluation()
        for key, value in (("x", size), ("y", test.accuracy), ("low", test.interval[0]), ("high", test.interval[1])):
            scratch[key].append(round(value, 4))
        print(size, test.accuracy, flush=True)
    tested = len(dataset.select(VALIDATION))
    return facts("puzzle", tested, draws, side=side, draws_scratch=1, steps_scratch=SCRATCH_STEPS) | {
        "lines": [line("transfer", sizes, transfer), scratch]
    }


def blocks(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """Test accuracy and seconds by the number of trainable blocks."""
    dataset, side, numbers, draws = workshop.sample("puzzle"), 64, (0, 1, 3, 5), 3
    accuracies: list[list[float]] = []
    seconds: list[float] = []
    params: list[int] = []
    for number in numbers:
        own, spent = [], []
        for seed in range(draws):
            draw = drawn(dataset, 10, seed)
            # All with the same steps for the last layer, and without changed copies, which cost the most.
            options = {"trainable_blocks": number, "head_epochs": 40, "epochs": 40 if number == 0 else 15, **UNCHANGED}
            trained = workshop.train(draw, "fine_tune", seed, image_size=side, early_stopping_patience=0, **options)
            own.append(trained.evaluation().accuracy)
            spent.append(trained.seconds)
            print(number, own, spent, flush=True)
        accuracies.append(own)
        seconds.append(round(float(np.median(spent)), 1))
        params.append(trained.config.trainable_params(len(dataset.class_names)))
    return facts("puzzle", len(dataset.select(VALIDATION)), draws, a_class=10, side=side) | {
        "lines": [line("fine_tune", numbers, accuracies)],
        "seconds": seconds,
        "params": params,
    }


def negative(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """Digits: a classifier on the pixels against the frozen network, by pictures a class.

    The network's last features alone, as most tutorials take them, and those that Recommended chooses.
    """
    dataset, sizes, draws = workshop.sample("digits"), (2, 5, 10, 20, 40), 5
    stages = workshop.stages(dataset)
    found: dict[str, list[list[float]]] = {"pixels": [], "last": [], "chosen": []}
    for size in sizes:
        for own in found.values():
            own.append([])
        for seed in range(draws):
            draw = drawn(dataset, size, seed)
            for code, chooses in (("last", False), ("chosen", True)):
                found[code][-1].append(head_accuracy(stages, dataset, draw, chooses))
            asked = replace(
                draw,
                samples=tuple(
                    sample.in_split(TRAIN if sample.split == TRAIN else VALIDATION)
                    for sample in draw.samples
                    if sample.split != VALIDATION
                ),
            )
            answers = answer_from_pixels(asked, seed)
            assert answers is not None
            labels = {sample.path: sample.label for sample in asked.select(VALIDATION)}
            found["pixels"][-1].append(float(np.mean([answers.answers[path] == labels[path] for path in labels])))
        print(size, {code: float(np.mean(own[-1])) for code, own in found.items()}, flush=True)
    lines = [line(code, sizes, values) for code, values in found.items()]
    return facts("digits", len(dataset.select(VALIDATION)), draws) | {"lines": lines}


def augmentation(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """Test accuracy with a handful of pictures a class, with and without changed copies."""
    dataset, sizes, draws, side = workshop.sample("puzzle"), (2, 5, 10), 8, 96
    arms: dict[str, dict[str, Any]] = {"none": {}, "mild": MILD, "strong": STRONG}
    lines = []
    for code, options in arms.items():
        found = [
            [workshop.train(drawn(dataset, size, seed), "recommended", seed, image_size=side, **options)
             .evaluation().accuracy for seed in range(draws)]
            for size in sizes
        ]  # fmt: skip
        print(code, found, flush=True)
        lines.append(line(code, sizes, found))
    return facts("puzzle", len(dataset.select(VALIDATION)), draws, side=side, views=VIEWS) | {"lines": lines}


def same_picture(workshop: Workshop, folder: Path) -> Mapping[str, Any]:
    """One picture as it is, and changed eleven times."""
    dataset, side = workshop.sample("faces"), 96
    sample = _of_class(dataset.select(TRAIN), dataset.class_names.index("face"))[3]
    picture = decode(dataset.picture_path(sample), side)
    views = [make_view(picture, Augmentation(**STRONG), 0, sample.digest, view) for view in range(12)]
    _save_grid(views, 6, folder / PICTURES_FOLDER / "same_picture.jpg")
    return facts("faces", 0, 1, num_pictures=1) | {"picture": "same_picture.jpg", "lines": []}


def shift(workshop: Workshop, folder: Path) -> Mapping[str, Any]:
    """A model asked about pictures of a changed domain, as it is and after moving the domain's mean."""
    dataset = workshop.sample("puzzle")
    train = workshop.vectors(dataset)
    is_train = np.array([sample.split == TRAIN for sample in dataset.samples])
    labels = labels_of(dataset.samples)
    head = LogisticRegression(C=100, max_iter=2000).fit(train[is_train], labels[is_train])
    centred = LogisticRegression(C=100, max_iter=2000).fit(train[is_train] - train[is_train].mean(0), labels[is_train])
    changes: dict[str, Callable[[Image.Image], Image.Image]] = {
        "same": lambda picture: picture,
        "gray": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
        "dark": lambda picture: Image.eval(picture, lambda value: value // 4),
        "blurred": lambda picture: picture.resize((16, 16)).resize(picture.size),
        "negative": ImageOps.invert,
    }
    found = _empty_lines("as_is", "recentred")
    tested = [sample for sample in dataset.samples if sample.split == VALIDATION]
    for change, act in changes.items():
        with tempfile.TemporaryDirectory() as made:
            for sample in tested:
                place = Path(made) / dataset.class_names[sample.label]
                place.mkdir(exist_ok=True)
                with Image.open(dataset.picture_path(sample)) as picture:
                    act(picture.convert("RGB")).save(place / Path(sample.path).name)
            changed = workshop.bring(Path(made), f"Puzzle, {change}")
        vectors, truth = workshop.vectors(changed), labels_of(changed.samples)
        answers = {"as_is": head.predict(vectors), "recentred": centred.predict(vectors - vectors.mean(0))}
        for code, own in found.items():
            right = int((answers[code] == truth).sum())
            low, high = wilson_interval(right, len(truth))
            own["x"].append(change)
            for key, value in (("y", right / len(truth)), ("low", low), ("high", high)):
                own[key].append(round(value, 4))
    num_training = int(is_train.sum())
    return facts("puzzle", len(tested), 1, num_training=num_training) | {"lines": list(found.values())}


def few_shots(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """One to twenty pictures a class: nearest class mean and a linear head on the same frozen features."""
    dataset, shots, draws = workshop.sample("puzzle"), (1, 2, 3, 5, 10, 20), 30
    vectors, labels = workshop.vectors(dataset), labels_of(dataset.samples)
    is_train = np.array([sample.split == TRAIN for sample in dataset.samples])
    tested, truth = vectors[~is_train], labels[~is_train]
    found: dict[str, list[list[float]]] = {"nearest_mean": [], "linear": []}
    for shot in shots:
        for own in found.values():
            own.append([])
        for seed in range(draws):
            generator = np.random.default_rng(seed)
            picked = np.concatenate(
                [generator.permutation(np.flatnonzero(is_train & (labels == one)))[:shot] for one in np.unique(labels)]
            )
            means = np.stack([vectors[picked][labels[picked] == one].mean(0) for one in np.unique(labels)])
            means /= np.linalg.norm(means, axis=1, keepdims=True)
            found["nearest_mean"][-1].append(float(((tested @ means.T).argmax(1) == truth).mean()))
            head = LogisticRegression(C=100, max_iter=2000).fit(vectors[picked], labels[picked])
            found["linear"][-1].append(float((head.predict(tested) == truth).mean()))
    lines = [line(code, shots, values) for code, values in found.items()]
    return facts("puzzle", len(truth), draws) | {"lines": lines}


def calibration(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """How often answers were right by their probability, before and after the temperature."""
    dataset, draws, a_class = workshop.sample("digits"), 5, 20
    tests = [workshop.train(drawn(dataset, a_class, seed), "recommended", seed).evaluation() for seed in range(draws)]
    labels = np.concatenate([test.labels for test in tests])
    found = []
    errors = {}
    for code, parts in (
        ("uncalibrated", [test.uncalibrated for test in tests]),
        ("calibrated", [test.probabilities for test in tests]),
    ):
        probabilities = np.concatenate(parts)
        points = reliability(probabilities, labels)
        errors[code] = round(calibration_error(probabilities, labels), 4)
        found.append(
            {
                "code": code,
                "x": rounded([point.probability for point in points]),
                "y": rounded([point.share_right for point in points]),
                "count": [point.count for point in points],
            }
        )
    tested = len(dataset.select(VALIDATION))
    return facts("digits", tested, draws, a_class=a_class) | {"lines": found, "errors": errors}


def unlike(workshop: Workshop, _folder: Path) -> Mapping[str, Any]:
    """Of each sample's pictures, how many a model of each sample calls unlike anything seen."""
    most = 100
    asked: dict[str, list[Path]] = {}
    for name in GENERATED:
        dataset = workshop.sample(name)
        pictures = dataset.select(VALIDATION)
        picked = np.random.default_rng(0).permutation(len(pictures))[:most]
        asked[name] = [dataset.picture_path(pictures[index]) for index in picked]
    lines = []
    for name in GENERATED:
        predictor = Predictor(workshop.train(workshop.sample(name), "recommended").folder)
        shares = [
            float(np.mean([answer.verdict == Verdict.UNLIKE for answer in predictor.predict(asked[other])]))
            for other in GENERATED
        ]
        lines.append({"code": name, "x": list(GENERATED), "y": rounded(shares)})
    return facts("all", 0, 1, most_asked=most) | {"lines": lines}


def heat_map(workshop: Workshop, folder: Path) -> Mapping[str, Any]:
    """Pictures that a model has never seen, and what of them spoke for its answers."""
    dataset, side = workshop.sample("faces"), 160
    trained = workshop.train(dataset, "recommended")
    maps = HeatMaps(Predictor(trained.folder).trained)
    faces = _of_class(dataset.select(VALIDATION), dataset.class_names.index("face"))
    others = _of_class(dataset.select(VALIDATION), dataset.class_names.index("not a face"))
    top, bottom, answers = [], [], []
    for sample in [*faces[:4], *others[:2]]:
        path = dataset.picture_path(sample)
        found = maps.explain(path)
        picture = Image.fromarray(decode(path, side))
        top.append(np.asarray(picture))
        bottom.append(np.asarray(overlay(picture, found.heat, 0.6)))
        answers.append(found.answer)
    _save_grid([*top, *bottom], len(top), folder / PICTURES_FOLDER / "heat_map.jpg")
    return facts("faces", len(top), 1, num_training=len(dataset.select(TRAIN))) | {
        "picture": "heat_map.jpg",
        "answers": answers,
        "lines": [],
    }


FIGURES: dict[str, Callable[[Workshop, Path], Mapping[str, Any]]] = {
    figure.__name__: figure
    for figure in (
        domains,
        samples,
        negative,
        calibration,
        unlike,
        heat_map,
        same_picture,
        few_shots,
        shift,
        augmentation,
        curves,
        blocks,
        few_pictures,
    )
}


def _empty_lines(*codes: str) -> dict[str, dict[str, Any]]:
    return {code: {"code": code, "x": [], "y": [], "low": [], "high": []} for code in codes}


def _of_class(pictures: Any, label: int) -> list[Any]:
    return [sample for sample in pictures if sample.label == label]


def _save_grid(pictures: list[np.ndarray], columns: int, path: Path, gap: int = 6) -> None:
    """Writes pictures of one size side by side."""
    side = len(pictures[0])
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (side + gap) - gap, rows * (side + gap) - gap), (127, 143, 148))
    for index, picture in enumerate(pictures):
        corner = (index % columns * (side + gap), index // columns * (side + gap))
        sheet.paste(Image.fromarray(picture), corner)
    sheet.save(path, "JPEG", quality=QUALITY)


def main() -> None:
    """Measures the figures and writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    for part in (FIGURES_FOLDER, PICTURES_FOLDER):
        (options.folder / part).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        workshop = Workshop(replace(read_settings(), home=Path(home)))
        for name in options.names or FIGURES:
            start = time.monotonic()
            found = {"name": name, "date": datetime.date.today().isoformat(), **FIGURES[name](workshop, options.folder)}
            (options.folder / FIGURES_FOLDER / f"{name}.json").write_text(json.dumps(found) + "\n")
            print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
