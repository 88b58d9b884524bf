"""Names that don't declare their encoding: guessed for all of them, certain, or chosen by the user."""

import pytest

from core.datasets.archives.unmarked_names import find_encoding, is_plain
from core.errors import DatasetError
from core.wording.coded import Note, Reason


def found(*names, asked=""):
    return find_encoding(names, asked, "some.zip")


def test_plain_names_are_the_same_in_any_encoding():
    for asked in ("", "gbk", "utf-16"):
        encoding = found(b"cats/1.png", b"dogs/1.png", asked=asked)
        assert encoding.is_sure and encoding.decode(b"cats/1.png") == ("cats/1.png", None)
    assert is_plain(b"cats/1.png") and not is_plain("犬".encode("iso2022_jp")) and not is_plain(b"\xe9")


@pytest.mark.parametrize(
    "name", ["猫", "собака", "Kätzchen", "Ka\u0308tzchen", "e\u0301", "ネコ", "고양이", "🐱", "שלום", "naïf/é"]
)
def test_utf8_that_cant_be_chance_is_sure_whatever_is_asked_for(name):
    for asked in ("", "cp1251", "gbk"):
        encoding = found(b"cats/1.png", f"{name}/1.png".encode(), asked=asked)
        assert (encoding.codec, encoding.is_sure) == ("utf-8", True)


def test_utf8_that_may_be_chance_is_a_guess():
    cat = "猫/1.png".encode("gbk")
    encoding = found(cat, b"dogs/1.png")
    assert cat.decode() == "è/1.png" and not encoding.is_sure
    assert found(cat, b"dogs/1.png", asked="gbk").decode(cat) == ("猫/1.png", None)
    assert found(cat, "狗/1.png".encode("gbk")).decode(cat) == ("猫/1.png", None)


@pytest.mark.parametrize("names", [("猫", "鞋"), ("雪", "鞋"), ("山", "纸")])
def test_utf8_that_nobody_writes_is_chance(names):
    raw = [f"{name}/1.png".encode("gbk") for name in names]
    found_encoding = found(*raw, b"dogs/1.png")
    assert b"".join(raw).decode() and found_encoding.codec != "utf-8" and not found_encoding.is_sure


def test_a_mark_of_utf16_is_none_in_a_name():
    assert found(b"\xff\xfe1/1.png", b"\xff\xfe2/1.png").decode(b"\xff\xfe1/1.png")[0].endswith("1/1.png")


def test_an_encoding_is_told_with_a_name_as_it_was_read():
    names = b"cats/1.png", "五/0001.png".encode("gbk"), "武/0001.png".encode("gbk")
    parameters = {"archive": "some.zip", "encoding": "gb18030", "example": "五/0001.png"}
    assert found(*names).receipt("some.zip", names) == [Note("name_encoding", parameters)]
    asked = found(*names, asked="GBK").receipt("some.zip", names)
    assert asked == [Note("asked_name_encoding", parameters | {"encoding": "GBK"})]
    assert not found(b"cats/1.png").receipt("some.zip", [b"cats/1.png"])


def test_a_byte_that_is_half_of_a_character_ends_no_folder():
    names = [f"{name}/1.png".encode("cp932") for name in ("表", "表裏", "予測")]
    assert [found(*names).decode(name)[0] for name in names] == ["表/1.png", "表裏/1.png", "予測/1.png"]
    # Nor does it in the wrong encoding.
    wrong = found(*names, asked="latin-1")
    assert len({wrong.decode(name)[0].partition("/")[0] for name in names}) == 3
    assert not any("\\" in wrong.decode(name)[0] for name in names)


def test_backslashes_divide_folders_where_an_archive_has_no_slashes():
    names = [f"{name}\\1.png".encode("cp866") for name in ("кошка", "собака")]
    assert [found(*names).decode(name)[0] for name in names] == ["кошка\\1.png", "собака\\1.png"]


def test_an_encoding_that_tables_alone_can_be_in_says_nothing_of_names():
    name = "猫/1.png".encode("gbk"), "狗/1.png".encode("gbk")
    for asked in ("utf-16", "utf-32-le", "cp037"):
        assert found(*name, asked=asked).decode(name[0]) == ("猫/1.png", None)


def test_a_name_unlike_all_that_were_looked_at_is_refused():
    encoding = found("五/1.png".encode("gbk"), "武/1.png".encode("gbk"))
    assert encoding.decode(b"\xff\xff.png")[1] == Reason("name_encoding", {"encoding": "gb18030"})


def test_an_encoding_that_doesnt_fit_is_refused_in_a_sentence():
    with pytest.raises(DatasetError) as caught:
        found("高い/1.png".encode("cp932"), asked="euc_kr")
    assert str(caught.value).startswith("The names in some.zip can't be read as euc_kr, such as ")
    assert str(caught.value).endswith("Choose the encoding that they were written in, or none to have it guessed.")


def test_200_000_names_take_seconds():
    names = [f"{name}/{number:06d}.png".encode("gbk") for number in range(50_000) for name in "猫狗五武"]
    assert found(*names).codec == "gb18030"
