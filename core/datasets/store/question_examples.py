"""Pictures to show when a user is asked how to read a source."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.datasets.archives.archive import ExtractedFile
from core.datasets.layouts.layout import AmbiguousLayout, Example, LayoutCandidate
from core.errors import CoreError
from core.images.decoding import thumbnail

EXAMPLES = 5
SIDE = 120


def with_examples(question: AmbiguousLayout, files: Sequence[ExtractedFile], folder: Path) -> AmbiguousLayout:
    """Returns a question with five pictures for each answer, and the classes it gives them.

    If an answer comes with rows of a table, those are shown. Otherwise they are pictures on which the answers differ,
    the same ones for each answer, so that a glance can decide.

    Args:
        question: the question.
        files: the pictures, in the order of the candidates' assignments.
        folder: the folder that holds them.
    """
    chosen = _telling(question.candidates, len(files))
    candidates = []
    for candidate in question.candidates:
        own = candidate.examples or tuple(
            Example(picture, candidate.assignments[picture].class_name, ())
            for picture in chosen
            if picture < len(candidate.assignments)
        )
        candidates.append(replace(candidate, examples=tuple(_seen(one, files, folder) for one in own[:EXAMPLES])))
    return AmbiguousLayout(question.notes, candidates, question.columns)


def _telling(candidates: Sequence[LayoutCandidate], count: int) -> list[int]:
    """Returns the indices of some pictures on which the candidates differ, in as many ways as possible."""
    every = [candidate.assignments for candidate in candidates if len(candidate.assignments) == count]
    said = [tuple(assignments[picture].class_name for assignments in every) for picture in range(count)]
    kinds: dict[tuple[str, ...], list[int]] = {}
    for picture, answers in enumerate(said):
        if any(answers):
            kinds.setdefault(answers, []).append(picture)
    differing = [answers for answers in kinds if len(set(answers)) > 1] or list(kinds)
    chosen: list[int] = []
    for turn in range(EXAMPLES):
        chosen += [kinds[answers][turn] for answers in differing if turn < len(kinds[answers])]
        if len(chosen) >= EXAMPLES:
            break
    return chosen[:EXAMPLES]


def _seen(example: Example, files: Sequence[ExtractedFile], folder: Path) -> Example:
    """Returns an example with its name and a thumbnail, which is empty if the picture can't be read."""
    file = files[example.picture]
    try:
        picture = thumbnail(folder / file.file_name, SIDE)
    except CoreError:
        picture = b""
    return replace(example, name=file.label, thumbnail=picture)
