"""The command `cache`: what the feature cache holds, and how to clear it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

import click

from core.backbones.table import BACKBONES
from core.cli.terminal.output import json_option, moment, print_json, print_table
from core.errors import RunError
from core.features.cache import CacheEntry, cache_summary, clear_cache
from core.runs import queue
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.liveness import is_worker_alive
from core.settings import GIGABYTE, MEGABYTE, settings


@click.command()
@click.option("--clear", is_flag=True, help="Delete all of it; runs compute again what they need.")
@json_option
def cache(clear: bool, as_json: bool) -> None:
    """Show the feature cache: what the frozen blocks have computed."""
    cleared_bytes = _clear() if clear else 0
    entries = cache_summary(settings())
    num_bytes = sum(entry.num_bytes for entry in entries)
    if as_json:
        values = {"entries": [asdict(entry) for entry in entries], "num_bytes": num_bytes}
        print_json(values | {"limit_bytes": settings().cache_bytes, "cleared_bytes": cleared_bytes})
        return
    if clear:
        click.echo(f"Cleared {_size(cleared_bytes)}")
    if entries:
        print_table(
            ("backbone", "features", "pixels", "version", "pictures", "size", "last used"), list(map(_row, entries))
        )
        click.echo()
    limit = f"{settings().cache_bytes / GIGABYTE:g} GB"
    click.echo(f"{_size(num_bytes)} of at most {limit} (TRANSFER_STUDIO_CACHE_GB) in {settings().features}")


def _clear() -> int:
    for run in _unfinished():
        if run.status == RunStatus.RUNNING:
            raise RunError(f"The run {run.name!r} is using the cache. Stop it, or wait for its end, then clear it.")
    freed = clear_cache(settings())
    if not freed and any(entry.num_bytes for entry in cache_summary(settings())):
        raise RunError(f"Nothing in {settings().features} can be deleted. Make the folder writable, then clear it.")
    return freed


def _unfinished() -> Sequence[Run]:
    """Returns the runs that may use the cache. Writes nothing, so that the cache can be cleared on a full disk."""
    if not settings().database.exists():
        return ()
    store = RunStore(settings().database)
    with suppress(RunError):
        queue.reconcile(store)
    return [run for run in store.unfinished() if not run.pid or is_worker_alive(store.folder(run.id))]


def _row(entry: CacheEntry) -> tuple[object, ...]:
    label = BACKBONES[entry.backbone].label if entry.backbone in BACKBONES else entry.backbone or "-"
    version = f"changed {entry.view}" if entry.view else "plain"
    used = moment(entry.last_used)
    pixels = entry.image_size or "-"
    return label, entry.boundary, pixels, version, entry.num_pictures, _size(entry.num_bytes), used


def _size(num_bytes: int) -> str:
    return f"{num_bytes / MEGABYTE:,.1f} MB"
