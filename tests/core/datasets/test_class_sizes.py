import pytest

from core.datasets.class_sizes import SmallClass, find_small_class
from core.datasets.sample import Sample
from core.datasets.splits import TEST, TRAIN, UNDECIDED, VALIDATION


def samples(*rows: tuple[int, str, str]) -> list[Sample]:
    return [
        Sample(f"{number}.png", label, split, f"{number}.png", digest, 8, 8)
        for number, (label, digest, split) in enumerate(rows)
    ]


GOOD = [(0, "a", UNDECIDED), (0, "b", UNDECIDED)]


@pytest.mark.parametrize(
    ("rows", "small"),
    [
        ([(1, "c", TRAIN), (1, "d", VALIDATION)], None),
        ([], SmallClass(1, 0)),
        ([(1, "c", TRAIN)], SmallClass(1, 1)),
        ([(1, "c", TRAIN), (1, "c", TRAIN)], SmallClass(1, 1)),
        ([(1, "c", TEST), (1, "d", VALIDATION)], SmallClass(1, 2)),
    ],
)
def test_classes_need_two_different_pictures_and_one_to_train_with(rows, small):
    assert find_small_class(2, samples(*GOOD, *rows)) == small
