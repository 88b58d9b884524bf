"""Disk errors while findings are stored in a data set's folder, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.datasets.index import DatasetIndex
from core.errors import DatasetError


@contextmanager
def storing_findings(dataset: DatasetIndex) -> Iterator[None]:
    """Turns disk errors raised inside into a `DatasetError`.

    Raises:
        DatasetError: the data set's folder can't be written to, or was deleted meanwhile.
    """
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"What was found in {dataset.name} couldn't be stored in {dataset.folder} ({error.strerror}). Was the data "
            "set deleted, or is the disk full?"
        ) from error
