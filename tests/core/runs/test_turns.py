from core.config.training_config import TrainingConfig
from core.runs.records.run import Run, RunStatus
from core.runs.turns import turn_of, turn_of_next


def a_run(name: str, status: RunStatus = RunStatus.QUEUED) -> Run:
    return Run(name, name, "d", "Data", TrainingConfig(), "", status, "", created=1.0)


RUNNING = a_run("running", RunStatus.RUNNING)
WAITING = [a_run(name) for name in ("first", "second", "third")]
SECONDS = {"running": 5.0, "first": 20.0, "second": 30.0}


def test_the_runs_before_it_are_counted_and_added_up():
    turn = turn_of("third", [RUNNING, *WAITING], 1, lambda run: SECONDS[run.name])
    assert (turn.place, turn.seconds) == (3, 55.0)
    assert [run.name for run in turn.before] == ["running", "first", "second"]


def test_with_two_slots_a_run_takes_the_one_that_is_free_first():
    turn = turn_of("third", [RUNNING, *WAITING], 2, lambda run: SECONDS[run.name])
    assert turn.seconds == 20.0  # the first takes the other slot, the second follows the running one


def test_with_a_free_slot_it_starts_at_once():
    turn = turn_of("first", [RUNNING, *WAITING], 2, lambda run: SECONDS[run.name])
    assert turn.seconds == 0.0


def test_no_time_is_given_if_one_run_is_unknown():
    turn = turn_of("second", [RUNNING, *WAITING], 1, lambda run: {"running": 5.0}.get(run.name))
    assert (turn.place, turn.seconds) == (2, None)


def test_a_run_that_has_left_the_queue_has_no_turn():
    assert turn_of("running", [RUNNING], 1, lambda run: 1.0) is None
    assert turn_of("gone", [RUNNING], 1, lambda run: 1.0) is None


def test_a_run_that_is_submitted_now_comes_after_all_others_unless_a_slot_is_free():
    turn = turn_of_next([RUNNING, *WAITING[:1]], 1, lambda run: SECONDS[run.name])
    assert ([run.name for run in turn.before], turn.seconds) == (["running", "first"], 25.0)
    assert turn_of_next([RUNNING], 1, lambda run: None).seconds is None
    assert turn_of_next([RUNNING], 2, lambda run: 5.0) is None
    assert turn_of_next([], 1, lambda run: 5.0) is None
