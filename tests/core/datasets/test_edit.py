"""One change of a data set and what it needs."""

import pytest

from core.datasets.edit import Edit
from core.errors import DatasetError


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"kind": "paint"},
            "Expected one of the changes remove, relabel, rename_class, merge_classes, leave_out_class, subset, add. "
            "Received 'paint'. Fix it.",
        ),
        ({"kind": "remove"}, "Expected pictures to change. Received none. Choose at least one."),
        ({"kind": "relabel", "paths": ("a",)}, "Expected the name of one class. Received 0. Fix their number."),
        (
            {"kind": "rename_class", "class_names": ("cat",)},
            "Expected the old name of a class and its new one. Received 1. Fix their number.",
        ),
        (
            {"kind": "merge_classes", "class_names": ("cat", "pets")},
            "Expected the names of two or more classes to merge and the new name. Received 2. Fix their number.",
        ),
        ({"kind": "subset", "number": 1}, "Expected 2 or more pictures of each class to keep. Received 1. Keep more."),
    ],
)
def test_a_change_without_what_it_needs_is_refused(values, sentence):
    with pytest.raises(DatasetError) as caught:
        Edit(**values)
    assert str(caught.value) == sentence
