"""Commands about models: `evaluate`, `predict`, `backbones`. TensorFlow is loaded only if a model is."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from core.backbones.availability import availability
from core.backbones.backbone import Backbone
from core.backbones.table import BACKBONES
from core.cli.runs import run_store
from core.cli.slices import choose_grouping, print_slices, slices_values
from core.cli.terminal.output import in_words, json_option, print_json, print_table, say
from core.datasets.archives.folder_reader import begins_like_a_picture
from core.datasets.attributes.groupings import Grouping
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError, RunError
from core.evaluation import verdicts
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.evaluation.prediction import Prediction
from core.evaluation.words.results import left_out
from core.files.user_files import is_folder, open_file, walk
from core.nn.networks.model_folder import classes_of_model
from core.runs.other_data import evaluate_on, match_classes, save_other, trained_on
from core.runs.records.store import Run, RunStore
from core.settings import settings
from core.wording.lists import listed

SHOWN_CLASSES = 5
# Above the first number the matrix isn't printed whole; above the second not even as JSON: it would take gigabytes.
MOST_CLASSES, MOST_IN_MATRIX = 100, 1000


@click.command()
@click.argument("run")
@click.option("--dataset", help="Another data set to evaluate on; by default the pictures that the run held out.")
@click.option("--by", help="Compare groups too: folder, size, shape, brightness, sharpness or a column of your table.")
@json_option
def evaluate(run: str, dataset: str | None, by: str | None, as_json: bool) -> None:
    """Show how good a run's model is: accuracy, per-class table, confusion matrix, groups of pictures."""
    store = run_store(only_look=True)
    found = run_with_model(store, run)
    index = DatasetStore(settings()).get(dataset) if dataset else None
    if index is None or index.id == found.dataset_id:
        # Of its own data set only the held-out pictures count: it was trained on the others.
        evaluations = load_evaluations(store.folder(found.id))
    else:
        evaluations = [_evaluate_on(index, found, store.folder(found.id))]
    grouped: list[Grouping] = []
    if by is not None:
        index = index or DatasetStore(settings()).get(found.dataset_id)
        grouped = [choose_grouping(index, evaluation, by) for evaluation in evaluations]
    if as_json:
        values = [_evaluation_values(item) for item in evaluations]
        for own, evaluation, grouping in zip(values, evaluations, grouped, strict=False):
            own["slices"] = slices_values(evaluation, grouping)
        print_json({"run_id": found.id, "evaluations": values})
        return
    for number, evaluation in enumerate(evaluations):
        click.echo("\n" if number else "", nl=False)
        _print_evaluation(evaluation)
        if grouped:
            print_slices(evaluation, grouped[number])


@click.command()
@click.argument("run")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
def predict(run: str, pictures: tuple[Path, ...], as_json: bool) -> None:
    """Classify pictures, or all pictures in folders, with a run's model."""
    store = run_store(only_look=True)
    found = run_with_model(store, run)
    paths = _picture_paths(pictures)
    predictions = _predict(store.folder(found.id), paths)
    if as_json:
        rows = [
            {"path": str(path), **_prediction_values(prediction)}
            for path, prediction in zip(paths, predictions, strict=True)
        ]
        print_json({"run_id": found.id, "predictions": rows})
        return
    print_table(
        ("picture", "answer", "verdict", "probabilities"),
        [_prediction_row(path, prediction) for path, prediction in zip(paths, predictions, strict=True)],
    )


@click.command()
@json_option
def backbones(as_json: bool) -> None:
    """List the pretrained networks and where their weights are."""
    if as_json:
        print_json({"backbones": [_backbone_values(backbone) for backbone in BACKBONES.values()]})
        return
    print_table(
        ("name", "what", "blocks", "million parameters", "GMACs", "top-1 on ImageNet", "pixels", "weights"),
        [
            (
                backbone.name,
                backbone.label,
                len(backbone.blocks),
                f"{backbone.params / 1e6:.1f}",
                backbone.gmacs,
                backbone.top1_imagenet,
                backbone.image_size,
                availability(backbone, settings()).all_ways,
            )
            for backbone in BACKBONES.values()
        ],
    )
    credits = sorted({backbone.weights_file.credit for backbone in BACKBONES.values()} - {""})
    for credit in credits:
        labels = [backbone.label for backbone in BACKBONES.values() if backbone.weights_file.credit == credit]
        click.echo(f"Weights of {' and '.join(labels)}: {credit}")


def run_with_model(store: RunStore, reference: str) -> Run:
    """Returns the run with that id or name.

    Raises:
        RunError: there is none, or it has no model.
    """
    run = store.get(reference)
    if not run.has_model:
        raise RunError(f"The run {run.name!r} is {run.status} and has no model. Choose a completed run.")
    return run


def _predict(folder: Path, sources: list[Path]) -> list[Prediction]:
    say("Loading the model")
    with quiet_tensorflow():
        from core.nn.inference.predictor import Predictor

        return Predictor(folder).predict(sources)


@contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Keeps TensorFlow from printing driver and processor messages on standard error; it has no option for that."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _evaluate_on(dataset: DatasetIndex, run: Run, folder: Path) -> Evaluation:
    """Evaluates a run's model on another data set, and keeps the result with the run."""
    known = classes_of_model(folder)
    renamed = match_classes(dataset.class_names, known).renamed
    if renamed:
        others = [f"{name} is {own}" for name, own in renamed.items()]
        say(f"Class names compared without case: {in_words(listed(others))}.")
    own = next((one for one in DatasetStore(settings()).list() if one.id == run.dataset_id), None)
    if own is None:
        say("The run's own data set was deleted, so pictures that it was trained on can't be left out.")
    say("Loading the model")
    with quiet_tensorflow():
        from core.nn.inference.predictor import Predictor

        evaluation = evaluate_on(
            dataset,
            known,
            Predictor(folder).predict,
            load_evaluations(folder)[0].temperature,
            trained_on(own, run.config),
        )
    with suppress(OSError):  # a full or read-only disk: what was found is printed all the same
        save_other(evaluation, folder)
    return evaluation


def _picture_paths(sources: tuple[Path, ...]) -> list[Path]:
    """Returns the files given, and from folders all files whose first bytes are those of a picture."""
    paths: list[Path] = []
    for source in sources:
        paths += _pictures_in(source) if is_folder(source) else [source]
    if not paths:
        raise DatasetError("Expected pictures. Found none in the folder. Name one that has pictures in it.")
    _check_any_opens(paths)
    return paths


def _pictures_in(folder: Path) -> list[Path]:
    try:
        paths = [found.path for found in walk(folder) if not found.path.name.startswith(".")]
        return sorted(filter(begins_like_a_picture, paths))
    except OSError as error:
        raise DatasetError(
            f"The folder {folder} can't be looked into: {error.strerror}. Check its path and its permissions."
        ) from error


def _check_any_opens(paths: Sequence[Path]) -> None:
    """Raises an error if none of the files can be opened, before a model is loaded in vain."""
    first: OSError | None = None
    for path in paths:
        try:
            open_file(path).close()
            return
        except OSError as error:
            first = first or error
    reason = first.strerror if first else "there is no such file"
    raise DatasetError(f"Expected a picture at {paths[0]}. It can't be opened: {reason}. Check the path.") from first


def _print_evaluation(evaluation: Evaluation) -> None:
    low, high = evaluation.interval
    size = len(evaluation.labels)
    click.echo(f"Accuracy {evaluation.accuracy:.3f} on {size} pictures ({in_words(evaluation.split)})")
    click.echo(f"95 % interval {low:.3f} to {high:.3f}")
    for sentence in left_out(evaluation):
        click.echo(sentence)
    click.echo()
    chosen = evaluation.most_confused(MOST_CLASSES)
    names = [evaluation.class_names[label] for label in chosen]
    if len(names) < len(evaluation.class_names):
        click.echo(f"Of {len(evaluation.class_names):,} classes, the {len(names)} with the most mistakes:\n")
    scores = evaluation.per_class
    print_table(
        ("class", "precision", "recall", "F1", "pictures"),
        [(item.name, item.precision, item.recall, item.f1, item.support) for item in (scores[at] for at in chosen)],
    )
    click.echo("\nRight class by row, answer by column:")
    rows = zip(names, evaluation.confusion_among(chosen).tolist(), strict=True)
    print_table(("", *map(in_words, names)), [(name, *counts) for name, counts in rows])


def _evaluation_values(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "split": evaluation.split,
        "num_pictures": len(evaluation.labels),
        "num_trained_on": evaluation.num_seen,
        "num_unreadable": evaluation.num_unreadable,
        "accuracy": evaluation.accuracy,
        "interval": evaluation.interval,
        "loss": evaluation.loss,
        "class_names": evaluation.class_names,
        "per_class": [asdict(score) for score in evaluation.per_class],
        "confusion": evaluation.confusion.tolist() if len(evaluation.class_names) <= MOST_IN_MATRIX else None,
        "mistakes": [
            {"class": evaluation.class_names[label], "answer": evaluation.class_names[answer], "count": count}
            for label, answer, count in evaluation.mistakes()
        ],
    }


def _prediction_row(path: Path, prediction: Prediction) -> tuple[str, str, str, str]:
    if prediction.error:
        return str(path), verdicts.NO_ANSWER, "unreadable", prediction.error
    shown = ", ".join(f"{name} {probability:.4f}" for name, probability in prediction.top(SHOWN_CLASSES))
    if not prediction.answer:
        shown = verdicts.nearest(shown)
    return str(path), verdicts.answer(prediction.answer), prediction.verdict, shown


def _prediction_values(prediction: Prediction) -> dict[str, Any]:
    return {
        "answer": prediction.answer or None,
        "class": prediction.class_name,
        "probability": prediction.probability,
        "probabilities": dict(zip(prediction.class_names, prediction.probabilities, strict=True)),
        "verdict": prediction.verdict,
        "is_style_unlike": prediction.is_style_unlike,
        "error": prediction.error,
    }


def _backbone_values(backbone: Backbone) -> dict[str, Any]:
    found = availability(backbone, settings())
    return {
        "name": backbone.name,
        "label": backbone.label,
        "blocks": [block.name for block in backbone.blocks],
        "params": backbone.params,
        "gmacs": backbone.gmacs,
        "top1_imagenet": backbone.top1_imagenet,
        "image_size": backbone.image_size,
        "availability": found.kind,
        "availability_text": found.all_ways,
        "path": str(found.path) if found.path else None,
        "credit": backbone.weights_file.credit,
    }
