"""Where a backbone's pretrained weights are: bundled with a package, on disk, or a download."""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from core.backbones.backbone import Backbone
from core.files.user_files import is_file
from core.settings import MEGABYTE, Settings


@dataclass(frozen=True)
class Availability:
    """Whether a backbone's weights can be used now.

    Attributes:
        kind: `bundled`, `on_disk` or `download`.
        text: the same in words.
        path: the file; None where it has to be downloaded.
    """

    kind: str
    text: str
    path: Path | None


def keras_cache() -> Path:
    """Returns the folder where Keras keeps downloaded weights."""
    home = os.environ.get("KERAS_HOME", "").strip()
    return (Path(home) if home else Path.home() / ".keras") / "models"


def bundled_weights(backbone: Backbone) -> Path | None:
    """Returns the weight file from an installed Python package, or None."""
    package = backbone.weights_file.package
    spec = importlib.util.find_spec(package) if package else None
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "models" / backbone.weights_file.name
        if is_file(path):
            return path
    return None


def availability(backbone: Backbone, settings: Settings) -> Availability:
    """Finds a backbone's ImageNet weights without loading them."""
    bundled = bundled_weights(backbone)
    if bundled:
        return Availability("bundled", "bundled, works offline", bundled)
    for folder in (settings.weights_folder, settings.weights, keras_cache()):
        path = folder / backbone.weights_file.name if folder else None
        if path and is_file(path):
            return Availability("on_disk", "on disk, works offline", path)
    megabytes = round(backbone.download_bytes / MEGABYTE)
    return Availability("download", f"download of {megabytes} MB", None)
