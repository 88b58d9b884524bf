from core.backbones.availability import availability, bundled_weights, keras_cache
from core.backbones.table import BACKBONES, get_backbone
from core.settings import Settings


def test_the_embedded_backbone_is_bundled(tmp_path):
    found = availability(get_backbone("efficientnet_lite0"), Settings(tmp_path))
    assert found.kind == "bundled"
    assert found.path.is_file()


def test_a_download_says_how_large_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    found = availability(get_backbone("vgg16"), Settings(tmp_path))
    assert (found.kind, found.text, found.path) == ("download", "download of 56 MB", None)


def test_weights_are_looked_for_in_the_named_folder_then_at_home_then_in_keras_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    vgg16 = get_backbone("vgg16")
    settings = Settings(tmp_path / "home", weights_folder=tmp_path / "named")
    for folder in (keras_cache(), settings.weights, settings.weights_folder):
        folder.mkdir(parents=True)
        (folder / vgg16.weights_file.name).touch()
        found = availability(vgg16, settings)
        assert (found.kind, found.path.parent) == ("on_disk", folder)


def test_everything_but_the_embedded_backbone_can_be_downloaded():
    for backbone in BACKBONES.values():
        assert bool(backbone.weights_file.url) != bool(bundled_weights(backbone))
