import io
import time
from contextlib import contextmanager, redirect_stdout

import numpy as np
import pytest

from core.__main__ import main
from core.cli import models
from core.cli.terminal.output import accept_any_text, moment, print_facts, print_table
from core.config.training_config import TrainingConfig
from core.evaluation.evaluation import Evaluation
from core.evaluation.prediction import Prediction
from core.runs.records.store import RunStore
from tests.conftest import draw_folder


@pytest.mark.parametrize(("zone", "words"), [("UTC", "2026-11-26 05:07"), ("UTC-2", "2026-11-26 07:07")])
def test_moments_are_those_of_the_clock_on_the_wall(monkeypatch, zone, words):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert moment(1795669659) == words
    finally:
        monkeypatch.undo()
        time.tzset()


@contextmanager
def redirected():
    """Standard output as Windows opens it for `> file`, and what was finally written there."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="cp1252", write_through=True)
    with redirect_stdout(stream):
        yield lambda: written.getvalue().decode("cp1252")


def test_what_a_file_cant_hold_is_written_out():
    with redirected() as words:
        accept_any_text()
        print_facts({"name": "собака"})
        print_table(("class", "pictures"), [("Größe", 3), ("🐱", 2)])
        assert r"\u0441\u043e" in words() and "Größe" in words() and r"\U0001f431" in words()


@pytest.mark.usefixtures("home")
def test_commands_write_names_of_any_script_into_a_file(tmp_path):
    folder = draw_folder(tmp_path / "pictures", 3, ("собака", "🐱 cat"))
    with redirected() as words:
        for command in (["import", str(folder)], ["datasets"], ["audit", "pictures"], ["audit", "pictures", "--json"]):
            assert main(command) == 0
        assert r"\U0001f431 cat" in words()


def test_answers_are_written_when_all_pictures_have_been_classified(home, tmp_path, monkeypatch):
    names = ("собака", "🐱 cat")
    pictures = draw_folder(tmp_path / "лето", 2, names)
    evaluation = Evaluation("validation", names, np.arange(2), np.eye(2), ("a.png", "b.png"))
    run = RunStore(home.database).create("nowhere", "Pets", TrainingConfig())
    monkeypatch.setattr(models, "run_with_model", lambda store, reference: run)
    monkeypatch.setattr(models, "load_evaluations", lambda folder: [evaluation])
    answer = Prediction("собака", 0.75, names, (0.75, 0.25), "sure")
    monkeypatch.setattr(models, "_predict", lambda folder, sources: [answer] * len(sources))
    with redirected() as words:
        assert main(["predict", "Pets", str(pictures)]) == 0
        assert len(words().splitlines()) == 5 and words().count(r"\U0001f431 cat 0.25") == 4
        assert main(["evaluate", "Pets"]) == 0
        assert words().count(r"\u0441\u043e\u0431\u0430\u043a\u0430") > 6


def test_a_stream_that_cant_be_changed_is_left_as_it_is():
    for stream in (None, io.StringIO()):
        with redirect_stdout(stream):
            accept_any_text()
