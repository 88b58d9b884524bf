"""Answers that are kept, so that no picture is classified twice."""

from dataclasses import replace

from core.config.training_config import TrainingConfig
from core.evaluation.prediction import Prediction, Verdict
from core.runs.records.store import Run, RunStatus
from pages.components.testing.kept_answers import KeptAnswers

RUN = Run("ab", "Run", "d", "Data", TrainingConfig(), "", RunStatus.COMPLETED, "", 1.0, finished=2.0)
ANSWER = Prediction("cat", 1.0, ("cat",), (1.0,), Verdict.SURE)


def test_an_answer_is_that_of_the_present_model():
    kept = KeptAnswers()
    kept.keep(RUN, {"picture": ANSWER})
    assert kept.get(RUN, "picture") == ANSWER
    assert kept.get(RUN, "other picture") is None
    assert kept.get(replace(RUN, id="cd"), "picture") is None
    # Resumed since, so that it has another model.
    assert kept.get(replace(RUN, finished=3.0), "picture") is None


def test_the_answers_asked_for_longest_ago_are_dropped():
    kept = KeptAnswers(most=2)
    kept.keep(RUN, {"first": ANSWER, "second": ANSWER})
    assert kept.get(RUN, "first")
    kept.keep(RUN, {"third": ANSWER})
    assert [bool(kept.get(RUN, digest)) for digest in ("first", "second", "third")] == [True, False, True]
