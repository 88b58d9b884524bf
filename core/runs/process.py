"""The process that works on a run: `python -m core.runs.process RUN_ID`, or `--warm` to wait for one, loaded."""

import os
import sys
import traceback

from core.runs import queue
from core.runs.worker.environment import PROCESS, WARM
from core.runs.worker.warm_worker import FAILED, stand_by
from core.runs.worker.warm_worker_pool import DONE
from core.runs.worker.worker import prepare_process, work
from core.settings import settings


def _work_on(arguments: list[str]) -> int:
    """Does what the arguments ask for, and returns the exit code."""
    if arguments == [WARM]:
        return stand_by(queue.start_queued)
    if len(arguments) != 1:
        print(f"Expected the id of one run, as in: python -m {PROCESS} RUN_ID", file=sys.stderr)
    elif not work(arguments[0], settings(), queue.start_queued):
        print(f"The run {arguments[0]} isn't waiting for a worker, or has one.", file=sys.stderr)
    else:
        return DONE
    return FAILED


def main() -> None:
    """Works on a run, then exits at once, because Python's regular exit is slow with TensorFlow."""
    prepare_process()
    code = FAILED
    try:
        code = _work_on(sys.argv[1:])
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
