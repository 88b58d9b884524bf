"""Copies are found, naturally similar pictures are not, and large data sets are searched in parts."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance
from sklearn.datasets import load_digits

from core.datasets.quality import duplicates
from core.datasets.quality.duplicates import group_duplicates
from core.datasets.quality.image_statistics import measure, pack
from core.datasets.sample import Sample
from core.errors import Stopped
from core.progress import Progress, ignore_event, never_stop
from tests.core.datasets.drawing import draw_scene, encode


def digest_of(number: int) -> str:
    return f"{number:064x}"


def grouped(pictures, digests=None, groups=(), should_stop=never_stop) -> tuple[str, ...]:
    """Returns the group of each picture, shortened to the number in it."""
    digests = digests or [digest_of(number) for number in range(len(pictures))]
    groups = [*groups, *[""] * (len(pictures) - len(groups))]
    samples = [
        Sample(f"{number}.png", 0, "", f"{number}.png", digest, 8, 8, group)
        for number, (digest, group) in enumerate(zip(digests, groups, strict=True))
    ]
    rows = pack(digests, map(measure, pictures))
    names = group_duplicates(samples, rows, Progress("audit", len(samples), ignore_event, should_stop))
    return tuple(name.lstrip("0") or name[-1:] for name in names)


@pytest.fixture(scope="module")
def scenes() -> list[Image.Image]:
    return [draw_scene(seed) for seed in range(120)]


CHANGES = {
    "saved again": lambda picture: Image.open(io.BytesIO(encode(picture, quality=30))).convert("RGB"),
    "half as large": lambda picture: picture.resize((80, 60)),
    "twice as large": lambda picture: picture.resize((320, 240), Image.Resampling.BICUBIC),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.7),
    "more contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(1.3),
    "barely cropped": lambda picture: picture.crop((3, 2, 157, 118)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_near_copies_are_found(scenes, change):
    groups = grouped([*scenes, *map(change, scenes[:8])])
    assert groups[:8] == groups[120:] == ("0", "1", "2", "3", "4", "5", "6", "7")
    assert not any(groups[8:120])


def test_exact_copies_are_found_whatever_they_look_like():
    plain = [Image.new("RGB", (20, 20), "gray")] * 3 + [Image.new("RGB", (20, 20), "black")]
    assert grouped(plain, [digest_of(5), digest_of(3), digest_of(5), digest_of(4)]) == ("5", "", "5", "")


def test_plain_pictures_are_not_near_copies():
    shades = [Image.new("RGB", (20, 20), (shade, shade, shade)) for shade in range(100, 140)]
    assert not any(grouped(shades))


def test_a_copy_of_a_copy_is_a_copy(scenes):
    again = CHANGES["barely cropped"](scenes[0]).resize((160, 120))
    third = CHANGES["barely cropped"](again)
    groups = grouped([*scenes, again, third])
    assert groups[0] == groups[120] == groups[121] == "0"


def test_handwritten_digits_are_not_copies():
    """They are much more alike than photographs: the nearest ones have thumbnails that correlate by 0.987."""
    pixels = (load_digits().images[:1000] * (255 / 16)).astype(np.uint8)
    pictures = [Image.fromarray(digit).resize((64, 64), Image.Resampling.BICUBIC).convert("RGB") for digit in pixels]
    groups = grouped([*pictures, *(CHANGES["darker"](picture) for picture in pictures[:20])])
    assert sum(map(bool, groups[20:1000])) <= 0.02 * 980
    assert all(groups[number] == groups[1000 + number] != "" for number in range(20))


@pytest.mark.parametrize("radius", [6, 16, 24])
def test_the_same_shape_in_another_colour_is_not_a_copy(scenes, radius):
    def light(colour):
        picture = Image.new("RGB", (64, 64), (40, 40, 40))
        ImageDraw.Draw(picture).ellipse((32 - radius, 32 - radius, 32 + radius, 32 + radius), fill=colour)
        return picture

    # Equally bright: in grayscale they are the same picture.
    red, green = light((220, 40, 40)), light((0, 150, 30))
    assert not any(grouped([*scenes, red, green])[120:])
    assert grouped([*scenes, red, CHANGES["saved again"](red)])[120:] == ("78", "78")


def test_few_pictures():
    pictures = [draw_scene(seed) for seed in range(4)]
    assert grouped([*pictures, CHANGES["saved again"](pictures[2])]) == ("", "", "2", "", "2")
    assert grouped(pictures[:1]) == ("",)


def test_existing_groups_keep_their_names(scenes):
    again = CHANGES["saved again"](scenes[7])
    name = digest_of(500)  # of a picture that no longer exists
    groups = grouped([*scenes, again], groups=["", name] + [""] * 5 + [name])
    assert groups[1] == groups[7] == groups[120] == "1f4"
    assert grouped(scenes[:3], groups=[name])[0] == "1f4"


def test_every_copy_is_found_in_parts_too(scenes, monkeypatch):
    pictures = [*scenes, *map(CHANGES["saved again"], scenes)]
    whole = grouped(pictures)
    monkeypatch.setattr(duplicates, "EVERY_PAIR", 50)
    monkeypatch.setattr(duplicates, "ROWS", 7)
    monkeypatch.setattr(duplicates, "COLUMNS", 11)
    assert grouped(pictures) == whole
    assert sum(map(bool, whole)) == 240


def test_many_copies_of_one_picture(scenes):
    """Each is compared with the first alone: 300 copies have 44,850 pairs."""
    files = [Image.open(io.BytesIO(encode(scenes[0], quality=30 + n % 60))).convert("RGB") for n in range(300)]
    groups = grouped([*scenes[1:40], *files])
    assert set(groups[39:]) == {f"{39:x}"} and not any(groups[:39])


def test_stopping(scenes, monkeypatch):
    monkeypatch.setattr("core.progress.SECONDS_BETWEEN_EVENTS", 0)
    answers = iter([False])
    with pytest.raises(Stopped):
        grouped(scenes, should_stop=lambda: next(answers, True))
