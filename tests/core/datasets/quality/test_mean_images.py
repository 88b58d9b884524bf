import numpy as np
import pytest
from PIL import Image

from core.datasets.quality import mean_images
from core.datasets.quality.mean_images import mean_image
from core.errors import DatasetError

LEVELS = {"dark": (0, 20, 40, 60, 80), "bright": (150, 201)}


@pytest.fixture
def shades(store, tmp_path):
    for name, levels in LEVELS.items():
        (tmp_path / "shades" / name).mkdir(parents=True)
        for level in levels:
            plain = Image.new("RGB", (30, 20), (level, 10, level // 2))
            plain.save(tmp_path / "shades" / name / f"{level}.png")
    return store.import_source(tmp_path / "shades")


def test_it_is_the_mean_of_the_class(shades):
    average = mean_image(shades, shades.class_names.index("dark"), 8)
    assert average.shape == (8, 8, 3) and average.dtype == np.uint8
    assert (average == (40, 10, 20)).all()
    bright = mean_image(shades, shades.class_names.index("bright"), 4)
    assert (bright == (176, 10, 88)).all()


def test_of_many_pictures_some_are_taken_the_same_each_time(shades, monkeypatch):
    monkeypatch.setattr(mean_images, "MAX_PICTURES", 2)
    dark = shades.class_names.index("dark")
    red = int(mean_image(shades, dark, 4)[0, 0, 0])
    assert red in {(first + second) // 2 for first in LEVELS["dark"] for second in LEVELS["dark"] if first != second}
    assert red == mean_image(shades, dark, 4)[0, 0, 0]


def test_pictures_that_are_gone_are_left_out(shades):
    bright = [sample for sample in shades.samples if shades.class_names[sample.label] == "bright"]
    shades.picture_path(next(sample for sample in bright if "150" in sample.name)).unlink()
    assert (mean_image(shades, bright[0].label, 4)[..., 0] == 201).all()
    shades.picture_path(next(sample for sample in bright if "201" in sample.name)).unlink()
    with pytest.raises(DatasetError) as caught:
        mean_image(shades, bright[0].label, 4)
    assert str(caught.value) == (
        "None of the pictures of bright in shades can be read any more. Import the data set again."
    )
