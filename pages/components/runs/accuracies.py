"""How good the models of runs are, with the interval that their number of validation pictures allows."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.evaluation.evaluation import load_evaluations, wilson_interval
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shell import session

MOST_KEPT = 2000


@dataclass(frozen=True)
class Accuracy:
    """The accuracy of a run's model on its validation pictures.

    Attributes:
        share: of correct answers, 0-1.
        num_pictures: how many pictures; 0 if unknown.
    """

    share: float
    num_pictures: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval; from 0 to 1 if the number of pictures is unknown."""
        return wilson_interval(round(self.share * self.num_pictures), self.num_pictures)

    @property
    def words(self) -> str:
        """The accuracy as Markdown, `**97.3 %**`."""
        return f"**{wording.percent(self.share)}**"

    @property
    def interval_words(self) -> str:
        """The interval, `94.1 to 99.0 %`; empty if it is unknown."""
        low, high = self.interval
        return f"{low * 100:.1f} to {high * 100:.1f} %" if self.num_pictures else ""


def accuracy_of(run: Run) -> Accuracy | None:
    """Returns the accuracy of a run's model, or None if it has no model."""
    if not run.has_model or "val_accuracy" not in run.metrics:
        return None
    # Runs of earlier versions didn't record the number.
    number = run.metrics.get("val_pictures") or _num_pictures(run.id, run.finished, session.run_store().folder(run.id))
    return Accuracy(run.metrics["val_accuracy"], int(number))


@st.cache_data(show_spinner=False, max_entries=MOST_KEPT)
def _num_pictures(run_id: str, finished: float, _folder: Path) -> int:
    try:
        return len(load_evaluations(_folder)[0].labels)
    except CoreError:
        return 0
