"""What a run is made of: its network, its pictures, its settings, where the time went."""

from collections.abc import Sequence

import streamlit as st

from core.backbones.table import get_backbone
from core.config.training_config import SETTINGS, TrainingConfig
from core.nn.training.notes import as_chosen, load_notes
from core.runs.records.store import Run
from core.wording.coded import Note
from core.wording.run_notes import run_note
from pages.components import phases, wording
from pages.components.run import kept_data
from pages.components.shared import tables
from pages.components.shared.setting_words import setting_words
from pages.components.shell import session
from pages.components.training import network_form


def show(run: Run) -> None:
    """Draws network, pictures, settings and times."""
    notes = load_notes(session.run_store().folder(run.id))
    config = as_chosen(run.config, notes)
    _show_network(run, config)
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("Settings", anchor=False)
        options = config.options()
        chosen = ("weight_decay", "depths") if config != run.config else ()
        options["cross_validation"] = run.config.head.cross_validation
        tables.show(
            {
                "Setting": [SETTINGS[name].label for name in options],
                "Value": [
                    f"{setting_words(name, value)}{' (chosen)' if name in chosen else ''}"
                    for name, value in options.items()
                ],
            },
            alt="The run's settings",
            height="content",
        )
    with right:
        _show_time(run)
        _show_pictures(run)
        _show_notes(notes)


def _show_network(run: Run, config: TrainingConfig) -> None:
    label = get_backbone(run.config.backbone).label
    num_classes = kept_data.num_classes(run)
    st.header("Network", anchor=False)
    if not num_classes:
        st.markdown(f"{label}. How many classes it tells apart isn't known any more.")
        return
    st.markdown(f"{label}, {wording.count(num_classes, 'class')}")
    st.html(network_form.network_picture(config, num_classes))


def _show_time(run: Run) -> None:
    st.header("Where the time went", anchor=False)
    if not run.seconds:
        st.caption("Nothing was measured yet.")
        return
    tables.show(
        {
            "Phase": [phases.short_run_phase(name) for name in run.seconds],
            "Time": [wording.duration(seconds) for seconds in run.seconds.values()],
        },
        alt="Seconds of each phase",
    )


def _show_pictures(run: Run) -> None:
    data = kept_data.training_data(run)
    if data is None:
        return
    parts = [
        f"{wording.count(data.num_training, 'picture')} to learn from",
        f"{data.num_validation:,} to check with after each epoch",
    ]
    if data.num_test:
        parts.append(f"{data.num_test:,} to test with at the end")
    st.header("Pictures", anchor=False)
    st.markdown(f"{', '.join(parts)}.")


def _show_notes(notes: Sequence[Note]) -> None:
    # Each once: two parts of a network may have run in the same engine.
    sentences = dict.fromkeys(run_note(note) for note in notes)
    if sentences:
        st.header("How it ran", anchor=False)
    for sentence in sentences:
        st.markdown(wording.plain(sentence))
