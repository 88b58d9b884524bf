import codecs

import pytest

from core.wording.encodings import ENCODINGS, encoding_choice, encoding_name


def test_encodings_are_called_as_people_know_them():
    assert (encoding_name("gb18030"), encoding_choice("gb18030")) == ("GBK", "GBK (Chinese)")
    assert encoding_name("cp737") == encoding_choice("cp737") == "cp737"


@pytest.mark.parametrize("codec", ENCODINGS)
def test_all_of_them_are_known_to_python(codec):
    assert codecs.lookup(codec)
