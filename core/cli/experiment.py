"""The command `experiment`: several runs that answer one question."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import click

from core.cli.datasets import find_dataset
from core.cli.runs import run_store, run_values
from core.cli.terminal import wording
from core.cli.terminal.output import in_words, json_option, moment, print_json, print_table, say
from core.cli.terminal.signals import stop_on_interrupt
from core.errors import RunError
from core.evaluation.words.results import percent, plausibly
from core.experiments import plans, progress, words
from core.experiments.experiment import Experiment, Kind
from core.experiments.plans import Choices
from core.experiments.progress import ExperimentState, ExperimentStatus, state_of
from core.experiments.results import measured, outcomes
from core.experiments.sentences import result
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.store import RunStore
from core.settings import settings

LOOK_SECONDS = 0.5


@click.group()
def experiment() -> None:
    """Train several models that answer one question: race, samples, freeze, backbones, augmentation, article."""


OPTIONS: dict[str, Callable] = {
    "backbone": click.option(
        "--backbone", default="", help="The network; by default EfficientNet-Lite0, or the article's."
    ),
    "image_size": click.option(
        "--image-size", type=int, default=0, help="Side in pixels to which pictures are scaled."
    ),
    "draws": click.option(
        "--draws", type=int, default=plans.DRAWS, show_default=True, help="How often pictures are drawn."
    ),
    "lanes": click.option(
        "--lanes", default=",".join(plans.RACE_LANES), show_default=True, help=f"Of {', '.join(plans.LANES)}."
    ),
}


def _kind_command(kind: Kind) -> click.Command:
    @click.pass_context
    def command(context: click.Context, dataset: str, as_json: bool, **options: Any) -> None:
        if "lanes" in options:
            options["lanes"] = tuple(filter(None, options["lanes"].split(",")))
        choices = Choices(**options)
        found = find_dataset(dataset)
        arms = plans.plan(kind, found, choices, settings())
        store = run_store()
        started = progress.start(store, kind, found, arms)
        say(f"Experiment {started.id}: {len(arms)} runs")
        _follow_to_end(context, store, started, as_json)

    command = json_option(command)
    for name in reversed(plans.CHOSEN[kind]):
        command = OPTIONS[name](command)
    command = click.argument("dataset")(command)
    return click.command(kind.value, help=words.QUESTIONS[kind])(command)


for one in plans.PLANS:
    experiment.add_command(_kind_command(one))


@experiment.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List all experiments, the newest first."""
    store = run_store(only_look=True)
    runs = store.list()
    states = [state_of(found, runs) for found in ExperimentStore(store.home).list()]
    if as_json:
        print_json({"experiments": [_values(store, state) for state in states]})
    elif not states:
        click.echo("There are no experiments yet. Start one: python -m core experiment race puzzle")
    else:
        rows = [
            (
                state.experiment.id,
                state.experiment.kind.value,
                state.experiment.dataset_name,
                state.status.value,
                f"{len(state.done)} of {len(state.arms)}",
                moment(state.experiment.created),
            )
            for state in states
        ]
        print_table(("id", "kind", "data set", "status", "runs done", "created"), rows)


@experiment.command("show")
@click.argument("experiment_id")
@json_option
def show_command(experiment_id: str, as_json: bool) -> None:
    """Show what came out of an experiment so far."""
    store = run_store(only_look=True)
    _print(store, _state(store, ExperimentStore(store.home).get(experiment_id)), as_json)


@experiment.command("resume")
@click.argument("experiment_id")
@json_option
@click.pass_context
def resume_command(context: click.Context, experiment_id: str, as_json: bool) -> None:
    """Go on with an experiment that was stopped or lacks runs."""
    store = run_store()
    found = ExperimentStore(store.home).get(experiment_id)
    if _state(store, found).status == ExperimentStatus.COMPLETED:
        raise RunError(f"The experiment {found.id} is complete. There is nothing to resume.")
    progress.go_on(store, found)
    _follow_to_end(context, store, found, as_json)


@experiment.command("stop")
@click.argument("experiment_id")
def stop_command(experiment_id: str) -> None:
    """Ask the runs of an experiment to stop. What is done stays."""
    store = run_store()
    found = ExperimentStore(store.home).get(experiment_id)
    if _state(store, found).status != ExperimentStatus.AT_WORK:
        raise RunError(f"No run of the experiment {found.id} is at work. There is nothing to stop.")
    progress.stop(store, found)
    click.echo(f"{found.id} is stopping")


@experiment.command("delete")
@click.argument("experiment_id")
def delete_command(experiment_id: str) -> None:
    """Delete an experiment with its runs and models."""
    store = run_store(only_look=True)  # deleting must work on a full disk
    found = ExperimentStore(store.home).get(experiment_id)
    progress.delete(store, found)
    click.echo(f"{found.id} is deleted")


def _state(store: RunStore, found: Experiment) -> ExperimentState:
    return state_of(found, store.list())


def _follow_to_end(context: click.Context, store: RunStore, found: Experiment, as_json: bool) -> None:
    """Follows an experiment until nothing of it is at work, then prints what came out."""
    notice = f"Stopping the experiment {found.id}. Press Ctrl-C again to leave it running."
    state = _state(store, found)
    told, line, is_stopping = 0, "", False
    with stop_on_interrupt(notice) as should_stop:
        while state.status == ExperimentStatus.AT_WORK:
            if should_stop() and not is_stopping:
                progress.stop(store, found)
                is_stopping = True
            queue.reconcile(store)
            state = _state(store, found)
            for one in state.done[told:]:
                say(f"{len(state.done)} of {len(state.arms)} done: {one.run.name if one.run else one.arm.key}")
            told = len(state.done)
            now = f"{state.at_work.name}: {wording.run_phase(state.at_work)}" if state.at_work else ""
            if now and now.partition(",")[0] != line.partition(",")[0]:
                say(now)
            line = now
            time.sleep(LOOK_SECONDS)
    _print(store, state, as_json)
    failed = [run for run in state.runs if run.failure]
    if failed:
        names = ", ".join(run.name for run in failed)
        click.echo(f"{len(failed)} of {len(state.arms)} runs failed: {names}. See: python -m core show NAME", err=True)
        context.exit(2)


def _print(store: RunStore, state: ExperimentState, as_json: bool) -> None:
    if as_json:
        print_json(_values(store, state))
        return
    found = outcomes(store, state)
    kind = state.experiment.kind
    click.echo(f"{words.TITLES[kind]}: {state.experiment.dataset_name} ({state.experiment.id}, {state.status.value})")
    rows = [
        (
            words.lane(one.lane),
            words.position(kind, one.x),
            f"{percent(one.accuracy)}, {plausibly(one.interval)}",
            one.num_draws,
            words.duration(one.seconds),
            f"{one.trainable_params:,}",
        )
        for one in measured(found)
    ]
    if rows:
        click.echo()
        print_table(("", "", "accuracy", "draws", "time", "trained numbers"), rows)
    for sentence in result(store, state, found):
        click.echo(f"\n{in_words(sentence.replace('**', ''))}")


def _values(store: RunStore, state: ExperimentState) -> dict[str, Any]:
    found = outcomes(store, state)
    points: Sequence[dict[str, Any]] = [vars(one) for one in measured(found)]
    return {
        "id": state.experiment.id,
        "kind": state.experiment.kind.value,
        "dataset_id": state.experiment.dataset_id,
        "dataset_name": state.experiment.dataset_name,
        "created": state.experiment.created,
        "status": state.status.value,
        "num_arms": len(state.arms),
        "measured": points,
        "result": [sentence.replace("**", "") for sentence in result(store, state, found)],
        "runs": [run_values(run) for run in state.runs],
    }
