"""How the labels of a data set were found, in words."""

from collections.abc import Sequence

from core.wording.coded import Catalogue, Note, words_of
from core.wording.encodings import encoding_name

UNKNOWN = "The labels were found in a way that this version of the studio doesn't know ({code})."


def reading(note: Note) -> str:
    """Returns, as a sentence, how labels were found."""
    return words_of(note, SENTENCES, UNKNOWN)


def _name_encoding(archive: str, encoding: str, example: str) -> str:
    return (
        f"The names in {archive} don't say their encoding; they were read as {encoding_name(encoding)}, such as "
        f"{example}. If that looks wrong, import it again with the right encoding (--encoding)."
    )


def _asked_name_encoding(archive: str, encoding: str, example: str) -> str:
    return f"The names in {archive} were read as {encoding_name(encoding)}, as asked for, such as {example}."


def _table(tables: Sequence[str], label_column: str) -> str:
    column = f"column {label_column}" if label_column else "second column"
    return f"The {column} of {' and '.join(tables)} has the class of each picture."


SENTENCES: Catalogue = {
    "outer_folders": "The outermost folders are the classes, whatever lies inside them.",
    "inner_folders": "The innermost folders are the classes, whatever lies around them.",
    "table": _table,
    "file_names": "The beginnings of the file names are the classes, such as {beginning} in {example}.",
    "name_encoding": _name_encoding,
    "asked_name_encoding": _asked_name_encoding,
    "given": "The pictures were sorted into classes by hand.",
}
