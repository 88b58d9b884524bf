"""How to read an archive: in the one clear way, or in one that a user has to choose from several."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from core.datasets.archives.members import TableFile
from core.datasets.folders.set_aside import THERE_TWICE, Remainder, set_aside
from core.datasets.folders.tree import Folders
from core.datasets.layouts.file_names import read_file_names
from core.datasets.layouts.label_tables import LabelTables, with_splits_of
from core.datasets.layouts.layout import (
    ASK,
    CLASS_FOLDERS,
    FILE_NAMES,
    GIVEN,
    GIVEN_CLASSES,
    INNER,
    INNER_FOLDERS,
    LAYOUTS,
    OUTER,
    TABLE,
    UNLABELLED,
    AmbiguousLayout,
    Assignment,
    LayoutCandidate,
    make_candidate,
    read_inner_folders,
    read_layout,
)
from core.datasets.layouts.options import AS_FOUND, ReadingOptions
from core.datasets.layouts.questions import ask
from core.datasets.layouts.similar_classes import settle
from core.datasets.layouts.table_problems import columns_to_name, explain_tables, unused_tables
from core.datasets.names import fold_name
from core.datasets.splits import TRAIN, split_word
from core.errors import DatasetError
from core.wording.coded import Note

# From this many pictures on, folders without any class are reported in one sentence, otherwise picture by picture.
MANY_PICTURES = 20
MAX_NOTES = 5
# The share of pictures from which one set of classes counts as following from another.
FOLLOWS_SHARE = 0.9
# Folders named by one of these words and a number are classes, and so are those named by a number alone.
CLASS_WORDS = {"", "class", "label", "category", "type", "kind", "species", "person", "subject", "id"}
MISSING = {
    CLASS_FOLDERS: "its pictures don't lie in two or more folders",
    INNER_FOLDERS: "not all of its pictures lie in folders inside folders",
    TABLE: "it has no CSV with a column of picture names and one of classes",
    FILE_NAMES: "its file names don't begin with a class and end in a number, as cat.12.jpg does",
}


def choose_candidate(
    paths: Sequence[Folders],
    tables: Sequence[TableFile],
    name: str,
    options: ReadingOptions = AS_FOUND,
    digests: Sequence[str] = (),
) -> LayoutCandidate:
    """Returns the way to read an archive.

    Args:
        paths: the folders and the name of each picture, safe to show.
        tables: the CSVs that came along.
        name: what the archive is called in messages.
        options: the user's decisions. As a layout, `GIVEN_CLASSES`, `UNLABELLED` and `ASK` are accepted
            too.
        digests: digest of each picture's content; without them, no two pictures count as the same.

    Raises:
        AmbiguousLayout: there is more than one, and the user has to choose.
        DatasetError: it can't be read in the chosen way, has validation pictures only, or the names of its pictures
            give one class only.
    """
    if options.layout == UNLABELLED:
        return unlabelled(len(paths))
    if options.layout == GIVEN_CLASSES:
        return make_candidate(GIVEN_CLASSES, GIVEN, [Assignment(path[0]) for path in paths])
    source = _Source(paths, tables, digests, options)
    if options.layout == ASK:
        raise _every_way(source, name)
    layout = options.layout or (TABLE if options.names_columns else "")
    # If nothing is clear, folders are expected, and the message says what they lack.
    found = _chosen(source, name, layout) if layout else _candidates(source) or (_expected(source, name),)
    ways = [way for candidate in found for way in settle(candidate, options)]
    if len(ways) > 1 or _decides_too_much(ways[0], options):
        raise ask([replace(way, options=way.options.completed_by(options)) for way in ways], name)
    return replace(ways[0], notes=(*ways[0].notes, *unused_tables(source.labels)))


def unlabelled(num_pictures: int) -> LayoutCandidate:
    """Returns the way to read an archive without labels: as one class, which isn't one."""
    return make_candidate(UNLABELLED, Note("unlabelled"), [Assignment(UNLABELLED)] * num_pictures)


def candidates(
    paths: Sequence[Folders], tables: Sequence[TableFile] = (), digests: Sequence[str] = ()
) -> tuple[LayoutCandidate, ...]:
    """Returns the ways in which an archive may be meant to be read, the likelier first.

    A single one is clear; none means that there are no classes. Ways with the same result count as one.
    """
    return _candidates(_Source(paths, tables, digests))


class _Source:
    """What there is to read: pictures and tables, and which pictures count when folders are read."""

    def __init__(
        self,
        paths: Sequence[Folders],
        tables: Sequence[TableFile],
        digests: Sequence[str],
        options: ReadingOptions = AS_FOUND,
    ) -> None:
        self.paths = paths
        self.labels = LabelTables(paths, tables, options)
        self._digests = digests or [str(number) for number in range(len(paths))]

    @cached_property
    def remainder(self) -> Remainder:
        """The pictures without masks and duplicates."""
        return set_aside(self.paths, self._digests)

    @cached_property
    def labelled(self) -> Remainder:
        """The remainder without folders of unlabelled pictures."""
        return self.remainder.without_unlabelled()

    @cached_property
    def table_ways(self) -> list[LayoutCandidate]:
        """The ways to read the tables."""
        return [_taken_once(candidate, self.remainder) for candidate in self.labels.candidates]


def _candidates(source: _Source) -> tuple[LayoutCandidate, ...]:
    found: list[LayoutCandidate] = []
    for layout, is_meant in (
        (CLASS_FOLDERS, lambda candidate: not (source.labels.are_about_pictures and _are_parts(candidate.class_names))),
        (INNER_FOLDERS, lambda candidate: _are_inner_meant(candidate, found)),
        (TABLE, lambda candidate: not any(_is_said_by(other, candidate) for other in found)),
        (FILE_NAMES, lambda candidate: not any(_follows(candidate, other) for other in found)),
    ):
        ways = [way for way in _try(layout, source) if _is_learnable(way)]
        found.extend([_quiet(way, source.paths) for way in ways if is_meant(way)])
    return tuple(found)


def _expected(source: _Source, name: str) -> LayoutCandidate:
    """Returns the folders as classes, even if they are too few; refuses tables that weren't understood.

    Raises:
        AmbiguousLayout: there is a table that isn't understood, and folders don't give the classes either; or there is
            a single class, in the names of the pictures.
    """
    folders = _quiet(_read_folders(source), source.paths)
    if len(folders.class_names) < 2 and (problem := explain_tables(source.labels)):
        notes = [Note("no_two_classes", {"name": name}), *problem]
        raise AmbiguousLayout(notes, (), columns_to_name(source.labels))
    if source.labels.are_about_pictures and _are_parts(folders.class_names):
        notes = [*explain_tables(source.labels), Note("take_folders")]
        raise AmbiguousLayout(notes, [folders], columns_to_name(source.labels))
    named = _read_file_names(source) if len(folders.class_names) < 2 else None
    if named and len(named.class_names) == 1:
        (only,) = named.class_names
        parameters = {"name": name, "class_name": only, "example": named.told_by.parameters["example"]}
        raise AmbiguousLayout([Note("one_named", parameters), Note("take_unlabelled")], [unlabelled(len(source.paths))])
    return folders


def _decides_too_much(way: LayoutCandidate, options: ReadingOptions) -> bool:
    """Whether the only way has a rule for pictures of several classes that nobody asked for."""
    return way.name == TABLE and way.options.several_labels != options.several_labels


def _chosen(source: _Source, name: str, layout: str) -> tuple[LayoutCandidate, ...]:
    if layout not in LAYOUTS:
        raise DatasetError(f"Expected one of the layouts {', '.join(LAYOUTS)}. Received {layout!r}. Fix the name.")
    found = [way for way in _try(layout, source) if len(way.class_names) > 1]
    if found:
        return tuple(_quiet(way, source.paths) for way in found)
    if layout == TABLE and (problem := explain_tables(source.labels)):
        notes = [Note("not_by_table", {"name": name}), *problem]
        raise AmbiguousLayout(notes, (), columns_to_name(source.labels))
    others = " or ".join(dict.fromkeys(other.name for other in _candidates(source)))
    advice = f"Choose {others}" if others else "Sort its pictures into one folder per class"
    raise DatasetError(f"{name} can't be read by the layout {layout}: {MISSING[layout]}. {advice}.")


def _try(layout: str, source: _Source) -> list[LayoutCandidate]:
    """Returns the ways to read an archive by one layout; none if the layout doesn't fit."""
    if layout == TABLE:
        return source.table_ways
    try:
        found = _READERS[layout](source)
    except DatasetError:
        return []
    if found is None:
        return []
    same = (table for table in source.table_ways if _is_same(found, table))
    return [next((with_splits_of(found, table) for table in same), found)]


def _read_folders(source: _Source) -> LayoutCandidate:
    assignments = read_layout([path[:-1] for path in source.labelled.kept])
    return _whole(CLASS_FOLDERS, OUTER, assignments, source.labelled)


def _read_inner(source: _Source) -> LayoutCandidate | None:
    assignments = read_inner_folders([path[:-1] for path in source.labelled.kept])
    if assignments:
        return _whole(INNER_FOLDERS, INNER, assignments, source.labelled)
    # Beside a train folder with classes inside, other folders aren't classes, whatever their names.
    inside_train = source.remainder.without_unlabelled(whatever_called=True)
    if len(inside_train.kept) == len(source.labelled.kept):
        return None
    return _whole(INNER_FOLDERS, INNER, read_layout([path[:-1] for path in inside_train.kept]), inside_train)


def _read_file_names(source: _Source) -> LayoutCandidate | None:
    candidate = read_file_names(source.remainder.kept)
    return _whole(FILE_NAMES, candidate.told_by, candidate.assignments, source.remainder) if candidate else None


_READERS: dict[str, Callable[[_Source], LayoutCandidate | None]] = {
    CLASS_FOLDERS: _read_folders,
    INNER_FOLDERS: _read_inner,
    FILE_NAMES: _read_file_names,
}


def _whole(layout: str, told_by: Note, assignments: Iterable[Assignment], remainder: Remainder) -> LayoutCandidate:
    """Returns a candidate for all pictures, from the assignments of the remaining ones."""
    read = iter(assignments)
    every = [Assignment("") if path is None else next(read) for path in remainder.paths]
    if layout in (CLASS_FOLDERS, INNER_FOLDERS):
        told_by = _with_example(told_by, remainder.paths, every)
    return make_candidate(layout, told_by, every, remainder.notes)


def _with_example(told_by: Note, paths: Sequence[Folders | None], assignments: Sequence[Assignment]) -> Note:
    """Returns how folders give the classes with one of them, so that a person sees which folder is meant."""
    pairs = zip(paths, assignments, strict=True)
    labelled = [(path[:-1], assignment.class_name) for path, assignment in pairs if path and assignment.class_name]
    if not labelled:
        return told_by
    folders, name = min(labelled)  # whatever order the files come in
    is_last = fold_name(folders[-1].strip()) == fold_name(name)
    return Note(told_by.code, {"folder": "/".join(folders), "class_name": name, "is_last": is_last})


def _taken_once(candidate: LayoutCandidate, remainder: Remainder) -> LayoutCandidate:
    """Returns a table's candidate without copies that have the same label as the pictures that stay."""
    said = candidate.assignments
    copies = {
        copy for copy, original in remainder.copies.items() if said[copy].class_name in ("", said[original].class_name)
    }
    if not copies:
        return candidate
    every = [Assignment("") if index in copies else assignment for index, assignment in enumerate(said)]
    notes = [note for note in remainder.notes if note.code == THERE_TWICE]
    once = make_candidate(candidate.name, candidate.told_by, every, (*candidate.notes, *notes))
    return replace(once, options=candidate.options, examples=candidate.examples)


def _are_parts(names: Sequence[str]) -> bool:
    """Whether folders are named like parts of one thing, such as `batch1` and `batch2`, rather than like classes."""
    words = {re.sub(r"[\W\d_]+", "", fold_name(name)) for name in names}
    return len(words) == 1 and words.isdisjoint(CLASS_WORDS) and all(re.search(r"\d", name) for name in names)


def _is_learnable(candidate: LayoutCandidate) -> bool:
    """Whether it gives learnable classes: at least two with two pictures, and not a class for every second picture.

    File names have to give every class two pictures, because names may end in numbers by chance.
    """
    pairs = sum(count > 1 for count in candidate.counts)
    if pairs < 2 or len(candidate.counts) * 2 > sum(candidate.counts):
        return False
    return candidate.name != FILE_NAMES or pairs == len(candidate.counts)


def _are_inner_meant(inner: LayoutCandidate, found: Sequence[LayoutCandidate]) -> bool:
    """Whether inner folders are likely to be classes, not just sessions or parts of the outer ones."""
    if any(_is_same(inner, other) for other in found):
        return False
    outer_of: defaultdict[str, set[str]] = defaultdict(set)
    for other in found:
        for within, around in zip(inner.assignments, other.assignments, strict=True):
            outer_of[within.class_name].add(around.class_name)
    # Numbers alone may be classes, such as those of species.
    without_numbers = {re.sub(r"\d+", "", fold_name(name)) for name in inner.class_names}
    are_numbered = len(without_numbers) == 1 and without_numbers != {""}
    are_repeated = any(len(outer) > 1 for outer in outer_of.values())
    is_train_a_class = any(split_word(name) == TRAIN for other in found for name in other.class_names)
    return are_repeated or is_train_a_class or not are_numbered or not found


def _is_same(one: LayoutCandidate, other: LayoutCandidate) -> bool:
    """Whether two candidates group the pictures that both give a class in the same way."""
    pairs = _pairs(one, other)
    return bool(pairs) and len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def _is_said_by(one: LayoutCandidate, other: LayoutCandidate) -> bool:
    """Whether a candidate tells the same pictures apart as another one, and all to which that one gives a class."""
    pairs = zip(one.assignments, other.assignments, strict=True)
    return _is_same(one, other) and all(a.class_name or not b.class_name for a, b in pairs)


def _follows(one: LayoutCandidate, other: LayoutCandidate) -> bool:
    """Whether the classes of one candidate follow from those of the other, or the other way round.

    Nothing follows from a folder called `train`, which is hardly a class.
    """
    if any(split_word(name) for name in other.class_names):
        return _is_same(one, other)
    pairs = _pairs(one, other)
    return any(_share_told(pairs, side) >= FOLLOWS_SHARE for side in (0, 1))


def _share_told(pairs: Counter[tuple[str, str]], side: int) -> float:
    """Returns for what share of pictures the class on this side predicts the other class."""
    best: Counter[str] = Counter()
    for pair, count in pairs.items():
        best[pair[side]] = max(best[pair[side]], count)
    return best.total() / max(pairs.total(), 1)


def _pairs(one: LayoutCandidate, other: LayoutCandidate) -> Counter[tuple[str, str]]:
    return Counter(
        (a.class_name, b.class_name)
        for a, b in zip(one.assignments, other.assignments, strict=True)
        if a.class_name and b.class_name
    )


def _quiet(candidate: LayoutCandidate, paths: Sequence[Folders]) -> LayoutCandidate:
    """Reports folders full of pictures without a class in one note instead of picture by picture."""
    with_class = {
        path[:-1] for path, assignment in zip(paths, candidate.assignments, strict=True) if assignment.class_name
    }
    counts = Counter(
        path[:-1]
        for path, assignment in zip(paths, candidate.assignments, strict=True)
        if path[:-1] not in with_class and assignment.reason
    )
    quiet = {folder: count for folder, count in counts.items() if count >= MANY_PICTURES}
    assignments = tuple(
        replace(assignment, reason=None) if path[:-1] in quiet else assignment
        for path, assignment in zip(paths, candidate.assignments, strict=True)
    )
    notes = [
        Note("pictures_without_class", {"count": count, "folder": "/".join(folder)}) for folder, count in quiet.items()
    ]
    if len(notes) > MAX_NOTES:
        notes = [Note("folders_without_class", {"count": sum(quiet.values()), "folders": len(quiet)})]
    return replace(candidate, assignments=assignments, notes=(*candidate.notes, *notes))


def _every_way(source: _Source, name: str) -> AmbiguousLayout:
    """Returns the question with all ways that give two classes, the likely ones first."""
    likely = _candidates(source)
    tried = [way for layout in LAYOUTS if layout not in {one.name for one in likely} for way in _try(layout, source)]
    others = [_quiet(one, source.paths) for one in tried if len(one.class_names) > 1]
    ways = [way for one in (*likely, *others) for way in settle(one, AS_FOUND)]
    return AmbiguousLayout([Note("every_way", {"name": name})], ways, columns_to_name(source.labels))
