"""Tars, plain and gzipped: what is taken, what is skipped, what is refused."""

import gzip
import io
import shutil
import tarfile

import numpy as np
import pytest

from core.datasets.archives.archive import extract
from core.datasets.archives.tar_reader import tar_members
from core.errors import DatasetError, Stopped
from core.settings import GIGABYTE, MEGABYTE, ImportLimits
from core.wording.coded import Note
from core.wording.dataset_notes import dataset_note
from core.wording.reasons import reason


@pytest.fixture
def take(tmp_path, limits):
    def take(data, limits=limits, **options):
        folder = tmp_path / "pictures"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return extract(io.BytesIO(data), folder, "some.tgz", limits, **options)

    return take


def tar_of(files, links=(), mode="w:gz", **options):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, **options) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in links:
            archive.addfile(info)
    return buffer.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def labels(extraction):
    return [file.label for file in extraction.files]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("layout", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_tars_are_taken(take, picture, tmp_path, mode, layout):
    names = ["flowers/daisy/a.png", "flowers/rose/" + "b" * 90 + ".png", "flowers/LICENSE.txt"]
    data = tar_of({name: picture(number) for number, name in enumerate(names)}, mode=mode, format=layout)
    extraction = take(data)
    assert labels(extraction) == names[:2]
    assert extraction.num_ignored == 1
    assert (tmp_path / "pictures" / "00000001.png").read_bytes() == picture(1)


def test_names_and_kinds_that_are_refused(take, picture):
    links = [
        special("cats/link.png", tarfile.SYMTYPE, "/etc/passwd"),
        special("cats/hard.png", tarfile.LNKTYPE, "cats/a.png"),
        special("cats/pipe.png", tarfile.FIFOTYPE),
        special("cats/device.png", tarfile.CHRTYPE),
    ]
    extraction = take(tar_of({"cats/a.png": picture(1), "../b.png": picture(2), "/c.png": picture(3)}, links))
    assert labels(extraction) == ["cats/a.png"]
    assert [(item.name, reason(item.reason)) for item in extraction.skipped] == [
        ("../b.png", "its name points out of the archive"),
        ("/c.png", "its name is an absolute path"),
        ("cats/link.png", "it is a link, and links aren't followed"),
        ("cats/hard.png", "it is a link, and links aren't followed"),
        ("cats/pipe.png", "it isn't a regular file"),
        ("cats/device.png", "it isn't a regular file"),
    ]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("layout", [tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize(
    ("encoding", "classes"),
    [("euc_jp", ["猫", "犬"]), ("gb18030", ["猫", "狗"]), ("cp932", ["表", "表裏"]), ("koi8_r", ["кошка", "собака"])],
)
def test_names_in_an_old_encoding_are_read_together(take, picture, mode, layout, encoding, classes):
    names = [f"{name}/{number}.png" for number in range(20) for name in ["cats", *classes]]
    files = {name: picture(number, side=40) for number, name in enumerate(names)}
    data = tar_of(files, mode=mode, format=layout, encoding=encoding)
    extraction = take(data)
    assert labels(extraction) == names and not extraction.skipped
    parameters = {"archive": "some.tgz", "encoding": encoding, "example": names[1]}
    assert extraction.receipt == (Note("name_encoding", parameters),)
    extraction = take(data, encoding=encoding)
    assert labels(extraction) == names and extraction.receipt == (Note("asked_name_encoding", parameters),)


@pytest.mark.parametrize("layout", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_in_utf8_are_read_as_they_are(take, picture, layout):
    names = [f"{name}/{number}.png" for number in range(3) for name in ("猫", "собака", "Kätzchen")]
    data = tar_of({name: picture(number) for number, name in enumerate(names)}, format=layout)
    extraction = take(data, encoding="cp1251")
    assert labels(extraction) == names and not extraction.receipt


def test_the_names_of_a_damaged_tar_are_no_way_around_its_checks(take, picture):
    files = {f"猫/{number}.png": picture(number, side=40) for number in range(4)}
    data = tar_of(files, mode="w", format=tarfile.GNU_FORMAT, encoding="gbk")
    assert_damaged(take, data[: len(data) // 2])
    bomb = tar_of({"猫.bmp": b"BM" + b"\0" * 20 * MEGABYTE}, format=tarfile.GNU_FORMAT, encoding="gbk")
    with pytest.raises(DatasetError, match=r"some.tgz unpacks to far more than its own size"):
        take(bomb)


CUT_OFF = "it is cut off or isn't a tar inside"
WRONG_SUM = "its checksum is wrong"
ADDED = "something was added at its end"


def assert_damaged(take, data, detail=CUT_OFF):
    with pytest.raises(DatasetError) as caught:
        take(data)
    assert str(caught.value) == (f"some.tgz is a damaged tar archive: {detail}. Make it again, or download it again.")


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_what_is_cut_off_is_refused(take, picture, mode):
    files = {f"cats/{number}.png": picture(number, side=40) for number in range(4)}
    data = tar_of(files, mode=mode)
    assert_damaged(take, data[: len(data) // 3])


@pytest.fixture
def plain(picture):
    return tar_of({f"cats/{number}.png": picture(number) for number in range(3)}, mode="w")


@pytest.mark.parametrize(
    ("damage", "detail"),
    [
        (lambda packed: packed[:-8] + b"\1\2\3\4" + packed[-4:], WRONG_SUM),
        (lambda packed: packed[:-4] + b"\1\2\3\4", WRONG_SUM),
        (lambda packed: packed[:-8], CUT_OFF),
        (lambda packed: packed[:-1], CUT_OFF),
        (lambda packed: packed + b"some more", ADDED),
        (lambda packed: packed + packed, ADDED),
        (lambda packed: packed + gzip.compress(b"some more"), ADDED),
        (lambda packed: gzip.compress(b"")[:-8] + b"\1" * 8 + packed, WRONG_SUM),
    ],
    ids=["sum", "length", "no_sum", "half_a_length", "garbage", "two_tars", "two_gzips", "first_of_two"],
)
def test_the_end_of_a_gzip_is_looked_at(take, plain, damage, detail):
    assert_damaged(take, damage(gzip.compress(plain)), detail)


def test_a_tar_in_several_gzips_and_zeros_behind_it_are_taken(take, plain):
    packed = gzip.compress(plain[:3000]) + gzip.compress(plain[3000:]) + b"\0" * 5000
    assert len(take(packed).files) == 3


def test_what_lies_behind_a_tar_is_said(take, plain):
    assert_damaged(take, plain + plain, ADDED)
    assert_damaged(take, plain + b"x", ADDED)
    assert len(take(plain + b"\0" * 20_000).files) == 3


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_tar_without_its_end_mark_is_taken_with_a_note(take, plain, pack):
    end = -(-len(plain.rstrip(b"\0")) // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    extraction = take(pack(plain[:end]))
    assert len(extraction.files) == 3
    assert tuple(map(dataset_note, extraction.notes)) == (
        "some.tgz has no mark at its end, so it may have been cut off: check that all pictures are here.",
    )
    assert not take(pack(plain[: end + tarfile.BLOCKSIZE])).notes
    assert_damaged(take, pack(plain[: end - 700]))


def test_a_film_in_a_tar_is_passed_over(tmp_path, plain, picture, limits):
    info = tarfile.TarInfo("film.mp4")
    info.size = 25 * GIGABYTE
    with (tmp_path / "some.tar").open("wb") as file:
        file.write(info.tobuf())
        file.seek(info.size, io.SEEK_CUR)  # a hole: the file takes no space
        file.write(plain)
    (tmp_path / "pictures").mkdir()
    extraction = extract(tmp_path / "some.tar", tmp_path / "pictures", "some.tar", limits)
    assert len(extraction.files) == 3
    assert tuple(map(dataset_note, extraction.notes)) == ("1 film beside the pictures wasn't read.",)


def test_passing_over_a_film_in_a_gzip_can_be_stopped(plain):
    info = tarfile.TarInfo("film.mp4")
    info.size = 5 * MEGABYTE
    data = gzip.compress(info.tobuf() + b"\0" * info.size + plain)
    members = tar_members(io.BytesIO(data), "some.tgz", ImportLimits(), lambda: True)
    with pytest.raises(Stopped):
        list(members.items)


def test_a_damaged_header_isnt_taken_for_the_end(take, picture):
    data = bytearray(tar_of({"cats/a.png": picture(1), "cats/b.png": picture(2)}, mode="w"))
    data[data.index(b"cats/b.png")] ^= 1
    assert_damaged(take, bytes(data))


def test_a_gzip_that_holds_no_tar(take):
    assert_damaged(take, gzip.compress(b"just a text " * 100))


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_size_below_zero_doesnt_hang(take, picture, mode):
    data = bytearray(tar_of({"cats/a.png": picture(1), "cats/b.png": picture(2)}, mode="w"))
    start = data.index(b"cats/b.png")
    data[start + 124 : start + 136] = b"\xff" * 4 + (-4096).to_bytes(8, "big", signed=True)
    data[start + 148 : start + 156] = b" " * 8
    data[start + 148 : start + 156] = b"%06o\0 " % sum(data[start : start + 512])
    assert_damaged(take, gzip.compress(bytes(data)) if mode == "w:gz" else bytes(data))


def test_a_header_of_absurd_size_isnt_read(take, limits):
    info = special("header", tarfile.XHDTYPE)
    info.size = 200 * MEGABYTE
    assert_damaged(take, info.tobuf() + b"\0" * 1024)


def test_a_bomb_is_refused(take):
    with pytest.raises(DatasetError, match=r"some.tgz unpacks to far more than its own size"):
        take(tar_of({"cats/a.bmp": b"BM" + b"\0" * 20 * MEGABYTE}))


def test_too_many_entries_are_refused(take, picture):
    limits = ImportLimits(entries=3, free_disk_bytes=0)
    with pytest.raises(DatasetError, match=r"more than 3 entries. Split it into smaller data sets"):
        take(tar_of({f"cats/{number}.png": b"" for number in range(4)}), limits)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_damage_of_any_kind_ends_in_a_sentence_or_an_extraction(take, picture, tmp_path, mode):
    sound = np.frombuffer(tar_of({f"cats/{n}.png": picture(n, side=6) for n in range(3)}, mode=mode), np.uint8)
    generator = np.random.default_rng(3)
    for _ in range(150):
        damaged = sound.copy()
        damaged[generator.integers(0, len(damaged), 3)] = generator.integers(0, 256, 3)
        try:
            take(damaged.tobytes())
        except DatasetError as error:
            assert str(error).endswith(".")
        for path in (tmp_path / "pictures").iterdir():
            path.unlink()
