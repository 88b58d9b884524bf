"""Decisions about pictures outlive the page where they were made."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.datasets.edit import Edit
from core.datasets.store.store import DatasetStore
from core.datasets.versions.pending_edits import (
    PENDING_EDITS_NAME,
    PendingEdits,
    decide,
    discard_pending_edits,
    read_pending_edits,
    take_back,
)
from core.errors import DatasetError


@pytest.fixture
def pets(store, zip_of, picture, tmp_path):
    path = tmp_path / "pets.zip"
    path.write_bytes(
        zip_of({f"{name}/{n}.png": picture(100 * len(name) + n) for name in ("cat", "mouse") for n in range(4)})
    )
    return store.import_source(path)


def test_nothing_is_decided_at_first(pets):
    assert read_pending_edits(pets) == PendingEdits()
    assert read_pending_edits(pets).edits() == ()


def test_decisions_are_stored(pets, store):
    first, second, third = (sample.path for sample in pets.samples[:3])
    decide(pets, [first, second], "remove")
    pending = decide(pets, [third], "keep")
    again = DatasetStore(store.settings).get(pets.id)
    assert read_pending_edits(again) == pending == PendingEdits({first: "remove", second: "remove", third: "keep"})


def test_the_last_decision_counts_and_can_be_taken_back(pets):
    first, second = (sample.path for sample in pets.samples[:2])
    decide(pets, [first, second], "remove")
    decide(pets, [first], "relabel:mouse")
    assert decide(pets, [second], "").decisions == {first: "relabel:mouse"}
    discard_pending_edits(pets)
    assert read_pending_edits(pets) == PendingEdits()
    discard_pending_edits(pets)


def test_decisions_become_changes():
    decisions = {"d": "relabel:dog", "b": "remove", "e": "keep", "c": "relabel:cat", "a": "remove"}
    assert PendingEdits(decisions).edits() == (
        Edit("remove", ("a", "b")),
        Edit("relabel", ("c",), ("cat",)),
        Edit("relabel", ("d",), ("dog",)),
    )
    assert PendingEdits({"a": "keep"}).edits() == ()


def test_applied_decisions_are_removed_but_not_those_made_meanwhile(pets):
    first, second = (sample.path for sample in pets.samples[:2])
    done = decide(pets, [first, second], "remove")
    decide(pets, [second], "keep")
    assert take_back(pets, done).decisions == {second: "keep"}


def test_decisions_made_at_once_are_all_there(pets):
    paths = [sample.path for sample in pets.samples]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda path: decide(pets, [path], "keep"), paths))
    assert set(read_pending_edits(pets).decisions) == set(paths)


@pytest.mark.parametrize("decision", ["burn", "relabel:", "relabel"])
def test_other_decisions_are_refused(pets, decision):
    with pytest.raises(DatasetError) as caught:
        decide(pets, [pets.samples[0].path], decision)
    assert str(caught.value) == f"Expected 'keep', 'remove' or 'relabel:' and a class. Received {decision!r}. Fix it."


def test_unknown_pictures_and_impossible_classes_are_refused(pets):
    with pytest.raises(DatasetError, match="There is no picture pictures"):
        decide(pets, ["pictures/x.png"], "keep")
    with pytest.raises(DatasetError, match="can't be the name of a folder"):
        decide(pets, [pets.samples[0].path], "relabel:../mouse")
    assert read_pending_edits(pets) == PendingEdits()


def test_damaged_decisions_are_reported_and_can_be_discarded(pets):
    (pets.folder / PENDING_EDITS_NAME).write_text("[")
    with pytest.raises(DatasetError) as caught:
        read_pending_edits(pets)
    assert str(caught.value) == ("The decisions about pictures of pets can't be read. Discard them and decide again.")
    discard_pending_edits(pets)
    assert read_pending_edits(pets) == PendingEdits()


def test_a_deleted_data_set_is_not_created_again(pets, store):
    store.delete(pets.id)
    with pytest.raises(DatasetError) as caught:
        decide(pets, [pets.samples[0].path], "keep")
    assert str(caught.value) == "The data set pets was deleted meanwhile. Choose another one."
    assert not pets.folder.exists()
