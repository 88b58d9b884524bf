"""Weights that would have to be downloaded while the network is down."""

from threading import Event

import pytest

from core.backbones import availability
from core.backbones.table import get_backbone
from pages.components.training import connection
from tests.pages.conftest import button, fields, wait_until, words

pytestmark = pytest.mark.usefixtures("all_groups")

PATIENCE_SECONDS = 90


@pytest.fixture
def network(monkeypatch):
    """A network that is down, which is noticed once this is set, and no package that carries weights of VGG16."""
    noticed, packaged = Event(), availability.bundled_weights
    monkeypatch.setattr(
        availability, "bundled_weights", lambda backbone: None if backbone.name == "vgg16" else packaged(backbone)
    )

    def refuse(address: object, timeout: float) -> None:
        noticed.wait(PATIENCE_SECONDS)
        raise OSError("The network is down.")

    for name in connection.PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_HOME", "/nowhere")
    monkeypatch.delenv("TRANSFER_STUDIO_WEIGHTS", raising=False)
    monkeypatch.setattr(connection.socket, "create_connection", refuse)
    yield noticed
    noticed.set()


def test_weights_that_cannot_be_downloaded_are_told_at_card_list_and_start(open_page, home, shapes, network):
    app = open_page("train")
    assert "needs weights: download of 56 MB" in fields(app)["recipe"].proto.captions[1]
    fields(app)["backbone"].set_value("densenet121").run()
    url = get_backbone("densenet121").weights_file.url
    connection.look(url)
    app.run()
    # Nobody waits for the network: Start is only refused once it is known to be down.
    assert not button(app, "Start training").disabled
    assert "no internet now" not in words(app)

    network.set()
    wait_until(lambda: connection.is_known(url))
    app.run()
    assert button(app, "Start training").disabled
    assert "needs weights: download of 27 MB, no internet now. Choose EfficientNet" in words(app).replace("\\", "")
    assert get_backbone("densenet121").weights_file.name in button(app, "Start training").help.replace("\\", "")
    assert "needs weights: download of 56 MB, no internet now" in fields(app)["recipe"].proto.captions[1]
    assert fields(app)["backbone"].value == "densenet121", "its text has changed, not the choice"
    (line,) = [option for option in fields(app)["backbone"].options if option.startswith("DenseNet121")]
    assert line.endswith("needs weights: download of 27 MB, no internet now")

    button(app, "Use EfficientNet-Lite0").click().run()
    assert fields(app)["backbone"].value == "efficientnet_lite0"
    assert not button(app, "Start training").disabled
