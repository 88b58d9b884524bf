"""The files of experiments."""

import pytest

from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.experiments.experiment import Arm, Experiment, Kind
from core.experiments.store import ExperimentStore

ARMS = (Arm("frozen", "frozen", 0, 0, "recommended", TrainingConfig()),)


@pytest.fixture
def store(tmp_path) -> ExperimentStore:
    return ExperimentStore(tmp_path / "home")


def create(store: ExperimentStore, kind: Kind = Kind.RACE) -> Experiment:
    return store.create(kind, "d", "Data", ARMS)


def write(store: ExperimentStore, name: str, created: float) -> Experiment:
    found = Experiment(name, Kind.RACE, "d", "Data", created, ARMS)
    store.folder.mkdir(parents=True, exist_ok=True)
    (store.folder / f"{name}.json").write_text(found.to_json())
    return found


def test_an_experiment_comes_back_in_another_process(store, tmp_path):
    found = create(store)
    assert ExperimentStore(tmp_path / "home").get(found.id) == found
    assert (found.kind, found.dataset_name, found.arms) == (Kind.RACE, "Data", ARMS)


def test_there_is_none_without_a_folder(store):
    assert store.list() == []
    with pytest.raises(RunError, match=r"Received '0123'\. There is none; list them"):
        store.get("0123")


def test_the_newest_is_the_first(store):
    old, new = write(store, "ffffffff", 1.0), write(store, "00000000", 2.0)
    assert list(store.list()) == [new, old]


def test_the_beginning_of_an_id_is_enough_if_it_is_the_only_one(store):
    one, other = write(store, "abcd0000", 1.0), write(store, "abce0000", 2.0)
    assert store.get("abcd") == one
    assert store.get("abce0000") == other
    with pytest.raises(RunError, match="2 have an id that begins like this"):
        store.get("abc")
    with pytest.raises(RunError, match="There is none"):
        store.get("")
    with pytest.raises(RunError, match="There is none"):
        store.get("../studio")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_damaged_file_is_left_out_and_stays(store, content):
    good = write(store, "abcd0000", 1.0)
    (store.folder / "abce0000.json").write_bytes(content)
    assert list(store.list()) == [good]
    assert (store.folder / "abce0000.json").exists()


def test_other_files_are_none(store):
    good = write(store, "abcd0000", 1.0)
    (store.folder / "notes.json").write_text(good.to_json())
    (store.folder / "abcd0000.json.tmp").write_text(good.to_json())
    (store.folder / "abce0000.json").write_text(good.to_json())  # a copy: its id is another one's
    assert list(store.list()) == [good]


def test_deleted_is_gone_and_the_others_stay(store):
    one, other = create(store), create(store, Kind.FREEZE)
    store.delete(one.id)
    store.delete(one.id)
    assert list(store.list()) == [other]
