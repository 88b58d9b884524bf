"""Pictures that are hard to learn from are flagged if they are unlike the others, and described in words."""

from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from core.datasets.index import DatasetIndex
from core.datasets.quality.image_statistics import measure, pack
from core.datasets.quality.quality_checks import check_pictures
from core.datasets.sample import Sample
from core.wording.issues import issue_detail
from tests.core.datasets.drawing import draw_scene

SIZE = (160, 120)


@pytest.fixture(scope="module")
def scenes():
    return [draw_scene(seed) for seed in range(40)]


def faults(pictures, labels=None, sizes=None):
    """Returns the kind and index of each issue, in the order of the indices."""
    labels = labels or [number % 2 for number in range(len(pictures))]
    sizes = sizes or [picture.size for picture in pictures]
    digests = [f"{number:064x}" for number in range(len(pictures))]
    samples = tuple(
        Sample(f"{number}", label, "", f"{number}.png", digest, *size)
        for number, (label, digest, size) in enumerate(zip(labels, digests, sizes, strict=True))
    )
    dataset = DatasetIndex("0123456789ab", "some", ("a", "b"), samples, (), 0, Path("/data"))
    issues = check_pictures(dataset, pack(digests, map(measure, pictures)))
    return sorted(issues, key=lambda issue: int(issue.path))


def found(pictures, **given):
    return [(issue.kind, int(issue.path)) for issue in faults(pictures, **given)]


def darker(picture, share):
    return ImageEnhance.Brightness(picture).enhance(share)


def lighter(picture, share):
    return picture.point(lambda value: int(255 - (255 - value) * share))


def soft(picture, radius=4):
    return picture.filter(ImageFilter.GaussianBlur(radius))


def test_nothing_is_wrong_with_clean_pictures(scenes):
    assert found(scenes) == []


@pytest.mark.parametrize("share", [0.03, 0.08, 0.15])
def test_dark_and_bright(scenes, share):
    pictures = [*scenes, darker(draw_scene(50), share), lighter(draw_scene(51), share)]
    assert found(pictures) == [("dark", 40), ("bright", 41)]


@pytest.mark.parametrize("share", [0.4, 0.6, 1.5])
def test_dim_is_not_dark(scenes, share):
    assert found([*scenes, darker(draw_scene(50), share), lighter(draw_scene(51), share)]) == []


@pytest.mark.parametrize("colour", ["black", "white", "gray", "teal"])
def test_blank(scenes, colour):
    assert found([*scenes, Image.new("RGB", SIZE, colour)]) == [("blank", 40)]


def test_two_colours_of_one_brightness_are_not_blank(scenes):
    picture = Image.new("RGB", SIZE, (220, 40, 40))
    picture.paste((0, 150, 30), (0, 0, 80, 120))
    assert "blank" not in {kind for kind, _ in found([*scenes, picture])}


@pytest.mark.parametrize("radius", [3, 5, 9])
def test_blurry(scenes, radius):
    assert found([*scenes, soft(draw_scene(50), radius)]) == [("blurry", 40)]


def test_enlarged_is_blurry(scenes):
    assert found([*scenes, draw_scene(50, 16, 12).resize(SIZE, Image.Resampling.BICUBIC)]) == [("blurry", 40)]


def test_a_dark_picture_isnt_called_blurry_too(scenes):
    assert found([*scenes, darker(soft(draw_scene(50)), 0.1)]) == [("dark", 40)]


def test_tiny_and_oddly_shaped(scenes):
    pictures = [*scenes, draw_scene(50, 20, 15), draw_scene(51, 600, 100), draw_scene(52, 60, 400)]
    assert found(pictures) == [("tiny", 40), ("odd_shape", 41), ("odd_shape", 42)]


@pytest.mark.parametrize("change", [soft, lambda picture: darker(picture, 0.1), lambda picture: lighter(picture, 0.1)])
def test_what_all_pictures_have_in_common_is_not_a_fault(scenes, change):
    assert found([change(picture) for picture in scenes]) == []


@pytest.mark.parametrize("change", [soft, lambda picture: darker(picture, 0.1), lambda picture: lighter(picture, 0.1)])
def test_what_a_class_has_in_common_is_not_a_fault(scenes, change):
    pictures = [change(picture) if number % 2 else picture for number, picture in enumerate(scenes)]
    assert found(pictures) == []


@pytest.mark.parametrize("size", [(24, 24), (900, 60)])
def test_a_size_common_to_all_is_not_a_fault(scenes, size):
    assert found(scenes, sizes=[size] * 40) == []


def test_their_words(scenes):
    pictures = [
        *scenes,
        Image.new("RGB", SIZE, "black"),
        darker(draw_scene(50), 0.1),
        lighter(draw_scene(51), 0.1),
        soft(draw_scene(52)),
        draw_scene(53, 20, 15),
        draw_scene(54, 60, 400),
    ]
    details = [issue_detail(issue.detail) for issue in faults(pictures)]
    assert details[0] == "one plain colour all over"
    assert details[1] == "its average brightness is 4% of white" and details[2].endswith("% of white")
    assert details[3].startswith("its sharpest edges are 3.") and details[3].endswith(" times as soft as usual here")
    assert details[4:] == ["20 x 15 pixels, where 160 x 120 are usual", "6.7 times as tall as wide"]


def test_worse_pictures_score_higher(scenes):
    pictures = [*scenes, *(darker(draw_scene(50), 0.15 - n / 25) for n in range(3))]
    scores = [issue.score for issue in faults(pictures)]
    assert scores == sorted(scores) and len(set(scores)) == 3 and 0 < scores[0] < scores[-1] <= 1


def test_two_pictures(scenes):
    assert found(scenes[:2]) == []
