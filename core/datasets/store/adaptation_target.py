"""The data set that a run's model is adapted to."""

from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError


def adaptation_target(store: DatasetStore, adapt_to: str, dataset_id: str) -> DatasetIndex | None:
    """Returns the data set to adapt to; None if there is none to adapt to.

    Args:
        store: has it.
        adapt_to: its id; empty for none.
        dataset_id: the data set that is trained on.

    Raises:
        DatasetError: it was deleted, or is the one that is trained on.
    """
    if not adapt_to:
        return None
    if adapt_to == dataset_id:
        raise DatasetError(
            "Expected another data set to adapt to. Received the one that is trained on, whose labels are known. "
            "Choose another one, or none."
        )
    found = next((one for one in store.list() if one.id == adapt_to), None)
    if found is None:
        raise DatasetError(
            f"The data set to adapt to ({adapt_to}) isn't here: it was deleted, or can't be read. Choose another one, "
            "or none."
        )
    return found


def target_name(store: DatasetStore, adapt_to: str) -> str:
    """Returns what the data set to adapt to is called; words for one that was deleted, empty for none."""
    if not adapt_to:
        return ""
    names = {dataset.id: dataset.name for dataset in store.list()}
    return names.get(adapt_to, f"a data set that was deleted ({adapt_to})")
