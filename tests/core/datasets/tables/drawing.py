"""Tables and pictures to read in tests."""

from core.datasets.archives.members import TableFile
from core.datasets.tables.groups import open_groups
from core.datasets.tables.pictures import PictureNames


def table_of(text: str | bytes, name: str = "labels.csv") -> TableFile:
    """Returns a table with this text."""
    return TableFile(tuple(name.split("/")), text if isinstance(text, bytes) else text.encode())


def paths_of(*names: str) -> list[tuple[str, ...]]:
    """Returns names as the paths of pictures."""
    return [tuple(name.split("/")) for name in names]


def group_of(text: str, *names: str):
    """Returns one table, opened beside pictures with these names."""
    (group,) = open_groups([table_of(text)], PictureNames(paths_of(*names)))
    return group
