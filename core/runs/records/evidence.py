"""What a run's folder without a manifest, as of older versions, says about the run: model, evaluation, checkpoints.

Nothing is made up: the run's notes say what is unknown.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.manifest import MANIFEST_NAME, read_manifest
from core.errors import CoreError
from core.evaluation.evaluation import Evaluation, final_metrics, load_evaluations
from core.events import Event
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER
from core.nn.training.checkpoints import CHECKPOINT_FOLDER, Checkpoints
from core.nn.training.notes import load_notes, save_notes
from core.runs.records.history import epoch_events
from core.runs.records.manifest import RUN_ID, RunRecord
from core.runs.records.run import Run, RunStatus
from core.wording.coded import Note

UNKNOWN_DATASET = "unknown"
NOTE = Note("restored")
NO_DATASET_NOTE = Note("restored_without_dataset")
NO_EVALUATION_NOTE = Note("restored_without_evaluation")


def record_of_folder(folder: Path, datasets: Path) -> RunRecord | None:
    """Returns what a run's folder says about it; None if not even its configuration can be found.

    Args:
        folder: of the run.
        datasets: folder of all data sets.
    """
    if not RUN_ID.fullmatch(folder.name):
        return None
    try:
        description = json.loads((folder / MODEL_FOLDER / DESCRIPTION).read_bytes())
        config = TrainingConfig.from_json(json.dumps(description["config"]))
        class_names = tuple(map(str, description["class_names"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, CoreError):
        return None
    evaluations = _evaluations(folder)
    dataset = _dataset(datasets, config, class_names, evaluations)
    events = _events(folder, config)
    times = [path.stat().st_mtime for path in folder.rglob("*") if path.is_file()]
    run = Run(
        id=folder.name,
        name=f"Restored run {folder.name}",
        dataset_id=dataset.id if dataset else "",
        dataset_name=dataset.name if dataset else UNKNOWN_DATASET,
        config=config,
        recipe="",
        # A completed run keeps no checkpoints.
        status=RunStatus.STOPPED if events else RunStatus.COMPLETED,
        phase="save",
        created=min(times),
        metrics=final_metrics(evaluations),
    )
    return RunRecord(run, events=tuple(events))


def note_what_is_unknown(folder: Path, run: Run) -> None:
    """Adds what is unknown to the notes of a run restored from its folder's files.

    Raises:
        OSError: they can't be written.
    """
    notes = [NOTE]
    if not run.dataset_id:
        notes.append(NO_DATASET_NOTE)
    if not run.metrics:
        notes.append(NO_EVALUATION_NOTE)
    save_notes(list(dict.fromkeys([*load_notes(folder), *notes])), folder)


def _evaluations(folder: Path) -> list[Evaluation]:
    try:
        return load_evaluations(folder)
    except CoreError:
        return []


def _events(folder: Path, config: TrainingConfig) -> list[Event]:
    state = Checkpoints(folder / CHECKPOINT_FOLDER).load().state
    events = epoch_events(state, config) if state else []
    times = (folder / CHECKPOINT_FOLDER).stat().st_mtime if events else 0.0
    return [
        replace(event, run_id=folder.name, sequence=number, time=times) for number, event in enumerate(events, start=1)
    ]


def _dataset(
    datasets: Path, config: TrainingConfig, class_names: Sequence[str], evaluations: Sequence[Evaluation]
) -> DatasetIndex | None:
    """Returns the one data set whose split holds out exactly the pictures that the run was validated with."""
    if not evaluations:
        return None
    wanted = set(zip(evaluations[0].paths, evaluations[0].labels.tolist(), strict=True))
    fitting = []
    for folder in sorted(path.parent for path in datasets.glob(f"[!.]*/{MANIFEST_NAME}")):
        try:
            dataset = read_manifest(folder)
        except CoreError:
            continue
        known = {(sample.path, sample.label) for sample in dataset.samples}
        if tuple(dataset.class_names) == tuple(class_names) and wanted <= known:
            held_out = dataset.with_split(**config.split_options).select("validation")
            if {(sample.path, sample.label) for sample in held_out} == wanted:
                fitting.append(dataset)
    return fitting[0] if len(fitting) == 1 else None
