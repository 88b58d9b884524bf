from pathlib import Path

import pytest

from core.datasets.store.damaged import DamagedDataset
from core.datasets.store.manifest import MISSING, OTHER_VERSION, UNREADABLE
from core.wording.damaged_datasets import REASONS, damaged_dataset


@pytest.mark.parametrize(
    ("reason", "num_pictures", "words"),
    [
        (MISSING, 0, "its record is missing. Its pictures are gone: delete it, and import the original again."),
        (UNREADABLE, 1200, "its record is damaged. Import the original again, which repairs it"),
        (OTHER_VERSION, 3, "it was made by a newer version of the studio. Use that version, or delete the data set."),
    ],
)
def test_words_say_what_is_wrong_and_what_to_do(reason, num_pictures, words):
    told = damaged_dataset(DamagedDataset("abc", reason, Path("/home"), num_pictures))
    assert told.startswith(f"The data set abc can't be used: {words}")
    assert ("1,200 pictures are in /home/pictures" in told) == (num_pictures == 1200)


def test_every_reason_has_words():
    assert set(REASONS) == {MISSING, UNREADABLE, OTHER_VERSION}
