"""How long importing and auditing take, and how much memory.

`python -m tests.benchmarks.data_sets [NUMBER ...]`: with generated pictures of about 50 kB, 1,000 and 20,000 of them (1
GB) by default. An audit follows three times: from what the import measured, from nothing, and as it was stored.

`python -m tests.benchmarks.data_sets classes [NUMBER ...]`: with small pictures, two a class, 1,000, 4,000 and 10,000
classes by default; then the jobs that a page or a run does with each of these data sets.

`python -m tests.benchmarks.data_sets tables`: two pictures and a table, some of which take a thousand times their size
where they are kept as rows.

Each import and audit is a process of its own.
"""

import io
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from core.datasets.edit import SUBSET, Edit
from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import AUDIT_NAME
from core.datasets.quality.image_statistics import STATISTICS_NAME
from core.datasets.store.manifest import read_manifest
from core.datasets.versions.edits import apply_edits
from core.datasets.versions.packing import plan
from core.settings import MEGABYTE
from tests.benchmarks.measuring import Measured, measure, print_table
from tests.core.datasets.drawing import draw_scene, encode

HEADER = ["pictures", "archive", "job", "seconds", "pictures /s", "peak memory"]
SIZE = (480, 360)
QUALITY = 92
CLASSES = 10


def draw(seed: int) -> bytes:
    """Returns the file of a picture; every hundredth is a near copy of the previous one."""
    is_copy = seed % 100 == 99
    return encode(draw_scene(seed - is_copy, *SIZE), quality=QUALITY - 10 * is_copy)


def write_archive(path: Path, count: int) -> None:
    """Writes a zip of class folders with generated pictures."""
    with zipfile.ZipFile(path, "w") as archive, ProcessPoolExecutor() as pool:
        for number, content in enumerate(pool.map(draw, range(count), chunksize=64)):
            archive.writestr(f"class {number // 100 % CLASSES}/{number:06d}.jpg", content)


def row(count: int, archive: Path, job: str, measured: Measured) -> list[str]:
    """Returns a job's line of the table."""
    return [
        f"{count:,}",
        f"{archive.stat().st_size / MEGABYTE:,.0f} MB",
        job,
        f"{measured.seconds:.1f}",
        f"{count / measured.seconds:,.0f}",
        f"{measured.peak_bytes / MEGABYTE:,.0f} MB",
    ]


def bench(count: int, folder: Path) -> list[list[str]]:
    """Measures the jobs with this many pictures."""
    archive = folder / f"{count}.zip"
    write_archive(archive, count)
    os.environ["TRANSFER_STUDIO_HOME"] = str(folder / "home")
    imported = measure("core", "import", str(archive), "--json")
    home = folder / "home" / "datasets" / imported.result["id"]
    rows = [row(count, archive, "import with audit", imported)]
    for job, unneeded in (
        ("audit, as stored", ()),
        ("audit of what was measured", (AUDIT_NAME,)),
        ("audit from nothing", (AUDIT_NAME, STATISTICS_NAME)),
    ):
        for name in unneeded:
            (home / name).unlink()
        audit = measure("core", "audit", imported.result["id"], "--json")
        rows.append(row(count, archive, job, audit))
        print(f"{count:,} pictures, {job}: {audit.result['counts']}", flush=True)
    return rows


def draw_small(seed: int) -> bytes:
    """Returns the file of a picture of 48 x 40 pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).resize((48, 40)).save(file, "JPEG")
    return file.getvalue()


CLASS_JOBS: dict[str, Callable[[DatasetIndex], object]] = {
    "split": lambda dataset: dataset.with_split(),
    "count": lambda dataset: dataset.distribution().totals,
    "subset": lambda dataset: apply_edits(dataset, [Edit(SUBSET, number=2)]),
    "plan a zip": plan,
}


def bench_classes(num_classes: int, folder: Path) -> list[str]:
    """Measures how long a data set with this many classes of two pictures takes, in seconds."""
    archive = folder / "many.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for number in range(2 * num_classes):
            file.writestr(f"class {number // 2:05d}/{number}.jpg", draw_small(number))
    os.environ["TRANSFER_STUDIO_HOME"] = str(folder / "home")
    imported = measure("core", "import", str(archive), "--json")
    home = folder / "home" / "datasets" / imported.result["id"]
    (home / AUDIT_NAME).unlink()
    audit = measure("core", "audit", imported.result["id"], "--json")
    dataset = read_manifest(home)
    seconds = [imported.seconds, audit.seconds]
    for job in CLASS_JOBS.values():
        started = time.monotonic()
        job(dataset)
        seconds.append(time.monotonic() - started)
    return [f"{num_classes:,}", *(f"{value:.2f}" for value in seconds), f"{imported.peak_bytes / MEGABYTE:,.0f} MB"]


TABLES: dict[str, Callable[[], bytes]] = {
    "none": lambda: b"",
    "200 columns, a million rows of one letter": lambda: b"file" + b",a" * 199 + b"\n" + b"a\n" * 1_000_000,
    "one line of 16 MB": lambda: b"ab," * (5 * MEGABYTE),
    "a million empty lines": lambda: b"\n" * 1_000_000 + b"file,label\n",
    "a quote that never ends": lambda: b'file,label\n"' + b"x\n" * (7 * MEGABYTE),
    "10,000 columns": lambda: (b",".join(b"c%d" % column for column in range(10_000)) + b"\n") * 200,
    "UTF-16": lambda: ("file,label\n" + "\U0001f600.jpg,a\n" * 600_000).encode("utf-16"),
}


def bench_table(name: str, folder: Path) -> list[str]:
    """Measures the import of four pictures beside a table."""
    archive = folder / "table.zip"
    table = TABLES[name]()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(4):
            file.writestr(f"class {number % 2}/{number}.jpg", draw_small(number))
        # Ballast, because a zip that unpacks to hundreds of times its size is refused unread.
        file.writestr("class 0/notes.txt", np.random.default_rng(0).bytes(MEGABYTE), zipfile.ZIP_STORED)
        file.writestr("labels.csv", table)
    os.environ["TRANSFER_STUDIO_HOME"] = str(folder / "home")
    imported = measure("core", "import", str(archive), "--json")
    peak = f"{imported.peak_bytes / MEGABYTE:,.0f} MB"
    return [name, f"{len(table) / MEGABYTE:.1f} MB", f"{imported.seconds:.1f}", peak]


def print_all(header: list[str], jobs: list, bench_one: Callable) -> None:
    """Measures each job in a folder of its own and prints the table."""
    rows: list[list[str]] = []
    for job in jobs:
        with tempfile.TemporaryDirectory() as folder:
            found = bench_one(job, Path(folder))
            rows += found if isinstance(found[0], list) else [found]
    print_table(header, rows)


def main() -> None:
    """Measures what the command line asks for."""
    what, *rest = sys.argv[1:] or [""]
    if what == "classes":
        header = ["classes", "import with audit", "audit", *CLASS_JOBS, "peak memory"]
        print_all(header, [int(text) for text in rest] or [1_000, 4_000, 10_000], bench_classes)
    elif what == "tables":
        print_all(["table", "size", "seconds", "peak memory"], list(TABLES), bench_table)
    else:
        print_all(HEADER, [int(text) for text in sys.argv[1:]] or [1_000, 20_000], bench)


if __name__ == "__main__":
    main()
