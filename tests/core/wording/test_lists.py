import pytest

from core.wording.lists import MOST_LISTED, counted, listed


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_in_a_sentence(names, words):
    assert listed(names) == words


def test_of_many_names_the_first_are_listed():
    assert listed(["a"] * (MOST_LISTED + 1)) == f"{', '.join(['a'] * (MOST_LISTED - 1))} and 2 more"


def test_things_are_counted():
    assert [counted(number, "run") for number in (0, 1, 1200)] == ["0 runs", "1 run", "1,200 runs"]
