"""What is at work on this server: what it is, how far it is, and where it is shown. Draws nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.experiments import words
from core.experiments.progress import ExperimentState, state_of
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.store import Run, RunStatus
from core.wording.lists import counted
from pages.components import phases
from pages.components.background.jobs import AUDIT, DERIVE, EVALUATE, IMPORT, PACK, SURVEY, Job
from pages.components.shell import session

# Where the page of a data set shows what came of a job.
SECTIONS = {AUDIT: "check", SURVEY: "check", DERIVE: "versions", PACK: "versions"}


@dataclass(frozen=True)
class Item:
    """One thing at work.

    Attributes:
        id: of the run or job.
        name: of the run, file or data set, as the user gave it.
        words: what is being done, as Markdown.
        share: how much of its phase is done, 0-1; None while it waits.
        page: where it is shown.
        parameters: of that page's address.
    """

    id: str
    name: str
    words: str
    share: float | None
    page: str
    parameters: Mapping[str, str]


def at_work() -> list[Item]:
    """Returns what is at work, whoever started it: runs, then jobs, then runs in the queue in the order of their turns.

    Raises:
        CoreError: the runs can't be read.
    """
    store = session.run_store()
    runs = unfinished()
    known = (
        {one.id: one for one in ExperimentStore(store.home).list()} if any(run.experiment_id for run in runs) else {}
    )
    at_work = [known[one] for one in dict.fromkeys(run.experiment_id for run in runs) if one in known]
    alone = [run for run in runs if run.experiment_id not in known]
    waiting = [run for run in alone if run.status == RunStatus.QUEUED]
    return [
        *(of_experiment(state_of(experiment, store.list())) for experiment in at_work),
        *(of_run(run) for run in alone if run.status == RunStatus.RUNNING),
        *(of_job(job) for job in session.jobs().running()),
        *(of_run(run, waiting) for run in waiting),
    ]


def unfinished() -> Sequence[Run]:
    """Returns the runs that are at work or in the queue. A worker that was killed is noticed on whatever page is open.

    Raises:
        CoreError: the runs can't be read.
    """
    store = session.run_store()
    if store.unfinished():
        queue.look_over(store)
    return store.unfinished()


def of_experiment(state: ExperimentState) -> Item:
    """Returns an experiment as an item: all its runs are one piece of work."""
    experiment, number = state.experiment, len(state.arms)
    name = f"{words.TITLES[experiment.kind]} · {experiment.dataset_name}"
    done = f"{len(state.done)} of {counted(number, 'run')} done"
    return Item(experiment.id, name, done, len(state.done) / number, session.DEMO, {"experiment": experiment.id})


def of_run(run: Run, waiting: Sequence[Run] = ()) -> Item:
    """Returns a run as an item.

    Args:
        run: it is running or queued.
        waiting: all queued runs, in the order of their turns.
    """
    parameters = {"run": run.id}
    if run.status == RunStatus.RUNNING:
        share = phases.share_done(run.progress)
        return Item(run.id, run.name, phases.run_phase(run), share, session.RUN, parameters)
    place = [other.id for other in waiting].index(run.id) + 1 if waiting else 1
    return Item(run.id, run.name, f"Waiting for its turn: place {place} in the queue", None, session.RUN, parameters)


def of_job(job: Job) -> Item:
    """Returns a running job as an item. An upload is the first phase of its import."""
    words = "Stopping" if job.stopping.is_set() else phases.job_phase(job.progress)
    if job.kind == EVALUATE:
        parameters = {"run": job.about, "section": "results"}
        return Item(job.id, job.label, words, phases.share_done(job.progress), session.RUN, parameters)
    parameters = {"add": "zip"} if job.kind == IMPORT else {"dataset": job.about, "section": SECTIONS[job.kind]}
    return Item(job.id, job.label, words, phases.share_done(job.progress), session.DATA, parameters)
