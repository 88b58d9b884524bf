"""Commands about data sets: `import`, `samples`."""

import os
from pathlib import Path
from typing import Any

import click

from core.cli.terminal.output import in_words, json_option, print_facts, print_json, print_table, say
from core.cli.terminal.progress import PhaseTeller
from core.cli.terminal.signals import stop_on_interrupt
from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import LAYOUTS, UNLABELLED
from core.datasets.layouts.options import AS_FOUND, KEEP, LEAVE_OUT, MERGE, TAKE_FIRST, ReadingOptions
from core.datasets.receipt import left_out_by_reason, random_pictures
from core.datasets.store.dataset_names import clean_name
from core.datasets.store.samples import SAMPLES, import_sample
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError, Stopped
from core.settings import MEGABYTE, settings
from core.wording.dataset_notes import dataset_note
from core.wording.edits import describe_edit
from core.wording.readings import IN_TERMINAL, reading
from core.wording.reasons import reason

SHOWN_SKIPPED = 20
SHOWN_CLASSES = 100
CLASSES_TO_CHECK = 12
NOTICE = "Stopping the import."


@click.command("import")
@click.argument("source")
@click.option("--name", help="Name of the data set; by default the file's name.")
@click.option(
    "--layout",
    type=click.Choice((*LAYOUTS, UNLABELLED)),
    help="Where the classes come from; only needed if an import asks.",
)
@click.option("--file-column", help="The table column that names the pictures: its header, or its number from 1.")
@click.option("--label-column", help="The column that holds their classes.")
@click.option("--split-column", help="The column that says train, validation or test.")
@click.option("--encoding", help="Encoding of names and tables that don't state theirs, such as gbk or cp1251.")
@click.option(
    "--similar-classes",
    type=click.Choice((KEEP, MERGE)),
    help="Whether to keep classes apart whose names differ only by case, accents or width.",
)
@click.option(
    "--several-labels", type=click.Choice((LEAVE_OUT, TAKE_FIRST)), help="What to do with pictures of several classes."
)
@click.option("--lone-classes", type=click.Choice((LEAVE_OUT,)), help="Go on without the classes that are too small.")
@json_option
def import_command(source: str, name: str | None, as_json: bool, **options: str | None) -> None:
    """Import a zip, a tar.gz or a folder of pictures."""
    if not source.strip():  # as a path, it would be the current folder
        raise DatasetError("Expected a zip, a tar.gz or a folder to import. Received nothing. Name one.")
    dataset = import_source(Path(source), name, ReadingOptions(**{key: value or "" for key, value in options.items()}))
    print_dataset(dataset, as_json)
    tell_unused_name(dataset, name)


@click.command()
@click.argument("name", required=False)
@json_option
def samples(name: str | None, as_json: bool) -> None:
    """List the built-in data sets, or import one."""
    if name:
        print_dataset(import_sample_set(name), as_json)
    elif as_json:
        print_json({"samples": [_sample_values(sample) for sample in SAMPLES]})
    else:
        rows = [(_sample_values(sample)) for sample in SAMPLES]
        print_table(
            ("name", "pictures", "from", "what"),
            [(row["name"], row["num_pictures"], _origin(row["download_bytes"]), row["description"]) for row in rows],
        )


def find_dataset(reference: str) -> DatasetIndex:
    """Returns the data set named on the command line; a sample, zip or folder is imported first.

    Raises:
        DatasetError: nothing has that name.
    """
    if not reference.strip():
        raise DatasetError("Expected a data set: its id, its name, or a zip or folder to import. Received nothing.")
    try:
        return DatasetStore(settings()).get(reference)
    except DatasetError:
        if reference in SAMPLES:
            return import_sample_set(reference)
        if os.path.exists(reference):  # noqa: PTH110 (a Path raises if a name can't be one)
            return import_source(Path(reference), None)
        raise


def import_source(source: Path, name: str | None, options: ReadingOptions = AS_FOUND) -> DatasetIndex:
    """Imports a zip or folder, printing its progress.

    Raises:
        DatasetError: it can't be imported.
    """
    with stop_on_interrupt(NOTICE) as should_stop:
        try:
            return DatasetStore(settings()).import_source(source, name, PhaseTeller(), should_stop, options=options)
        except Stopped:
            raise click.Abort from None


def import_sample_set(name: str) -> DatasetIndex:
    """Imports a built-in data set, printing its progress.

    Raises:
        DatasetError: there is no such sample.
    """
    with stop_on_interrupt(NOTICE) as should_stop:
        try:
            return import_sample(DatasetStore(settings()), name, PhaseTeller(), should_stop)
        except Stopped:
            raise click.Abort from None


def tell_unused_name(dataset: DatasetIndex, name: str | None) -> None:
    """Says on standard error that a name wasn't used because the pictures already exist under another name."""
    if name and dataset.notes and not dataset.name.startswith(clean_name(name)):
        wanted, known = in_words(clean_name(name)), in_words(dataset.name)
        say(f"The name {wanted} was not used: the pictures were already here as {known}.")


def print_dataset(dataset: DatasetIndex, as_json: bool) -> None:
    """Prints what a data set holds and what was left out of it."""
    counts = dataset.distribution().counts
    if as_json:
        print_json(dataset_values(dataset))
        return
    print_facts({"id": dataset.id, "name": dataset.name, "pictures": len(dataset.samples)})
    click.echo()
    words = {split: split or "pictures" for split in counts}
    names = dataset.class_names[:SHOWN_CLASSES]
    rows = [(name, *(counts[split][label] for split in counts)) for label, name in enumerate(names)]
    print_table(("class", *words.values()), rows)
    if len(dataset.class_names) > SHOWN_CLASSES:
        click.echo(f"and {len(dataset.class_names) - SHOWN_CLASSES:,} more classes (--json lists all)")
    _print_receipt(dataset)
    _print_left_out(dataset)


def _print_receipt(dataset: DatasetIndex) -> None:
    """Prints how the labels were found, and names a few pictures of each class to check."""
    if not dataset.receipt:
        return
    click.echo()
    for note in dataset.receipt:
        click.echo(in_words(reading(note, IN_TERMINAL)))
    if not dataset.has_labels:
        return
    click.echo("Are these labels right? Some pictures of each class, taken at random:")
    for label, name in enumerate(dataset.class_names[:CLASSES_TO_CHECK]):
        examples = ", ".join(in_words(sample.name) for sample in random_pictures(dataset, label))
        click.echo(f"  {in_words(name)}: {examples}")
    if len(dataset.class_names) > CLASSES_TO_CHECK:
        click.echo(f"  and {len(dataset.class_names) - CLASSES_TO_CHECK:,} more classes (--json lists all)")


def _print_left_out(dataset: DatasetIndex) -> None:
    for note in dataset.notes:
        click.echo(in_words(dataset_note(note)))
    if dataset.num_ignored:
        click.echo(f"\nLeft out (not pictures): {_files(dataset.num_ignored)}")
    if dataset.skipped:
        click.echo(f"\nSkipped: {_files(len(dataset.skipped))}")
        for skipped in dataset.skipped[:SHOWN_SKIPPED]:
            click.echo(f"  {in_words(skipped.name)}: {in_words(reason(skipped.reason))}")
        if len(dataset.skipped) > SHOWN_SKIPPED:
            click.echo(f"  and {len(dataset.skipped) - SHOWN_SKIPPED} more (--json lists all)")


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number:,} files"


def _receipt_values(dataset: DatasetIndex) -> dict[str, Any]:
    """Returns what a user needs to check the labels, as values of a JSON object."""
    return {
        "how": [{"text": reading(note, IN_TERMINAL), "code": note.code, **note.parameters} for note in dataset.receipt],
        "left_out": [
            {"code": left.reason.code, "count": left.count, "example": left.example, "reason": reason(left.reason)}
            for left in left_out_by_reason(dataset.skipped)
        ],
        "examples": {
            name: [sample.name for sample in random_pictures(dataset, label)]
            for label, name in enumerate(dataset.class_names)
        },
    }


def dataset_values(dataset: DatasetIndex) -> dict[str, Any]:
    """Returns a data set as the values of a JSON object."""
    return {
        "id": dataset.id,
        "name": dataset.name,
        "num_pictures": len(dataset.samples),
        "class_names": dataset.class_names,
        "counts": {split or "undecided": counts for split, counts in dataset.distribution().counts.items()},
        "skipped": [
            {"name": skipped.name, "reason": reason(skipped.reason), "code": skipped.reason.code}
            for skipped in dataset.skipped
        ],
        "num_ignored": dataset.num_ignored,
        "notes": [dataset_note(note) for note in dataset.notes],
        "receipt": _receipt_values(dataset),
        "parent": dataset.parent,
        "edits": [describe_edit(change) for change in dataset.edits],
    }


def _sample_values(name: str) -> dict[str, Any]:
    sample = SAMPLES[name]
    return {
        "name": name,
        "label": sample.label,
        "description": sample.description,
        "num_pictures": sample.num_pictures,
        "download_bytes": sample.download_bytes,
    }


def _origin(download_bytes: int) -> str:
    return f"download of {round(download_bytes / MEGABYTE)} MB" if download_bytes else "built in"
