"""Commands about runs: `train`, `runs`, `show`, `stop`, `resume`, `delete`."""

import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import click

from core.cli.datasets import find_dataset
from core.cli.options import config_options, training_config
from core.cli.terminal import wording
from core.cli.terminal.output import in_words, json_option, moment, print_facts, print_json, print_table, say
from core.cli.terminal.watch import epoch_line, follow
from core.config.recipes import get_recipe
from core.datasets.store.adaptation_target import target_name
from core.datasets.store.store import DatasetStore
from core.errors import RunError
from core.evaluation.evaluation import load_evaluations
from core.evaluation.pixel_answers import load_pixel_answers
from core.evaluation.words.transfer import against_pixels
from core.nn.training.notes import load_notes
from core.runs import queue
from core.runs.counterparts import compared, comparison_words, counterparts
from core.runs.records.failures import is_bug
from core.runs.records.store import Run, RunStatus, RunStore
from core.settings import settings
from core.wording import failures as words
from core.wording.rebuilds import rebuild
from core.wording.run_notes import run_note


def run_store(only_look: bool = False) -> RunStore:
    """Returns the runs of the data home, reconciled with the workers that are alive.

    Args:
        only_look: whether nothing will be changed, so that it also works on a full or read-only disk.

    Raises:
        RunError: they can't be used.
    """
    store = RunStore(settings().database)
    for done in store.rebuilds(in_terminal=True):
        say(rebuild(done))
        with suppress(RunError):  # then it will be said again
            store.note_rebuilds_told(in_terminal=True)
    if not only_look:
        queue.reconcile(store)
    elif hindrance := queue.look_over(store):
        say(f"Runs can only be looked at. {hindrance}")
    return store


@click.command()
@click.argument("dataset")
@click.option("--recipe", default="recommended", show_default=True, help="Ready-made settings to start from.")
@click.option("--name", help="Name of the run.")
@json_option
@config_options
@click.pass_context
def train(context: click.Context, dataset: str, recipe: str, name: str | None, as_json: bool, **options: Any) -> None:
    """Train a model on a data set: its id or name, a built-in sample, a zip or a folder.

    Options that aren't given keep the recipe's values.
    """
    recipe = get_recipe(recipe).name
    found = find_dataset(dataset)
    given = {option: value for option, value in options.items() if value is not None}
    config = training_config(recipe, found, given)
    store = run_store()
    _print_end(context, follow(store, queue.submit(store, found.id, config, recipe, name)), as_json)


@click.command()
@json_option
def runs(as_json: bool) -> None:
    """List all runs, the newest first."""
    all_runs = run_store(only_look=True).list()
    if as_json:
        print_json({"runs": [run_values(run) for run in all_runs]})
    elif not all_runs:
        click.echo("There are no runs yet. Start one: python -m core train textures")
    else:
        print_table(
            ("id", "name", "data set", "recipe", "status", "accuracy", "seconds", "created"),
            [_row(run) for run in all_runs],
        )


@click.command()
@click.argument("run")
@json_option
def show(run: str, as_json: bool) -> None:
    """Show a run: its settings, its progress, how it ended."""
    store = run_store(only_look=True)
    found = store.get(run)
    events = store.events(found.id)
    if as_json:
        print_json(run_values(found) | {"events": [asdict(event) for event in events]})
        return
    _print_run(found, as_json=False)
    place = queue.position(store, found.id)
    if place:
        click.echo(f"\nWaiting in the queue, place {place}")
    elif found.status == RunStatus.RUNNING:
        click.echo(f"\n{wording.run_phase(found)}")
    click.echo()
    target = target_name(DatasetStore(settings()), found.config.adaptation.adapt_to)
    print_facts(found.config.options() | {"adapt_to": target})
    if events:
        click.echo()
    for event in events:
        click.echo(epoch_line(event, found))
    for note in load_notes(store.folder(found.id)):
        click.echo(f"\n{in_words(run_note(note))}")
    if found.has_model and not found.config.adaptation.is_on:
        _print_transfer(store, found)
    click.echo(f"\nThe run's folder: {store.folder(found.id)}")


def _print_transfer(store: RunStore, run: Run) -> None:
    """Prints what the network was worth to a model, as far as that is known."""
    with suppress(RunError):  # without an evaluation that can be read, nothing can be compared
        own, pixels = load_evaluations(store.folder(run.id))[0], load_pixel_answers(store.folder(run.id))
        if pixels and (found := pixels.against(own)):
            _print_words(against_pixels(found, pixels, not run.config.from_scratch))
        for way, other in counterparts(store.list(), run).items():
            if other.has_model:
                _print_words(f"Compared with {other.name}: {comparison_words(run, way, compared(store, run, other))}")


def _print_words(markdown: str) -> None:
    click.echo(f"\n{in_words(markdown.replace('**', ''))}")


@click.command()
@click.argument("run")
@json_option
def stop(run: str, as_json: bool) -> None:
    """Ask a run to stop. What it has learned so far is kept."""
    store = run_store()
    found = store.get(run)
    if found.status.is_finished:
        raise RunError(f"The run {found.name!r} has ended already: it is {found.status}. There is nothing to stop.")
    found = queue.stop(store, found.id)
    if as_json:
        print_json(run_values(found))
    else:
        click.echo(f"{found.id} is {'stopping' if found.status == RunStatus.RUNNING else found.status}")


@click.command()
@click.argument("run")
@json_option
@click.pass_context
def resume(context: click.Context, run: str, as_json: bool) -> None:
    """Resume a run that failed or was stopped, after its last epoch."""
    store = run_store()
    found = store.get(run)
    told = len(store.events(found.id))
    found = queue.resume(store, found.id)
    if told:
        say(f"Going on with {found.name}, {told} of {found.config.total_epochs} epochs are done")
    _print_end(context, follow(store, found, after=told), as_json)


@click.command()
@click.argument("run")
@json_option
def delete(run: str, as_json: bool) -> None:
    """Delete a run with its model. A running one has to be stopped first."""
    store = run_store(only_look=True)  # deleting must work on a full disk
    found = store.get(run)
    queue.delete(store, found.id)
    if as_json:
        print_json({"id": found.id, "deleted": True})
    else:
        click.echo(f"{found.id} is deleted")


def run_values(run: Run) -> dict[str, Any]:
    """Returns a run as the values of a JSON object."""
    values = asdict(run) | {
        "config": run.config.options(),
        "error": words.failure(run.failure),
        "has_model": run.has_model,
        "can_resume": run.can_resume,
    }
    return {name: value for name, value in values.items() if name not in ("pid", "pid_started")}


def _print_end(context: click.Context, run: Run, as_json: bool) -> None:
    """Prints how a run ended; a failure is one line on standard error and an exit code."""
    if run.status == RunStatus.FAILED:
        if as_json:
            print_json(run_values(run))
        click.echo(f"The run {run.id} failed. {words.failure(run.failure)}", err=True)
        context.exit(1 if is_bug(run.failure) else 2)
    _print_run(run, as_json)


def _print_run(run: Run, as_json: bool) -> None:
    if as_json:
        print_json(run_values(run))
        return
    facts = {"id": run.id, "name": run.name, "data set": run.dataset_name, "recipe": run.recipe, "status": run.status}
    print_facts(facts | ({"error": words.failure(run.failure)} if run.failure else {}))
    if run.metrics:
        click.echo()
        print_table(("metric", "value"), list(run.metrics.items()))
    if run.seconds:
        click.echo()
        print_table(("phase", "seconds"), [*run.seconds.items(), ("all", _seconds(run))])


def _row(run: Run) -> tuple[object, ...]:
    created = moment(run.created)
    accuracy = f"{run.metrics['val_accuracy']:.3f}" if "val_accuracy" in run.metrics else "-"
    seconds = f"{_seconds(run):.0f}" if _seconds(run) else "-"
    return run.id, run.name, run.dataset_name, run.recipe, run.status, accuracy, seconds, created


def _seconds(run: Run) -> float:
    """Returns how long a run has worked; for a running one, the recorded seconds are slightly old."""
    if run.status == RunStatus.RUNNING:
        return max(run.seconds_at_work, time.time() - run.started)
    return run.seconds_at_work
