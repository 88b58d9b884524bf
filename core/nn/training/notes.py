"""Notes about a run: what computed its features, whether it was interrupted and resumed."""

import json
from collections.abc import Sequence
from pathlib import Path

from core.config.training_config import TrainingConfig
from core.files import durable
from core.nn.selection.familiarity import Familiarity
from core.wording.coded import Note

NOTES_FILE = "notes.json"
CHOSEN, NOT_ADAPTED, UNKNOWN_CLASSES = "head_chosen", "not_adapted", "unknown_classes"


def save_notes(notes: Sequence[Note], run_folder: Path) -> None:
    """Writes a run's notes, atomically."""
    durable.write(run_folder / NOTES_FILE, json.dumps([note.as_json() for note in notes]).encode())


def load_notes(run_folder: Path) -> tuple[Note, ...]:
    """Reads a run's notes, which older versions wrote as sentences; none if the run has none."""
    try:
        return tuple(Note.from_json(note) for note in json.loads((run_folder / NOTES_FILE).read_text()))
    except (OSError, ValueError, TypeError, RecursionError):
        return ()


def as_chosen(config: TrainingConfig, notes: Sequence[Note]) -> TrainingConfig:
    """Returns a run's configuration with what cross-validation chose, if it has chosen.

    Args:
        config: as the run was started.
        notes: of the run.
    """
    chosen = next((note.parameters for note in notes if note.code == CHOSEN), None)
    if chosen is None or not config.chooses_head:
        return config
    return config.with_options(
        cross_validation=False, weight_decay=1 / float(chosen["strength"]), depths=int(chosen["depths"])
    )


def familiarity_notes(found: Familiarity, num_validation: int) -> list[Note]:
    """Returns what is to be known of how a model tells what is unlike anything seen.

    Args:
        found: from which similarity on pictures count as familiar.
        num_validation: number of validation pictures.
    """
    notes = []
    if not found.is_certain:
        notes.append(Note("familiarity_uncertain", {"count": found.num_pictures}))
    if found.num_alarms:
        notes.append(Note("familiarity_widened", {"count": found.num_alarms, "total": num_validation}))
    return notes
