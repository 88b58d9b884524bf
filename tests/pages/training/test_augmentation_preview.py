"""The preview of the changed copies of a picture."""

import pytest

from tests.pages.conftest import button, fields, words

pytestmark = pytest.mark.usefixtures("all_groups")


def test_augmentation_is_previewed_on_pictures_of_the_data_set(open_page, shapes):
    app = open_page("train")
    assert "No change is on" in words(app)
    assert fields(app)["views"].disabled
    fields(app)["flip"].set_value(True).run()
    assert [image.captions[0] for image in app.image] == ["As it is", "Changed copy 1"]
    fields(app)["views"].set_value(4).run()
    assert [image.captions[0] for image in app.image][1:] == ["Changed copy 1", "Changed copy 2", "Changed copy 3"]
    fields(app)["views"].set_value(1).run()
    assert len(app.image) == 1
    fields(app)["views"].set_value(50).run()
    assert len(app.image) == 12
    assert "The first 11 of 49 changed copies" in words(app)
    assert not button(app, "Another picture").click().run().exception
    fields(app)["trainable_blocks"].set_value(9).run()
    fields(app)["head_epochs"].set_value(0).run()
    assert [image.captions[0] for image in app.image][1:] == [f"Example {n}" for n in range(1, 6)]


def test_copies_cost_nothing_if_every_block_is_trained(open_page, shapes):
    app = open_page("train")
    fields(app)["flip"].set_value(True).run()
    fields(app)["trainable_blocks"].set_value(9).run()
    assert "nothing is computed ahead" in words(app)
