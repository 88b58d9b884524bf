"""The commands `survey` and `advise`: what a network finds in a data set, and what its features are worth."""

from typing import Any

import click

from core.cli.datasets import find_dataset
from core.cli.options import config_options, training_config
from core.cli.terminal.output import json_option, print_facts, print_json, print_table
from core.cli.terminal.progress import PhaseTeller
from core.cli.terminal.signals import stop_on_interrupt
from core.config.recipes import get_recipe
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Issue
from core.datasets.quality.embeddings import EmbeddingAnalysis, read_analysis
from core.errors import Stopped
from core.forecast import advice_wording
from core.forecast.advice import Advice
from core.forecast.relevant_settings import settings_for_advice
from core.processes.embeddings_process import analyse_in_subprocess
from core.processes.inference_client import InferenceClient
from core.settings import settings
from core.wording.issues import KIND_TITLES, issue_detail

SHOWN_ISSUES = 20


@click.command()
@click.argument("dataset")
@json_option
def survey(dataset: str, as_json: bool) -> None:
    """Find doubtful labels and pictures unlike all others, by the features of the bundled network."""
    index = find_dataset(dataset)
    found = read_analysis(index) or _make(index)
    if as_json:
        print_json(_values(index, found))
        return
    facts = {"id": index.id, "name": index.name, "pictures": len(index.samples), "accuracy": round(found.accuracy, 3)}
    print_facts(facts)
    names = {sample.path: sample.name for sample in index.samples}
    for kind in ("suspect_label", "outlier"):
        _print_issues(kind, found.of_kind(kind), names)


@click.command()
@click.argument("dataset")
@click.option("--recipe", default="recommended", show_default=True, help="Ready-made settings to start from.")
@json_option
@config_options
def advise(dataset: str, recipe: str, as_json: bool, **options: Any) -> None:
    """Measure how well a network tells the pictures apart as it is, before anything is trained.

    By cross-validation of a linear head on the training pictures. The features are kept for training.
    """
    found = find_dataset(dataset)
    given = {option: value for option, value in options.items() if value is not None}
    config = training_config(get_recipe(recipe).name, found, given)
    advice = _measure(config, found)
    if as_json:
        print_json(_advice_values(found, advice))
        return
    click.echo(f"{advice_wording.measured(advice)}.")
    if outlook := advice_wording.outlook(advice):
        click.echo(outlook)
    if comparison := advice_wording.comparison(advice):
        click.echo(comparison)


def _make(dataset: DatasetIndex) -> EmbeddingAnalysis:
    with stop_on_interrupt("Stopping. Features that were computed are kept.") as should_stop:
        try:
            return analyse_in_subprocess(settings(), dataset, PhaseTeller(), should_stop)
        except Stopped:
            raise click.Abort from None


def _print_issues(kind: str, issues: tuple[Issue, ...], names: dict[str, str]) -> None:
    click.echo(f"\n{KIND_TITLES[kind]}: {len(issues):,}")
    if issues:
        rows = [
            (names[issue.path], issue_detail(issue.detail), f"{issue.score:.2f}") for issue in issues[:SHOWN_ISSUES]
        ]
        print_table(("picture", "why", "score"), rows)
    if len(issues) > SHOWN_ISSUES:
        click.echo(f"and {len(issues) - SHOWN_ISSUES:,} more (--json lists all)")


def _values(dataset: DatasetIndex, survey: EmbeddingAnalysis) -> dict[str, Any]:
    samples = {sample.path: sample for sample in dataset.samples}
    points = zip(survey.paths, survey.coordinates.tolist(), strict=True)
    return {
        "id": dataset.id,
        "name": dataset.name,
        "backbone": survey.backbone,
        "accuracy": survey.accuracy,
        "issues": [
            {
                "kind": issue.kind,
                "path": issue.path,
                "name": samples[issue.path].name,
                "class": dataset.class_names[samples[issue.path].label],
                "suggested": survey.suggested.get(issue.path),
                "detail": issue_detail(issue.detail),
                "score": issue.score,
            }
            for issue in survey.issues
        ],
        "map": [
            {"path": path, "class": dataset.class_names[samples[path].label], "x": x, "y": y} for path, (x, y) in points
        ],
    }


def _measure(config: TrainingConfig, dataset: DatasetIndex) -> Advice:
    client = InferenceClient(settings())
    with stop_on_interrupt("Stopping. Features that were computed are kept.") as should_stop:
        try:
            return client.advise(settings_for_advice(config), dataset.id, True, PhaseTeller(), should_stop)
        except Stopped:
            raise click.Abort from None
        finally:
            client.close()


def _advice_values(dataset: DatasetIndex, advice: Advice) -> dict[str, Any]:
    return {
        "id": dataset.id,
        "name": dataset.name,
        "backbone": advice.backbone,
        "accuracy": advice.accuracy if advice.num_tried else None,
        "interval": advice.interval if advice.num_tried else None,
        "num_right": advice.num_right,
        "num_tried": advice.num_tried,
        "networks": [
            {"name": one.backbone, "log_me": one.log_me, "nearest_mean": one.nearest_mean} for one in advice.ratings
        ],
    }
