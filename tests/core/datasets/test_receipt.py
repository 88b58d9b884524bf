from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.index import DatasetIndex
from core.datasets.receipt import LeftOut, left_out_by_reason, random_pictures
from core.datasets.sample import Sample, Skipped
from core.wording.coded import Reason


@pytest.fixture
def pets():
    samples = tuple(Sample(f"{n}.png", n % 2, "", f"{n}.png", str(n), 9, 9) for n in range(100))
    return DatasetIndex("abc", "Pets", ("cat", "dog"), samples, (), 0, Path("pets"))


def test_pictures_to_check_are_a_stable_random_choice_of_the_class(pets):
    chosen = random_pictures(pets, 1)
    assert len(chosen) == len(set(chosen)) == 6
    assert {sample.label for sample in chosen} == {1}
    assert max(int(sample.digest) for sample in chosen) > 50, "not just the first ones"
    assert random_pictures(pets, 1) == chosen
    assert random_pictures(replace(pets, id="other"), 1) != chosen


def test_a_class_with_few_pictures_shows_them_all(pets):
    few = replace(pets, samples=pets.samples[:4])
    assert {sample.digest for sample in random_pictures(few, 0)} == {"0", "2"}
    assert random_pictures(replace(pets, samples=()), 0) == []


def test_files_left_out_are_counted_by_the_kind_of_reason():
    small, large = (Reason("large_file", {"limit_bytes": limit}) for limit in (1, 2))
    skipped = [Skipped("a.txt", Reason("outside")), Skipped("b.jpg", small), Skipped("c.jpg", large)]
    assert left_out_by_reason(skipped) == [LeftOut(small, "b.jpg", 2), LeftOut(Reason("outside"), "a.txt", 1)]
    assert left_out_by_reason([]) == []
