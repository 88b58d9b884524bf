"""How a user wants a source to be read, where that isn't left to detection."""

from dataclasses import dataclass, fields

from core.errors import DatasetError

KEEP, MERGE = "keep", "merge"
LEAVE_OUT, TAKE_FIRST = "leave_out", "first"


@dataclass(frozen=True)
class ReadingOptions:
    """A user's decisions about a source. Empty ones are detected from the source.

    Attributes:
        layout: where the labels come from, one of `layout.LAYOUTS`.
        file_column: the table column that names the pictures: its header, or its number from 1.
        label_column: the column that holds their classes.
        split_column: the column that holds their splits.
        encoding: encoding of names and tables that don't declare theirs, such as `gbk`.
        similar_classes: whether classes whose names differ only by case, accents or width are kept apart (`keep`) or
            become one (`merge`).
        several_labels: what to do with pictures of more than one class: `leave_out`, or use the `first` one.
        lone_classes: `leave_out` to go on without classes that have fewer than two different pictures.
    """

    layout: str = ""
    file_column: str = ""
    label_column: str = ""
    split_column: str = ""
    encoding: str = ""
    similar_classes: str = ""
    several_labels: str = ""
    lone_classes: str = ""

    def __post_init__(self) -> None:
        if self.encoding and not _is_encoding(self.encoding):
            raise DatasetError(
                f"There is no encoding {self.encoding!r}. Expected one that Python knows, such as utf-8, gbk, big5, "
                "shift_jis, euc_kr or cp1251. Check its spelling."
            )

    def completed_by(self, others: "ReadingOptions") -> "ReadingOptions":
        """Returns these options, with empty ones taken from `others`."""
        return ReadingOptions(
            **{field.name: getattr(self, field.name) or getattr(others, field.name) for field in fields(self)}
        )

    @property
    def names_columns(self) -> bool:
        """Whether table columns are named, so that the labels can only come from a table."""
        return bool(self.file_column or self.label_column or self.split_column)


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, ValueError):  # unknown, or not an encoding of text
        return False
    return True


AS_FOUND = ReadingOptions()
