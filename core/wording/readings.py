"""How the labels of a data set were found, and what is asked about a source, in words.

What to do about it depends on where it is said: a terminal has options, a page has boxes and buttons. So each of them
has its own catalogue of remedies, which adds to the words of this one or replaces them.
"""

from collections.abc import Sequence
from typing import Any

from core.wording.coded import Catalogue, Note, Reason, words_of
from core.wording.dataset_notes import Groups, listed_groups
from core.wording.encodings import encoding_name
from core.wording.lists import listed
from core.wording.reasons import reason

UNKNOWN = "The labels were found in a way that this version of the studio doesn't know ({code})."
UNKNOWN_QUESTION = "Something about the labels isn't clear that this version of the studio doesn't know ({code})."
EXPECTED = (
    "Expected one folder of pictures per class, train and validation folders with those inside, file names such as "
    "cat.12.jpg, or a CSV of labels."
)
EXPECTED_TABLE = "Expected a CSV with a column of picture file names and one of classes."
MOST_COLUMNS = 8
NUMBERS = {2: "two", 3: "three", 4: "four"}
# Why a column wasn't taken for classes.
WHY_NO_CLASSES = {
    "empty": "empty",
    "constant": "always {value}",
    "measure": "many different numbers",
    "fraction": "fractions",
    "unique": "different in most rows",
    "other": "not named like classes",
}


def reading(note: Note, remedies: Catalogue | None = None) -> str:
    """Returns, as a sentence, how labels were found.

    Args:
        note: how.
        remedies: adds what to do if that is wrong, by the note's code.
    """
    words = words_of(note, SENTENCES, UNKNOWN)
    return f"{words} {words_of(note, remedies, '')}" if remedies and note.code in remedies else words


def question(notes: Sequence[Note], remedies: Catalogue) -> str:
    """Returns, in sentences, what is asked about a source.

    Args:
        notes: what isn't clear, and what to do about it.
        remedies: the words for what to do; they replace others with the same code.
    """
    return " ".join(words_of(note, {**QUESTIONS, **remedies}, UNKNOWN_QUESTION) for note in notes)


def _name_encoding(archive: str, encoding: str, example: str) -> str:
    return (
        f"The names in {archive} don't state their encoding; they were read as {encoding_name(encoding)}, such as "
        f"{example}."
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
    "unlabelled": "The pictures have no labels: a model can be adapted to them, but not trained on them.",
}


def _no_such_column(table: str, column: str, columns: Sequence[str], **_option: str) -> str:
    return f"{table} has no column {column}. {_columns(columns)}"


def _no_file_column(
    table: str, columns: Sequence[str], column: str, fitting: int, rows: int, cell: str, picture: str
) -> str:
    return (
        f"{table} isn't understood: no column names the pictures. {_columns(columns)} File names were looked for "
        f"in {column}: {fitting:,} of {rows:,} rows name a picture, the first one says {cell}, and a picture is called "
        f"{picture}."
    )


def _no_label_column(
    table: str, columns: Sequence[str], column: str, named: int, rows: int, others: Sequence[tuple[str, str, str]]
) -> str:
    whys = [f"{name} ({WHY_NO_CLASSES[why].format(value=value)})" for name, why, value in others]
    return (
        f"{table} isn't understood: no column gives two or more classes. {_columns(columns)} The files are "
        f"in {column}: {named:,} of {rows:,} rows name a picture. Not taken for classes: {listed(whys, MOST_COLUMNS)}."
    )


def _columns(names: Sequence[str]) -> str:
    if not any(names):
        return f"It has {len(names):,} columns without names."
    return f"Its columns are {listed([name or 'one without a name' for name in names], MOST_COLUMNS)}."


def _few_pictures(source: str, names: Sequence[str], count: int, num_different: int) -> str:
    what = {0: "no picture", 1: "only one picture"}.get(num_different) if count == 1 else ""
    return _of_classes(source, names, count, f"{what or 'fewer than two different pictures'} that can be read")


def _no_training_picture(source: str, names: Sequence[str], count: int) -> str:
    return _of_classes(source, names, count, "no picture in the train folder")


def _of_classes(source: str, names: Sequence[str], count: int, what: str) -> str:
    if count == 1:
        return f"The class {names[0]} in {source} has {what}."
    shown = f"{', '.join(names)} and {count - len(names):,} more" if count > len(names) else ", ".join(names)
    return f"{count:,} classes in {source} have {what}: {shown}."


def _file_left_out(name: str, code: str, parameters: dict[str, Any]) -> str:
    return f"{name} was left out: {reason(Reason(code, parameters))}."


def _several_ways(name: str, ways: Sequence[tuple[dict[str, str], str]]) -> str:
    """Names the options of each way, as the terminal's words."""
    are_layouts = all(list(options) == ["layout"] for options, _ in ways)
    choices = [f"{options['layout'] if are_layouts else _flags(options)}, {classes}" for options, classes in ways]
    what = "Choose a layout" if are_layouts else "Choose one"
    return f"{name} can be read in {NUMBERS.get(len(ways), f'{len(ways):,}')} ways. {what}: {'; or '.join(choices)}."


def _flags(options: dict[str, str]) -> str:
    return " ".join(f"--{name.replace('_', '-')} {value}" for name, value in options.items())


def _similar_classes(name: str, groups: Groups, count: int, ways: Sequence[tuple[str, int]]) -> str:
    choices = " or ".join(f"--similar-classes {rule} for {classes:,}" for rule, classes in ways)
    alike = f"{name} has classes whose names differ only by case, accents or width: {listed_groups(groups, count)}."
    return f"{alike} Choose {choices} classes."


QUESTIONS: Catalogue = {
    "no_folders": "The pictures in {name} don't lie in folders. " + EXPECTED,
    "one_class": ("{name} has only one class, {class_name}. There have to be at least two to tell apart. " + EXPECTED),
    "one_named": (
        "Only one class, {class_name}, was found in the names of the pictures in {name}, such as {example}. There have "
        "to be at least two to tell apart: add pictures of another class, with its name in front of their numbers."
    ),
    "no_two_classes": "{name} doesn't have two classes to tell apart.",
    "not_by_table": "{name} can't be read by its table.",
    "every_way": "{name} can be read in these ways.",
    "unreadable_tables": lambda names: f"{listed(names, MOST_COLUMNS)} can't be read as a table. {EXPECTED_TABLE}",
    "no_such_column": _no_such_column,
    "form": (
        "{table} is called a submission, so it was taken for a form to fill in, not for the truth. " + EXPECTED_TABLE
    ),
    "no_file_column": _no_file_column,
    "no_label_column": _no_label_column,
    "few_pictures": _few_pictures,
    "file_left_out": _file_left_out,
    "two_needed": "Each class needs at least two different ones, preferably twenty.",
    "no_training_picture": _no_training_picture,
}
IN_TERMINAL: Catalogue = {
    "name_encoding": "If that looks wrong, import it again with the right encoding (--encoding).",
    "name_column": lambda option: f"Name one of them with --{option.replace('_', '-')}.",
    "name_form": "Rename it if it holds the classes, or name its column with --label-column.",
    "name_files": "Name the right column with --file-column, or fix the names.",
    "name_labels": "Name the right column with --label-column.",
    "take_unlabelled": "Only to adapt a model to them, import them without labels: --layout unlabelled.",
    "take_folders": "If the folders are classes, choose the layout class_folders.",
    "several_ways": _several_ways,
    "similar_classes": _similar_classes,
    "leave_classes_out": lambda count: (
        f"Add some, or leave {'the class' if count == 1 else 'these classes'} out: --lone-classes leave_out."
    ),
}
