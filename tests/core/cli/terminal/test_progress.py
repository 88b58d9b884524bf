"""What a command prints during a long job: each phase at once, and its further steps from time to time."""

import time

from core.cli.terminal.progress import SECONDS_BETWEEN_LINES, PhaseTeller
from core.events import Event


def test_each_phase_is_told_at_once_and_its_steps_every_few_seconds(monkeypatch, capsys):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    tell = PhaseTeller()
    for step in range(4):
        tell(Event("pictures", step, 900))
        now[0] += SECONDS_BETWEEN_LINES * 0.6
    tell(Event("audit", 0, 900))
    tell(Event("audit", 1, 900))
    output, errors = capsys.readouterr()
    assert output == "", "standard output is for the result of the command"
    assert errors.splitlines() == [
        "Checking pictures, 0 of 900",
        "Checking pictures, 2 of 900",
        "Looking for faults, 0 of 900",
    ]


def test_a_phase_that_comes_again_is_told_again(capsys):
    tell = PhaseTeller()
    for phase in ("pictures", "audit", "pictures"):
        tell(Event(phase))
    assert capsys.readouterr().err.splitlines() == ["Checking pictures", "Looking for faults", "Checking pictures"]
