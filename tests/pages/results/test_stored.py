"""Evaluations are read once, and again when they have changed."""

import os
from dataclasses import replace

import numpy as np
import pytest

from core.errors import RunError
from core.evaluation.evaluation import EVALUATION_FILE, load_evaluations, save_evaluations
from core.evaluation.macro_f1 import macro_f1_with_interval
from pages.components.results import stored


def test_evaluation_is_read_once_until_it_changes(app, trained):
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (first,) = stored.evaluations(run)
    assert stored.evaluations(run)[0] is first
    turned = replace(first, probabilities=first.probabilities[:, ::-1].copy())
    save_evaluations([turned], folder)
    np.testing.assert_array_equal(stored.evaluations(run)[0].probabilities, turned.probabilities)
    assert stored.macro_f1(run, turned) == macro_f1_with_interval(turned.labels, turned.predictions, 3)


def test_evaluation_that_all_sessions_share_can_not_be_changed(app, trained):
    (found,) = stored.evaluations(trained.get("Good run"))
    with pytest.raises(ValueError, match="read-only"):
        found.probabilities[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        found.labels[0] = 1


def test_missing_and_damaged_evaluations_are_reported_each_time(app, trained):
    run = trained.get("Good run")
    path = trained.folder(run.id) / EVALUATION_FILE
    whole = path.read_bytes()
    for damage in (path.unlink, lambda: path.write_bytes(whole[:100])):
        damage()
        for _ in range(2):
            with pytest.raises(RunError, match="no evaluation that can be read"):
                stored.evaluations(run)
    path.write_bytes(whole)
    os.utime(path, ns=(1, 1))
    assert len(stored.evaluations(run)) == len(load_evaluations(path.parent)) == 1
