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
        f"The names in {archive} don't state their encoding; they were read as {encoding_name(encoding)}, such as "
        f"{example}. If that looks wrong, import it again with the right encoding (--encoding)."
    )


def _asked_name_encoding(archive: str, encoding: str, example: str) -> str:
    return f"The names in {archive} were read as {encoding_name(encoding)}, as asked for, such as {example}."


def _table(
    tables: Sequence[str],
    label_column: str,
    file_column: str = "",
    split_column: str = "",
    rows: int = 0,
    named: int = 0,
    pictures: int = 0,
    all_pictures: int = 0,
    more: int = 0,
    encodings: Sequence[str] = (),
) -> str:
    names = " and ".join([*tables, f"{more:,} more"] if more else tables)
    if not rows:
        column = f"column {label_column}" if label_column else "second column"
        return f"The {column} of {names} has the class of each picture."
    columns = f"column {label_column}, files from {file_column}{', splits from ' if split_column else ''}{split_column}"
    which = f"{pictures:,} pictures" if pictures == all_pictures else f"{pictures:,} of {all_pictures:,} pictures"
    found = f"{named:,} of {rows:,} rows name a picture, {which}."
    known = " and ".join(map(encoding_name, encodings))
    guessed = f" It isn't UTF-8 and was read as {known}." if known else ""
    return f"From {names}, {columns}: {found}{guessed}"


def _outer_folders(folder: str = "", class_name: str = "", is_last: bool = False) -> str:
    if not folder:
        return "The outermost folders are the classes, whatever lies inside them."
    return f"The {'' if is_last else 'outer '}folders are the classes: pictures in {folder} are {class_name}."


def _inner_folders(folder: str = "", class_name: str = "", is_last: bool = True) -> str:
    if not folder:
        return "The innermost folders are the classes, whatever lies around them."
    return f"The inner folders are the classes: pictures in {folder} are {class_name}."


SENTENCES: Catalogue = {
    "outer_folders": _outer_folders,
    "inner_folders": _inner_folders,
    "table": _table,
    "file_names": "The beginnings of the file names are the classes, such as {beginning} in {example}.",
    "name_encoding": _name_encoding,
    "asked_name_encoding": _asked_name_encoding,
    "given": "The pictures were sorted into classes by hand.",
}
