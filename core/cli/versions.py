"""Commands about imported data sets: `datasets`, `derive`, `pack`, `delete-dataset`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from core.cli.datasets import dataset_values, find_dataset, print_dataset, tell_unused_name
from core.cli.runs import run_store
from core.cli.terminal.output import in_words, json_option, moment, print_facts, print_json, print_table
from core.cli.terminal.progress import PhaseTeller
from core.cli.terminal.signals import stop_on_interrupt
from core.datasets.edit import LEAVE_OUT_CLASS, MERGE_CLASSES, REMOVE, RENAME_CLASS, SUBSET, Edit
from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import audit, keep_one, read_audit, write_audit
from core.datasets.store.damaged import DamagedDataset
from core.datasets.store.store import DatasetStore
from core.datasets.versions.packing import write_zip
from core.errors import DatasetError, Stopped
from core.files import durable
from core.progress import ShouldStop
from core.runs import queue
from core.settings import MEGABYTE, settings
from core.wording.damaged_datasets import damaged_dataset
from core.wording.edits import describe_edits


@click.command()
@json_option
def datasets(as_json: bool) -> None:
    """List the data sets, the newest first."""
    every, broken = DatasetStore(settings()).list(), DatasetStore(settings()).damaged()
    if as_json:
        values = [dataset_values(dataset) | {"created": dataset.created} for dataset in every]
        print_json({"datasets": values} | ({"damaged": list(map(_damaged_values, broken))} if broken else {}))
        return
    if every:
        names = {dataset.id: dataset.name for dataset in every}
        print_table(
            ("id", "name", "pictures", "classes", "made of", "created"), [_row(dataset, names) for dataset in every]
        )
    elif not broken:
        click.echo("There are no data sets yet. Make one: python -m core samples textures")
    for item in broken:
        click.echo(f"\n{in_words(damaged_dataset(item))}\nDelete it: python -m core delete-dataset {in_words(item.id)}")


@click.command()
@click.argument("dataset")
@click.option("--remove", multiple=True, metavar="PICTURE", help="Leave a picture out: its path or its name.")
@click.option("--keep-one-copy", is_flag=True, help="Leave out all but one of each group of copies.")
@click.option("--leave-out", multiple=True, metavar="CLASS", help="Leave a class out.")
@click.option("--merge", multiple=True, metavar="A,B=NAME", help="Merge two or more classes into one.")
@click.option("--rename-class", multiple=True, metavar="OLD=NEW", help="Rename a class.")
@click.option("--subset", type=int, metavar="N", help="Keep this many (training) pictures of each class.")
@click.option("--name", help="Name of the version.")
@json_option
def derive(dataset: str, keep_one_copy: bool, name: str | None, as_json: bool, **changes: Any) -> None:
    """Make a changed version of a data set; the data set itself stays as it is.

    Changes are applied in the order in which the options are listed here. Most options can be repeated.
    """
    found = find_dataset(dataset)
    with stop_on_interrupt("Stopping. Nothing of it is kept.") as should_stop:
        try:
            if keep_one_copy:
                changes["remove"] += _copies(found, should_stop)
            edits = _edits(found, **changes)
            version = DatasetStore(settings()).derive(found.id, edits, name, PhaseTeller(), should_stop)
        except Stopped:
            raise click.Abort from None
    print_dataset(version, as_json)
    tell_unused_name(version, name)
    if not as_json and version.parent == found.id:
        click.echo(f"\nMade of {found.name}: {describe_edits(version.edits)}")


@click.command()
@click.argument("dataset")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="The zip to write.")
@json_option
def pack(dataset: str, output: Path, as_json: bool) -> None:
    """Write a data set as a zip of class folders."""
    found = find_dataset(dataset)
    with stop_on_interrupt("Stopping. Nothing of it is kept.") as should_stop:
        try:
            with durable.writing(output) as file:
                write_zip(found, file, PhaseTeller(), should_stop)
        except Stopped:
            raise click.Abort from None
        except OSError as error:
            raise DatasetError(f"{output} can't be written: {error.strerror}. Choose another place.") from error
    size = output.stat().st_size
    if as_json:
        print_json({"id": found.id, "output": str(output), "bytes": size, "num_pictures": len(found.samples)})
    else:
        print_facts({"file": output, "pictures": len(found.samples), "size": f"{size / MEGABYTE:.1f} MB"})


@click.command("delete-dataset")
@click.argument("dataset")
@json_option
def delete_dataset(dataset: str, as_json: bool) -> None:
    """Delete a data set. Versions of it stay; refused while a run is using it."""
    store = queue.dataset_store(settings())
    if settings().may_have_runs:
        run_store()  # marks runs whose worker died as failed, so that they no longer use the data set
    deleted = store.delete(dataset)
    if as_json:
        print_json({"id": deleted.id, "deleted": True})
    elif isinstance(deleted, DamagedDataset):
        click.echo(f"{in_words(deleted.id)} is deleted")
    else:
        click.echo(f"{deleted.name} ({deleted.id}) is deleted")


def _edits(
    dataset: DatasetIndex,
    remove: Sequence[str],
    leave_out: Sequence[str],
    merge: Sequence[str],
    rename_class: Sequence[str],
    subset: int | None,
) -> list[Edit]:
    """Returns the requested changes, in the order of the options."""
    paths = _paths(dataset, remove)
    edits = [Edit(REMOVE, tuple(dict.fromkeys(paths)))] if paths else []
    if leave_out:
        edits.append(Edit(LEAVE_OUT_CLASS, class_names=tuple(leave_out)))
    for text in merge:
        merged, new = _pair("--merge", text, "A,B=NAME")
        edits.append(Edit(MERGE_CLASSES, class_names=(*merged.split(","), new)))
    for text in rename_class:
        edits.append(Edit(RENAME_CLASS, class_names=_pair("--rename-class", text, "OLD=NEW")))
    if subset is not None:
        edits.append(Edit(SUBSET, number=subset))
    if not edits:
        raise DatasetError(f"Expected at least one change of {dataset.name}. Received none. See: derive --help")
    return edits


def _copies(dataset: DatasetIndex, should_stop: ShouldStop) -> tuple[str, ...]:
    """Returns the pictures to leave out so that one of each group of copies is kept.

    Raises:
        DatasetError: there are none.
        Stopped: the user asked to stop.
    """
    found = read_audit(dataset)
    if found is None:
        found = audit(dataset, PhaseTeller(), should_stop)
        write_audit(dataset, found)
    copies = keep_one(dataset, found)
    if not copies:
        raise DatasetError(f"There are no copies in {dataset.name}. Leave --keep-one-copy out.")
    return copies


def _paths(dataset: DatasetIndex, pictures: Sequence[str]) -> list[str]:
    """Returns the paths of the pictures given on the command line by path or by name in the archive."""
    found: dict[str, list[str]] = {}
    for sample in dataset.samples:
        for word in {sample.path, sample.name}:
            found.setdefault(word, []).append(sample.path)
    for picture in pictures:
        if picture not in found:
            raise DatasetError(
                f"There is no picture {picture!r} in {dataset.name}. Give its path or its name in the archive."
            )
        if len(found[picture]) > 1:
            several = ", ".join(found[picture][:5])
            raise DatasetError(f"{picture!r} fits more than one picture: {several}. Give the path of one.")
    return [found[picture][0] for picture in pictures]


def _pair(option: str, text: str, shape: str) -> tuple[str, str]:
    old, equals, new = text.rpartition("=")
    if not (old and equals and new):
        raise DatasetError(f"Expected {option} {shape}. Received {text!r}. Fix it.")
    return old, new


def _damaged_values(item: DamagedDataset) -> dict[str, Any]:
    return {
        "id": item.id,
        "reason": item.reason,
        "folder": str(item.folder),
        "pictures": str(item.pictures),
        "num_pictures": item.num_pictures,
        "advice": damaged_dataset(item),
    }


def _row(dataset: DatasetIndex, names: dict[str, str]) -> tuple[object, ...]:
    made_of = names.get(dataset.parent, "one that is deleted") if dataset.parent else "-"
    created = moment(dataset.created)
    return dataset.id, dataset.name, len(dataset.samples), len(dataset.class_names), made_of, created
