"""Drafts of data sets: kept on disk, changed step by step, dropped when there are too many."""

import io

import pytest

from core.datasets.store.store import DatasetStore
from pages.components.imports import drafts as module
from pages.components.imports.drafts import EMPTY, Drafts


@pytest.fixture
def drafts(home):
    return Drafts(DatasetStore(home))


def files(home):
    return [path.read_bytes() for folder in home.datasets.glob(".importing-*") for path in folder.glob("*")]


def test_an_unknown_draft_is_an_empty_one_that_nothing_changes(drafts, home):
    drafts.rename("guess", "Pets")
    drafts.add_pictures("guess", "1", [("a.png", io.BytesIO(b"a"))])
    assert drafts.get("guess") == EMPTY
    assert not home.datasets.exists()


def test_a_draft_holds_names_and_pictures_until_it_is_discarded(drafts, home):
    draft_id = drafts.begin()
    drafts.rename(draft_id, "Pets")
    drafts.name_class(draft_id, "2", "dog")
    read_before = io.BytesIO(b"dog")
    read_before.read()
    drafts.add_pictures(draft_id, "2", [("a.png", read_before), ("a.png", io.BytesIO(b"other dog"))])
    draft = drafts.get(draft_id)
    assert (draft.name, [own.name for own in draft.classes]) == ("Pets", ["", "dog"])
    assert [picture.path.read_bytes() for picture in draft.classes[1].pictures] == [b"dog", b"other dog"]
    drafts.remove_picture(draft_id, "2", draft.classes[1].pictures[0].id)
    assert files(home) == [b"other dog"]
    drafts.discard(draft_id)
    assert drafts.get(draft_id) == EMPTY
    assert not list(home.datasets.glob(".importing-*"))


def test_a_removed_class_takes_its_pictures_along_and_its_number_is_not_given_again(drafts, home):
    draft_id = drafts.begin()
    drafts.add_class(draft_id)
    drafts.add_pictures(draft_id, "2", [("a.png", io.BytesIO(b"a"))])
    drafts.remove_class(draft_id, "2")
    drafts.add_class(draft_id)
    assert [own.id for own in drafts.get(draft_id).classes] == ["1", "3", "4"]
    assert files(home) == []


def test_only_the_newest_are_kept(drafts, home, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    first, second, third = (drafts.begin() for _ in range(3))
    assert [drafts.get(key).id for key in (first, second, third)] == ["", second, third]
    assert len([path for path in home.datasets.glob(".importing-*") if path.is_dir()]) == 2
