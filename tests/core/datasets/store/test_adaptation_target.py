"""Which data set a run's model is adapted to, and what it is called."""

import pytest

from core.datasets.store.adaptation_target import adaptation_target, target_name
from core.errors import DatasetError


def test_the_data_set_to_adapt_to_is_found_by_its_id(store, archive, pets) -> None:
    other = store.import_source(archive(pets))
    assert adaptation_target(store, other.id, "trained on") == other
    assert target_name(store, other.id) == "pets"
    renamed = store.rename(other.id, "Sketches")
    assert target_name(store, renamed.id) == "Sketches"


def test_there_may_be_none(store) -> None:
    assert adaptation_target(store, "", "trained on") is None
    assert target_name(store, "") == ""


def test_the_one_that_is_trained_on_and_a_deleted_one_are_refused(store, archive, pets) -> None:
    own = store.import_source(archive(pets))
    with pytest.raises(
        DatasetError, match=r"^Expected another data set to adapt to\. Received the one that is trained"
    ):
        adaptation_target(store, own.id, own.id)
    store.delete(own.id)
    with pytest.raises(DatasetError, match=rf"^The data set to adapt to \({own.id}\) isn't here: it was deleted"):
        adaptation_target(store, own.id, "trained on")
    assert target_name(store, own.id) == f"a data set that was deleted ({own.id})"
