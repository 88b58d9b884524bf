"""The command `audit`: what is wrong with a data set."""

from typing import Any

import click

from core.cli.datasets import find_dataset
from core.cli.terminal.output import in_words, json_option, print_facts, print_json, print_table, say
from core.cli.terminal.progress import PhaseTeller
from core.cli.terminal.signals import stop_on_interrupt
from core.datasets.index import DatasetIndex
from core.datasets.quality import audit as audits
from core.datasets.quality.audit import KINDS, Audit, Issue
from core.errors import DatasetError, Stopped
from core.wording.issues import KIND_EXPLANATIONS, KIND_TITLES, advice, issue_detail

SHOWN_ISSUES = 10


@click.command()
@click.argument("dataset")
@json_option
def audit(dataset: str, as_json: bool) -> None:
    """Find copies, leaks, unreadable, blank, dark, bright, blurry and oddly shaped pictures, and weak spots."""
    index = find_dataset(dataset)
    found = audits.read_audit(index) or _make(index)
    if as_json:
        print_json(_values(index, found))
    else:
        _print(index, found)


def _make(dataset: DatasetIndex) -> Audit:
    with stop_on_interrupt("Stopping the audit.") as should_stop:
        try:
            found = audits.audit(dataset, PhaseTeller(), should_stop)
        except Stopped:
            raise click.Abort from None
    try:
        audits.write_audit(dataset, found)
    except DatasetError as error:
        say(f"{error} It will be looked over again next time.")
    return found


def _print(dataset: DatasetIndex, found: Audit) -> None:
    names = {sample.path: sample.name for sample in dataset.samples}
    print_facts({"id": dataset.id, "name": dataset.name, "pictures": found.num_pictures})
    for item in found.advice:
        click.echo(f"\n{in_words(advice(item.kind, item.parameters))}")
    if not found.issues:
        click.echo("\nNothing is wrong with single pictures.")
    for kind in found.counts():
        issues = found.of_kind(kind)
        click.echo(f"\n{KIND_TITLES[kind]}: {len(issues):,}\n{KIND_EXPLANATIONS[kind]}")
        rows = [(_name(issue, names), issue_detail(issue.detail)) for issue in issues[:SHOWN_ISSUES]]
        print_table(("picture", "why"), rows)
        if len(issues) > SHOWN_ISSUES:
            click.echo(f"and {len(issues) - SHOWN_ISSUES:,} more (--json lists all)")


def _name(issue: Issue, names: dict[str, str]) -> str:
    return names.get(issue.path, issue.path)


def _values(dataset: DatasetIndex, found: Audit) -> dict[str, Any]:
    samples = {sample.path: sample for sample in dataset.samples}
    surplus = audits.keep_one(dataset, found)
    return {
        "id": dataset.id,
        "name": dataset.name,
        "num_pictures": found.num_pictures,
        "seconds": found.seconds,
        "counts": found.counts(),
        "issues": [
            {
                "kind": issue.kind,
                "severity": KINDS[issue.kind].severity,
                "path": issue.path,
                "name": samples[issue.path].name if issue.path in samples else issue.path,
                "class": dataset.class_names[samples[issue.path].label] if issue.path in samples else None,
                "detail": issue_detail(issue.detail),
                "score": issue.score,
                "group": issue.group,
            }
            for issue in found.issues
        ],
        "surplus_copies": surplus,
        "advice": [{"kind": item.kind, "text": advice(item.kind, item.parameters)} for item in found.advice],
    }
