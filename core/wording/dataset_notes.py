"""Notes on what an import found, in words."""

from collections.abc import Mapping, Sequence

from core.wording.coded import Catalogue, Note, Reason, words_of
from core.wording.lists import listed
from core.wording.reasons import reason

UNKNOWN = "There is a note on this data set that this version of the studio doesn't know ({code})."
Groups = Sequence[Sequence[tuple[str, int]]]
# Files found beside pictures, in the order in which a sentence lists them.
OTHERS = {"film": "films", "sound": "sounds", "disk image": "disk images", "model file": "model files"}


def dataset_note(note: Note) -> str:
    """Returns a note on a data set as a sentence."""
    return words_of(note, SENTENCES, UNKNOWN)


def _others_unread(counts: Mapping[str, int]) -> str:
    known = {kind: counts[kind] for kind in OTHERS if kind in counts}
    parts = [f"{number:,} {kind if number == 1 else OTHERS[kind]}" for kind, number in known.items()]
    verb = _plural(sum(known.values()), "wasn't", "weren't")
    return f"{listed(parts)} beside the pictures {verb} read."


def _table_unread(name: str, limit_bytes: int) -> str:
    return f"{name} wasn't read for classes: {reason(Reason('large_table', {'limit_bytes': limit_bytes}))}."


def _pictures_without_class(count: int, folder: str) -> str:
    return f"{count:,} pictures in {folder or 'the outermost folder'} have no class and were left out."


def _lone_classes_left_out(names: Sequence[str], count: int) -> str:
    what = _plural(count, "1 class", f"{count:,} classes")
    more = f" and {count - len(names):,} more" if count > len(names) else ""
    return (
        f"{what} with too few pictures to learn from {_plural(count, 'is', 'are')} left out: {', '.join(names)}{more}."
    )


def _unlabelled(count: int, folder: str) -> str:
    were = _plural(count, "was", "were")
    return f"{_pictures(count)} in {folder} {were} left out: judging by its name and place, the folder isn't a class."


def _masks_left_out(count: int, example: str) -> str:
    what = f"{_pictures(count)} {_plural(count, 'was', 'were')} left out as {_plural(count, 'a mask', 'masks')}"
    return f"{what} of others, such as {example}."


def _thumbnails_left_out(count: int, example: str) -> str:
    what = f"{_pictures(count)} {_plural(count, 'was', 'were')} left out as"
    return f"{what} {_plural(count, 'a thumbnail', 'thumbnails')} of others, such as {example}."


def _there_twice(count: int, folder: str, original: str) -> str:
    what = f"{folder} repeats what is in {original}" if original else f"{folder} repeats what lies beside it"
    return f"{what}: {_pictures(count)} {_plural(count, 'was', 'were')} taken only once."


def _pictures(count: int) -> str:
    return _plural(count, "1 picture", f"{count:,} pictures")


def _copies_in_train(count: int) -> str:
    what = _plural(count, "1 validation or test picture is", f"{count:,} validation or test pictures are")
    return f"{what} also in the train folder, so accuracy will look better than it is."


def _known_pictures(count: int, names: Sequence[str]) -> str:
    which = _plural(count, "1 of the pictures was", f"{count:,} of the pictures were")
    more = f" and {count - len(names):,} more" if count > len(names) else ""
    return f"{which} left out as already in the data set: {', '.join(names)}{more}."


def _parts_together(names: Sequence[str], missing: Sequence[int]) -> str:
    words = f"{listed(names)} were read together, as parts of one download."
    if missing:
        parts = f"{_plural(len(missing), 'Part', 'Parts')} {listed(list(map(str, missing)))}"
        words += f" {parts} {_plural(len(missing), 'is', 'are')} missing."
    return words


def _unlike_parts(name: str, others: Sequence[str]) -> str:
    were, it = _plural(len(others), "was", "were"), _plural(len(others), "it has", "they have")
    return (
        f"{', '.join(others)} {were} not read together with {name}, although named as if from one download: "
        f"{it} files with the same names."
    )


def _lone_part(name: str, number: int, other: str) -> str:
    others = (
        f"If there are others, such as {other},"
        if number == 1
        else f"Its other parts, such as {other}, aren't beside it:"
    )
    return (
        f"{name} is named like part {number} of a download. {others} put all of them into one folder on this machine "
        "and import one by its path, so that they are read together."
    )


def _similar_kept(groups: Groups, count: int) -> str:
    return f"{listed_groups(groups, count)} stay apart, though their names differ only by case, accents or width."


def _similar_merged(groups: Groups, count: int) -> str:
    return f"{listed_groups(groups, count)} are one class each: their names differ only by case, accents or width."


def _similar_in_splits(groups: Groups, count: int) -> str:
    return f"{listed_groups(groups, count)} are one class each: the same name, typed differently in different splits."


def listed_groups(groups: Groups, count: int) -> str:
    """Returns similar classes with their numbers of pictures: `A (6) and a (6); and 3 more`."""
    shown = [" and ".join(f"{name} ({number:,})" for name, number in group) for group in groups]
    return "; ".join(shown) + (f"; and {count - len(groups):,} more" if count > len(groups) else "")


def _spaces_left_aside(names: Sequence[str], count: int) -> str:
    more = f" and {count - len(names):,} more" if count > len(names) else ""
    listed = ", ".join(names)
    return f"Spaces at the ends of class names were ignored, so these are one class each: {listed}{more}."


def _table_form(name: str, value: str, count: int) -> str:
    says = f"says {value} for all {count:,} pictures that it names" if value else "is called a submission"
    return f"{name} {says}: it was taken for a form to fill in, not for the truth, and wasn't used for classes."


def _several_labels(count: int, rule: str, name: str, classes: Sequence[str]) -> str:
    which = _plural(count, "1 picture has", f"{count:,} pictures have")
    what = (
        _plural(count, "It was left out", "They were left out")
        if rule == "leave_out"
        else _plural(count, "The first of them counts", "The first class of each counts")
    )
    return f"{which} more than one class, such as {name}: {', '.join(classes)}. {what}."


def _splits_of_table(tables: Sequence[str]) -> str:
    return f"The split into training, validation and test pictures comes from {' and '.join(tables)}."


def _table_unused(name: str, column: str, count: int) -> str:
    return f"{name} wasn't used: its column {column} disagrees about {count:,} pictures."


def _plural(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


SENTENCES: Catalogue = {
    "parts_together": _parts_together,
    "lone_part": _lone_part,
    "unlike_parts": _unlike_parts,
    "similar_names": "{name} differs from another name only by case or accents. Both are kept.",
    "more_notes": "... and {count:,} more of this kind.",
    "others_unread": _others_unread,
    "table_unread": _table_unread,
    "table_form": _table_form,
    "several_labels": _several_labels,
    "splits_of_table": _splits_of_table,
    "several_splits": lambda count: (
        f"{_plural(count, '1 picture is', f'{count:,} pictures are')} in several splits according to the "
        "table: the first split of each counts."
    ),
    "splits_unread": (
        "The column {column} may give splits, but not in words such as train and test: the pictures were imported "
        "without them."
    ),
    "table_unused": _table_unused,
    "table_of_others": (
        "{name} wasn't used: its column {column} doesn't name exactly one picture per row. Folders before the names "
        "can show which picture is meant."
    ),
    "table_without_classes": (
        "{name} names {count:,} of the pictures in its column {column} but has no column of classes: it wasn't used."
    ),
    "no_end_mark": ("{name} has no mark at its end, so it may have been cut off: check that all pictures are here."),
    "pictures_without_class": _pictures_without_class,
    "folders_without_class": "{count:,} pictures in {folders:,} folders have no class and were left out.",
    "copies_in_train": _copies_in_train,
    "known_pictures": _known_pictures,
    "already_here": "These {count} pictures were here already, as {name}: nothing was added.",
    "lone_classes_left_out": _lone_classes_left_out,
    "unlabelled": _unlabelled,
    "masks_left_out": _masks_left_out,
    "thumbnails_left_out": _thumbnails_left_out,
    "there_twice": _there_twice,
    "similar_kept": _similar_kept,
    "similar_merged": _similar_merged,
    "similar_in_splits": _similar_in_splits,
    "spaces_left_aside": _spaces_left_aside,
    "same_version": "{name} holds just these pictures already: no new version was made.",
}
