"""Classes from tables beside the pictures, such as `labels.csv` with a column of files and one of labels.

A table only has to have a column that names pictures of the archive. Several tables together form one
labelling. If two columns fit equally well, each is a way to read it, and the user has to choose.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from core.datasets.archives.members import TableFile
from core.datasets.folders.tree import Folders
from core.datasets.layouts.file_names import labelled_splits
from core.datasets.layouts.layout import ASK, TABLE, Assignment, Example, LayoutCandidate, make_candidate
from core.datasets.layouts.options import AS_FOUND, LEAVE_OUT, TAKE_FIRST, ReadingOptions
from core.datasets.splits import TRAIN, UNDECIDED
from core.datasets.tables.columns import LabelColumn, column_name
from core.datasets.tables.groups import TableGroup, open_groups
from core.datasets.tables.labels import TableLabels, read_labels
from core.datasets.tables.pictures import PictureNames
from core.datasets.tables.splits import split_reader, unread_split_column
from core.wording.coded import Note, Reason

# How many ways to read the tables are offered.
MOST_READINGS = 6
SHOWN_TABLES, SHOWN_CLASSES = 3, 4
# Encodings that need no mention.
PLAIN_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
# If this share of a one-hot table's pictures has one class, it is meant to give each picture one.
ONE_CLASS_SHARE = 0.8


@dataclass(frozen=True)
class _Reading:
    """What tables say when read in one way, with the options that choose it and the notes on it."""

    labels: TableLabels
    options: ReadingOptions
    notes: tuple[Note, ...] = ()


class LabelTables:
    """The tables that came with the pictures. They are opened once, on first use.

    Args:
        paths: the folders and the name of each picture.
        tables: the tables.
        options: the user's decisions about columns, encoding and several labels.
    """

    def __init__(
        self, paths: Sequence[Folders], tables: Sequence[TableFile], options: ReadingOptions = AS_FOUND
    ) -> None:
        self.paths = paths
        self.tables = tables
        self.options = options

    @cached_property
    def groups(self) -> list[TableGroup]:
        """The readable tables, those with the same columns together."""
        return open_groups(self.tables, PictureNames(self.paths), self.options.encoding) if self.tables else []

    @cached_property
    def are_about_pictures(self) -> bool:
        """Whether one of them names pictures or other files, so that it is probably meant to give their classes."""
        return any(group.is_about_pictures for group in self.groups if not group.is_form)

    @cached_property
    def candidates(self) -> list[LayoutCandidate]:
        """The ways to read them, the likelier first; none if no table gives two classes."""
        return _read(self.paths, self.groups, self.options)


def read_tables(
    paths: Sequence[Folders], tables: Sequence[TableFile], options: ReadingOptions = AS_FOUND
) -> list[LayoutCandidate]:
    """Returns the ways to read the class of each picture from tables; see `LabelTables`."""
    return LabelTables(paths, tables, options).candidates


def _read(paths: Sequence[Folders], groups: Sequence[TableGroup], options: ReadingOptions) -> list[LayoutCandidate]:
    readings = _readings([group for group in groups if not group.is_form], options)
    if not readings and options.label_column:
        readings = _readings(groups, options)
    forms = tuple(_form_note(group) for group in groups if group.is_form and readings and group.file_columns())
    candidates = [
        candidate
        for reading in readings[:MOST_READINGS]
        for candidate in _candidates(paths, replace(reading, notes=reading.notes + forms))
    ]
    return [candidate for candidate in candidates if len(candidate.class_names) > 1]


def with_splits_of(candidate: LayoutCandidate, table: LayoutCandidate) -> LayoutCandidate:
    """Returns a way to read an archive with the splits of a table that gives the same classes."""
    given = {assignment.split for assignment in candidate.assignments}
    pairs = zip(candidate.assignments, table.assignments, strict=True)
    if given != {UNDECIDED} or not _are_splits([other.split for own, other in pairs if own.class_name]):
        return candidate
    assignments = tuple(
        replace(own, split=other.split) for own, other in zip(candidate.assignments, table.assignments, strict=True)
    )
    note = Note("splits_of_table", {"tables": table.told_by.parameters["tables"]})
    return replace(candidate, assignments=assignments, notes=(*candidate.notes, note))


def _readings(groups: Sequence[TableGroup], options: ReadingOptions) -> list[_Reading]:
    """Returns the reading for each choice of columns, with tables that belong together combined."""
    by_group = [found for group in groups if (found := list(_group_readings(group, options)))]
    by_group.sort(
        key=lambda found: (-max(reading.labels.num_labelled for reading in found), min(found[0].labels.tables))
    )
    if not by_group:
        return []
    chosen = by_group[0]
    notes: list[Note] = []
    notes += [note for group in groups for note in _unread_splits_alone(group)]
    given = [splits for group in groups if (splits := _splits_alone(group))]
    for others in by_group[1:]:
        fitting = [_belonging(reading, others) for reading in chosen]
        if any(fitting):
            for reading, other in zip(chosen, fitting, strict=True):
                if other:
                    reading.labels.extend(other.labels)
        elif agreeing := next((own for own in others if any(_agree(reading, own) for reading in chosen)), None):
            given.append(agreeing.labels.splits)
        else:
            rivals = [other for other in others if _are_rivals(chosen[0], other)]
            chosen = chosen + rivals
            notes += [] if rivals else [_unused_note(others[0])]
    for reading in chosen:
        for own in given:
            reading.labels.splits = {**own, **{key: value for key, value in reading.labels.splits.items() if value}}
    return [replace(_named(reading, chosen, options), notes=(*reading.notes, *notes)) for reading in chosen]


def _group_readings(group: TableGroup, options: ReadingOptions) -> Iterator[_Reading]:
    """Yields what tables with the same columns say, for each likely choice of columns."""
    for files in group.file_columns(options.file_column):
        split = group.split_column(files, options.split_column)
        if options.split_column and split is None:
            continue
        notes = _unread_splits(group, files) if split is None else ()
        every = options.layout == ASK
        for label in group.label_columns(files, options.label_column, split, every)[:MOST_READINGS]:
            labels = read_labels(group, files, label, split)
            if labels.num_labelled:
                yield _Reading(labels, options, notes)


def _splits_alone(group: TableGroup) -> dict[int, str]:
    """Returns the splits given by tables without classes."""
    for files in group.file_columns():
        split = group.split_column(files)
        if split is not None and not group.label_columns(files, split=split):
            read = split_reader(group.names[split], group.profiles(files)[split])
            return {picture: read(row[split]) for _, row, picture in group.named_rows(files)}
    return {}


def _unread_splits_alone(group: TableGroup) -> tuple[Note, ...]:
    """Returns a note on the splits that tables without classes give in numbers or words that nobody knows."""
    for files in group.file_columns():
        if group.split_column(files) is None and not group.label_columns(files):
            return _unread_splits(group, files)
    return ()


def _unread_splits(group: TableGroup, files: int) -> tuple[Note, ...]:
    unread = unread_split_column(group.names, group.profiles(files), files)
    return () if unread is None else (Note("splits_unread", {"column": column_name(group.names, unread)}),)


def _belonging(reading: _Reading, others: Sequence[_Reading]) -> _Reading | None:
    """Returns a continuation of the same labelling: the same column, or the same classes for other pictures."""
    labels = reading.labels
    for other in others:
        if _is_called_alike(labels.label, other.labels.label):
            return other
        is_disjoint = labels.classes.keys().isdisjoint(other.labels.classes)
        if is_disjoint and other.labels.vocabulary <= labels.vocabulary:
            return other
    return None


def _is_called_alike(one: LabelColumn, other: LabelColumn) -> bool:
    return one.name.casefold() == other.name.casefold() and not one.name.isdecimal()


def _agree(one: _Reading, other: _Reading) -> bool:
    """Whether two tables group the pictures that both name in the same way."""
    pairs = {
        (label, mine)
        for picture, label in one.labels.classes.items()
        if label and (mine := other.labels.classes.get(picture, ""))
    }
    return bool(pairs) and len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def _are_rivals(one: _Reading, other: _Reading) -> bool:
    """Whether another table is equally likely to be the right one."""
    is_smaller = other.labels.num_labelled * 2 < one.labels.num_labelled
    return other.labels.label.tier <= one.labels.label.tier and not is_smaller and len(other.labels.vocabulary) > 1


def _named(reading: _Reading, all_readings: Sequence[_Reading], options: ReadingOptions) -> _Reading:
    """Returns a reading with the options that choose it among all of them."""
    chosen = replace(options, layout=TABLE)
    if len({other.labels.files for other in all_readings}) > 1:
        chosen = replace(chosen, file_column=reading.labels.files)
    if len({other.labels.label.name for other in all_readings}) > 1:
        chosen = replace(chosen, label_column=reading.labels.label.name)
    return replace(reading, options=chosen)


def _candidates(paths: Sequence[Folders], reading: _Reading) -> Iterator[LayoutCandidate]:
    """Yields a reading's candidates: if pictures have several classes, one without them and one with their first."""
    labels, options = reading.labels, reading.options
    if not labels.others:
        yield _candidate(paths, reading, LEAVE_OUT)
        return
    num_left = labels.num_labelled - len(labels.others)
    is_meant_so = labels.label.is_one_hot and num_left >= ONE_CLASS_SHARE * labels.num_labelled
    rules = (
        [options.several_labels] if options.several_labels else [LEAVE_OUT] if is_meant_so else [LEAVE_OUT, TAKE_FIRST]
    )
    for rule in rules:
        asked = options if is_meant_so else replace(options, several_labels=rule)
        yield _candidate(paths, replace(reading, options=asked), rule)


def _candidate(paths: Sequence[Folders], reading: _Reading, rule: str) -> LayoutCandidate:
    labels = reading.labels
    names = [name for name, count in sorted(labels.tables.items()) if count] or sorted(labels.tables)
    tables = {"tables": names[:SHOWN_TABLES], "more": max(len(names) - SHOWN_TABLES, 0)}
    classes = [labels.classes.get(picture, "") for picture in range(len(paths))]
    reasons = dict.fromkeys(range(len(paths)), Reason("no_class", tables))
    if rule == LEAVE_OUT:
        for picture, several in labels.others.items():
            classes[picture] = ""
            reasons[picture] = Reason("several_classes", {**tables, "classes": several[:SHOWN_CLASSES]})
    splits = _splits(paths, classes, [labels.splits.get(picture, UNDECIDED) for picture in range(len(paths))])
    assignments = [
        Assignment(label, split) if label else Assignment("", reason=reasons[picture])
        for picture, (label, split) in enumerate(zip(classes, splits, strict=True))
    ]
    notes = [*reading.notes, *(_form_words(*form) for form in labels.forms)]
    if labels.contradicted:
        notes.append(Note("several_splits", {"count": len(labels.contradicted)}))
    if labels.others:
        picture, several = next(iter(labels.others.items()))
        example = {"name": "/".join(paths[picture]), "classes": list(several[:SHOWN_CLASSES])}
        notes.append(Note("several_labels", {"count": len(labels.others), "rule": rule, **example}))
    candidate = make_candidate(TABLE, _told_by(labels, tables, len(paths)), assignments, notes)
    examples = tuple(
        Example(picture, candidate.assignments[picture].class_name, cells) for picture, cells in labels.rows.items()
    )
    return replace(candidate, options=reading.options, examples=examples)


def _told_by(labels: TableLabels, tables: dict[str, object], num_pictures: int) -> Note:
    encodings = sorted(labels.encodings - set(PLAIN_ENCODINGS))
    return Note(
        "table",
        {
            **tables,
            "label_column": labels.label.name,
            "file_column": labels.files,
            "split_column": labels.split,
            "rows": labels.num_rows,
            "named": labels.num_named,
            "pictures": labels.num_labelled,
            "all_pictures": num_pictures,
            "encodings": encodings,
        },
    )


def _splits(paths: Sequence[Folders], labels: Sequence[str], own: list[str]) -> list[str]:
    """Returns the split of each picture: from the tables, otherwise from its folders."""
    if _are_splits([split for split, label in zip(own, labels, strict=True) if label]):
        return own
    return labelled_splits([path[:-1] for path in paths], labels)


def _are_splits(splits: Sequence[str]) -> bool:
    """Whether some pictures are held out and others are left to train on."""
    found = set(splits)
    return len(found) > 1 and bool(found & {TRAIN, UNDECIDED}) and found != {TRAIN, UNDECIDED}


def _form_note(group: TableGroup) -> Note:
    (files,) = group.file_columns()[:1]
    pictures = {picture for _, _, picture in group.named_rows(files)}
    return _form_words(group.tables[0].name, "", len(pictures))


def _form_words(name: str, value: str, count: int) -> Note:
    return Note("table_form", {"name": name, "value": value, "count": count})


def _unused_note(reading: _Reading) -> Note:
    labels = reading.labels
    return Note("table_unused", {"name": min(labels.tables), "column": labels.label.name, "count": labels.num_labelled})
