"""Mean heat maps on the page of a real run."""

import time

import numpy as np
import pytest

from core.explanation.class_maps import class_map, class_maps_path, save_class_maps
from core.settings import settings
from tests.pages.conftest import button, words

pytestmark = pytest.mark.slow


def test_they_are_made_on_a_press_and_kept(open_page, trained):
    run = trained.get("Good run")
    app = open_page("run", run=run.id, section="explain")
    button(app, "Average over each class").click().run()
    assert not app.exception and button(app, "Cancel")
    for _ in range(200):
        if "The heat of each class over the mean of its pictures" in words(app):
            break
        time.sleep(0.3)
        app.run()
    alts = [image.alt for item in app.image for image in item.proto.imgs]
    assert sum(alt.startswith("Mean heat of ") for alt in alts) == 3
    assert class_maps_path(settings().runs / run.id).is_file()
    assert "Average over each class" not in [item.label for item in app.button]


def test_a_class_that_is_told_at_the_border_is_named(open_page, trained):
    run = trained.get("Good run")
    corner, middle = np.zeros((2, 32, 32), np.float32)
    corner[27:, 27:] = middle[13:19, 13:19] = 1
    pictures = [np.full((32, 32, 3), 90, np.uint8)] * 6
    maps = [class_map("circle", [middle] * 6, pictures), class_map("square", [corner] * 6, pictures)]
    save_class_maps(maps, class_maps_path(settings().runs / run.id))
    app = open_page("run", run=run.id, section="explain")
    (warning,) = [item.value for item in app.warning if "watermark" in item.value]
    assert warning.startswith("square: 100% of the heat lies outside the middle") and "bottom right" in warning
    assert "circle:" not in warning
