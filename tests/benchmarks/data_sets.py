"""How long importing and auditing take, and how much memory, with generated pictures of about 50 kB.

`python -m tests.benchmarks.data_sets [NUMBER ...]`; 1,000 and 20,000 pictures (1 GB) by default. Each job is a process
of its own. An audit follows three times: from what the import measured, from nothing, and as it was stored.
"""

import os
import sys
import tempfile
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from core.datasets.audit import AUDIT_NAME
from core.datasets.looks import LOOKS_NAME
from core.settings import MEGABYTE
from tests.benchmarks.measuring import Measured, measure, print_table
from tests.core.datasets.drawing import draw_scene, encode

HEADER = ["pictures", "archive", "job", "seconds", "pictures /s", "peak memory"]
SIZE = (480, 360)
QUALITY = 92
CLASSES = 10


def draw(seed: int) -> bytes:
    """Returns the file of a picture; every hundredth is a near copy of the one before."""
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
    """Measures the jobs with so many pictures."""
    archive = folder / f"{count}.zip"
    write_archive(archive, count)
    os.environ["TRANSFER_STUDIO_HOME"] = str(folder / "home")
    imported = measure("core", "import", str(archive), "--json")
    home = folder / "home" / "datasets" / imported.result["id"]
    rows = [row(count, archive, "import with audit", imported)]
    for job, unneeded in (
        ("audit, as stored", ()),
        ("audit of what was measured", (AUDIT_NAME,)),
        ("audit from nothing", (AUDIT_NAME, LOOKS_NAME)),
    ):
        for name in unneeded:
            (home / name).unlink()
        audit = measure("core", "audit", imported.result["id"], "--json")
        rows.append(row(count, archive, job, audit))
        print(f"{count:,} pictures, {job}: {audit.result['counts']}", flush=True)
    return rows


def main() -> None:
    """Measures and prints the table."""
    counts = [int(text) for text in sys.argv[1:]] or [1_000, 20_000]
    rows: list[list[str]] = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            rows += bench(count, Path(folder))
    print_table(HEADER, rows)


if __name__ == "__main__":
    main()
