"""Pages of the database that are overwritten at random: the runs stay as they were, and go on."""

import json
import random

import pytest

from core.__main__ import main
from core.config.training_config import TrainingConfig
from core.errors import CoreError
from core.events import Event
from core.runs.records.store import RunStore
from tests.core.runs.records.conftest import PAGE, content

OVERWRITES = 130


@pytest.mark.slow
def test_pages_overwritten_at_random(
    filled: RunStore, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRANSFER_STUDIO_SLOTS", "1")
    for number in range(8):  # enough for several pages of each kind
        filled.create("d", "Textures", config, name=f"more {number}")
    before, sound = content(filled), filled.path.read_bytes()
    names = sorted(item[0].name for item in before)
    generator = random.Random(0)
    num_rebuilt = 0
    for _ in range(OVERWRITES):
        for left in filled.home.glob("studio*"):
            left.unlink()
        filled.path.write_bytes(overwritten(sound, generator))
        assert main(["runs", "--json"]) == 0
        output = capsys.readouterr()
        assert sorted(run["name"] for run in json.loads(output.out)["runs"]) == names
        num_rebuilt += "came back" in output.err
        assert main(["show", "completed"]) == 0
        assert "Epoch 3 of 2: loss 0.333" in capsys.readouterr().out
        assert content(filled) == before
        assert all(item.path.is_file() for item in (RunStore(filled.path),))
    assert num_rebuilt > OVERWRITES // 2


@pytest.mark.slow
def test_changes_on_pages_overwritten_at_random(filled: RunStore, config: TrainingConfig) -> None:
    generator = random.Random(1)
    for number in range(OVERWRITES):
        names = {run.name for run in filled.list()}
        filled.path.write_bytes(overwritten(filled.path.read_bytes(), generator))
        try:
            filled.create("d", "Textures", config, name=f"new {number}")
            running = filled.get("running").id
            filled.append(running, Event("head", number, 200, {"loss": 0.5}, epoch=number + 1))
            filled.rename(filled.get("queued").id, "queued")
            filled.request_stop(filled.get(f"new {number}").id)
            filled.delete(filled.get(f"new {number}").id)
        except CoreError as error:  # one message, and the change isn't made
            raise AssertionError(str(error)) from error
        assert {run.name for run in filled.list()} == names
        assert [event.epoch for event in filled.events(running)] == list(range(1, number + 2))


def overwritten(content: bytes, generator: random.Random) -> bytes:
    """Returns a file with random damage: whole pages, parts of one, zeros, letters, a truncated end."""
    changed = bytearray(content)
    for _ in range(generator.choice((1, 1, 2, 5))):
        kind = generator.randrange(5)
        if kind == 0:
            start, size = generator.randrange(len(changed) // PAGE) * PAGE, PAGE
        elif kind == 1:
            start, size = generator.randrange(200), generator.randrange(1, 60)
        else:
            start, size = generator.randrange(len(changed)), generator.choice((1, 8, 64, 700))
        garbage = generator.choice((generator.randbytes(size), bytes(size), b"7" * size))
        changed[start : start + size] = garbage[: max(0, len(changed) - start)]
    return bytes(changed[: generator.randrange(len(changed))] if generator.random() < 0.1 else changed)
