"""The same picture many times, under sliders."""

from tests.pages.conftest import button


def sources(app) -> list[str]:
    images = [item.proto.imgs[0] for item in app.image]
    return [image.url for image in images if "Copy" in image.caption]


def test_copies_follow_the_sliders_and_another_picture_can_be_shown(open_page, trained) -> None:
    app = open_page("demo", kind="augmentation")
    first = sources(app)
    assert len(first) == 11
    assert len(set(first)) == 11
    app.slider(key="gallery_rotation").set_value(90.0).run()
    turned = sources(app)
    assert not set(turned) & set(first)
    button(app, "Another picture").click().run()
    assert not set(sources(app)) & set(turned)


def test_a_sample_that_isnt_imported_has_no_copies_yet(open_page, app) -> None:
    app = open_page("demo", kind="augmentation")
    assert any("Start the experiment" in item.value for item in app.caption)
