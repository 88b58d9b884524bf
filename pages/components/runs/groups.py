"""Which runs a list shows, and in which order and groups. No Streamlit calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from core.runs.records.store import Run

NEWEST, ACCURACY = "newest", "accuracy"
ORDERS = {NEWEST: "Newest first", ACCURACY: "Best first"}


@dataclass(frozen=True)
class Choice:
    """What the user wants to see of all runs.

    Attributes:
        find: words that each run's name, note or data set contains; empty for all.
        status: one of `RunStatus`, or empty for all.
        recipe: name of a recipe, or None for all; empty for own settings.
        is_starred: whether only starred runs.
        order: one of `ORDERS`.
    """

    find: str = ""
    status: str = ""
    recipe: str | None = None
    is_starred: bool = False
    order: str = NEWEST

    def fits(self, run: Run, dataset_name: str) -> bool:
        """Returns whether a run is one of those."""
        text = f"{run.name}\n{run.note}\n{dataset_name}\n{run.dataset_name}".casefold()
        return (
            all(word in text for word in self.find.casefold().split())
            and self.status in ("", run.status)
            and self.recipe in (None, run.recipe)
            and (run.is_starred or not self.is_starred)
        )


@dataclass(frozen=True)
class Group:
    """The runs of one data set.

    Attributes:
        dataset_id: its id.
        dataset_name: its name now, or when it was last trained on.
        is_deleted: whether it no longer exists.
        runs: starred ones first, without those of experiments.
        experiments: ids of the experiments with fitting runs.
    """

    dataset_id: str
    dataset_name: str
    is_deleted: bool
    runs: tuple[Run, ...]
    experiments: tuple[str, ...] = ()


def grouped(
    runs: Sequence[Run], dataset_names: Mapping[str, str], choice: Choice, experiments: Collection[str] = ()
) -> list[Group]:
    """Returns the chosen runs by data set, the data set of the first run first.

    Args:
        runs: all runs, newest first.
        dataset_names: the names of the data sets that exist, by id.
        choice: which runs, and in which order.
        experiments: ids of the experiments that there are: their runs are listed with them.
    """
    former = {run.dataset_id: run.dataset_name for run in reversed(runs)}
    names = former | dict(dataset_names)
    found = [run for run in runs if choice.fits(run, names[run.dataset_id])]
    if choice.order == ACCURACY:
        found.sort(key=best_first)
    members: dict[str, list[Run]] = {}
    asked: dict[str, dict[str, None]] = {}
    for run in found:
        own = members.setdefault(run.dataset_id, [])
        if run.experiment_id in experiments:
            asked.setdefault(run.dataset_id, {})[run.experiment_id] = None
        else:
            own.append(run)
    return [
        Group(
            dataset_id,
            names[dataset_id],
            dataset_id not in dataset_names,
            tuple(sorted(group, key=lambda run: not run.is_starred)),
            tuple(asked.get(dataset_id, ())),
        )
        for dataset_id, group in members.items()
    ]


def best_first(run: Run) -> float:
    """Returns a sorting key that puts the most accurate model first, and runs without one last."""
    return -run.metrics.get("val_accuracy", -1.0) if run.has_model else 1.0


def on_page(groups: Sequence[Group], page: int, length: int) -> list[Group]:
    """Returns the part of a list of groups that is on one page.

    Args:
        groups: the whole list.
        page: number of the page, from 1.
        length: how many runs there are on a page.
    """
    begin, end = (page - 1) * length, page * length
    last = max(0, sum(len(group.runs) for group in groups) - 1)
    shown = []
    before = 0
    for group in groups:
        runs = group.runs[max(0, begin - before) : max(0, end - before)]
        # Experiments stand before the group's first run, and after the last run of all if there are no more.
        experiments = group.experiments if begin <= min(before, last) < end else ()
        if runs or experiments:
            shown.append(replace(group, runs=runs, experiments=experiments))
        before += len(group.runs)
    return shown
