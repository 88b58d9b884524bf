"""The command `explain`: what of a picture spoke for a class. TensorFlow is loaded after the input was checked."""

import json
from pathlib import Path
from typing import Any

import click

from core.cli.models import quiet_tensorflow, run_with_model
from core.cli.runs import run_store
from core.cli.terminal.output import json_option, print_facts, print_json, say
from core.cli.terminal.progress import PhaseTeller
from core.cli.terminal.signals import stop_on_interrupt
from core.errors import RunError, Stopped
from core.explanation.explanation import METHODS, Explanation, coarse
from core.explanation.overlay import as_png, overlay
from core.explanation.wording import in_words
from core.files import durable
from core.images.decoding import open_picture
from core.nn.networks.model_folder import MODEL_FOLDER, classes_of_model

LARGEST_SIDE = 1600
OPACITY = 0.6


@click.command()
@click.argument("run")
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@click.option("--class", "class_name", default="", help="Why this class; by default the model's answer.")
@click.option("--method", type=click.Choice(METHODS), default=METHODS[0], help="How; grad_cam by default.")
@click.option("--randomised", is_flag=True, help="With random weights in the head: a map that stays is no explanation.")
@json_option
def explain(
    run: str, picture: Path, output: Path, class_name: str, method: str, randomised: bool, as_json: bool
) -> None:
    """Show what of a picture spoke for a class: a picture with a heat map over it, and its numbers as JSON."""
    store = run_store(only_look=True)
    folder = store.folder(run_with_model(store, run).id)
    _check_class(class_name, classes_of_model(folder))
    shown = open_picture(picture, draft_side=LARGEST_SIDE)
    shown.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    _check_output(output)
    found = _explain(folder, picture, class_name, method, randomised)
    image, facts = (output / f"{picture.stem}.heat{ending}" for ending in (".png", ".json"))
    values = {"picture": str(picture), "run": run, **_values(found), "overlay": str(image)}
    _write(image, as_png(overlay(shown, found.heat, OPACITY)))
    _write(facts, json.dumps(values, indent=1).encode())
    if as_json:
        print_json(values | {"numbers": str(facts)})
        return
    say(in_words(found))
    print_facts(
        {
            "class": found.class_name,
            "against": found.against,
            "probability": found.probability,
            "answer": found.answer,
            "overlay": image,
            "numbers": facts,
        }
    )


def _explain(folder: Path, picture: Path, class_name: str, method: str, randomised: bool) -> Explanation:
    say("Loading the model")
    with stop_on_interrupt("Stopping.") as should_stop:
        with quiet_tensorflow():
            from core.nn.analysis.heat_maps import HeatMaps
            from core.nn.networks.model_files import load_classifier

            heat_maps = HeatMaps(load_classifier(folder / MODEL_FOLDER))
        try:
            return heat_maps.explain(picture, class_name, method, randomised, PhaseTeller(), should_stop)
        except Stopped:
            raise click.Abort from None


def _check_class(class_name: str, known: tuple[str, ...]) -> None:
    if class_name and class_name not in known:
        raise RunError(
            f"Expected one of the model's {len(known)} classes. Received {class_name!r}. "
            f"Choose another, such as {known[0]}."
        )


def _check_output(folder: Path) -> None:
    """Raises an error if nothing can be written there, before a model is loaded in vain."""
    try:
        durable.make_folder(folder)
        with durable.writing(folder / ".writable") as _:
            pass
        (folder / ".writable").unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error


def _write(path: Path, content: bytes) -> None:
    try:
        durable.write(path, content)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _unwritable(folder: Path, error: OSError) -> RunError:
    return RunError(
        f"Expected a folder to write to. {folder} can't be written to: {error.strerror or error}. Choose another."
    )


def _values(found: Explanation) -> dict[str, Any]:
    return {
        "class": found.class_name,
        "against": found.against,
        "probability": found.probability,
        "answer": found.answer,
        "method": found.method,
        "similarity": found.similarity,
        "heat": [[round(float(value), 4) for value in row] for row in coarse(found.heat)],
    }
