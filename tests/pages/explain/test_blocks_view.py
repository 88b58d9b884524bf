"""What a block sees, on the page of a real run with the real inference process."""

import io

import numpy as np
import pytest
from PIL import Image

from core.backbones.table import get_backbone
from pages.components import wording
from pages.components.explain import blocks_view
from pages.components.explain.blocks_view import SHOWN_SIDE, Question, enlarged
from tests.pages.conftest import button, words
from tests.pages.explain.test_explain_view import alts, explained, waiting_for


def gray(png: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(png))
    assert picture.mode == "L" and picture.size == (SHOWN_SIDE, SHOWN_SIDE)
    return np.asarray(picture)


def test_small_maps_are_enlarged_to_squares_and_large_ones_averaged():
    pixels = gray(enlarged(np.array([[0, 1], [0.5, 0.2]], np.float32)))
    half = SHOWN_SIDE // 2
    for row, column, value in ((0, 0, 0), (0, half, 255), (half, 0, 128), (half, half, 51)):
        np.testing.assert_array_equal(pixels[row : row + half, column : column + half], value)
    stripes = np.tile(np.array([0, 1], np.float32), (2 * SHOWN_SIDE, SHOWN_SIDE))
    assert set(np.unique(gray(enlarged(stripes)))) <= {127, 128}


def test_a_question_is_told_by_its_picture_and_not_by_where_that_is():
    one = Question("first", "v", "ab", "stem", b"bytes")
    assert one == Question("first", "v", "ab", "stem", b"others") and hash(one) == hash(
        Question("first", "v", "ab", "stem", b"others")
    )
    assert one != Question("first", "v", "cd", "stem", b"bytes") and one != Question(
        "first", "v", "ab", "top", b"bytes"
    )


def seen(app) -> list[str]:
    return [alt for alt in alts(app) if ". channel " in alt]


@pytest.mark.slow
def test_a_block_is_shown_on_a_press_and_another_can_be_chosen(open_page, trained):
    run = trained.get("Good run")
    app = explained(open_page, run)
    blocks = [block.name for block in get_backbone(run.config.backbone).blocks]
    assert not seen(app) and "Block of the network" not in " ".join(item.label for item in app.selectbox)

    app = waiting_for(button(app, "Show what a block sees").click().run(), "The block ")
    assert not app.exception and not app.error
    choice = next(item for item in app.selectbox if item.key.startswith("explain_block_"))
    assert (choice.options, choice.value) == (blocks, blocks[-1])
    assert f"The block {blocks[-1]} has 1,280 channels of 2 x 2; the 16 that respond most strongly" in words(app)
    last = seen(app)
    assert len(last) == 16 and last[0].startswith("1. channel ") and f" of {blocks[-1]}: " in last[0]

    app = waiting_for(choice.set_value(blocks[1]).run(), f"The block {blocks[1]} has 16 channels of 32 x 32")
    assert len(seen(app)) == 16 and seen(app) != last
    assert sorted(int(alt.split()[2]) for alt in seen(app)) == list(range(16))

    button(app, "Hide what a block sees").click().run()
    assert not seen(app) and button(app, "Show what a block sees")


@pytest.mark.slow
def test_an_error_is_one_sentence_and_can_be_tried_again(open_page, trained):
    run = trained.get("Good run")
    app = waiting_for(button(explained(open_page, run), "Show what a block sees").click().run(), "The block ")
    question = next(iter(blocks_view.cache()._found))
    source = question.source
    # A picture that is gone when the block is asked about, though a copy of it is still shown.
    kept = source.read_bytes()
    source.unlink()
    blocks_view.cache().forget(question)
    app = waiting_for(app.run(), "No such file")
    assert not app.exception
    sentence = wording.plain("The file can't be opened (No such file or directory).")
    assert [item.value for item in app.error] == [sentence]
    source.write_bytes(kept)
    app = waiting_for(button(app, "Try again").click().run(), "The block ")
    assert not app.error and len(seen(app)) == 16
