"""Where data lives and what the limits are, read once from the environment."""

import os
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from core.errors import ConfigError
from core.hosts import named_host

# Folder of the source code: child processes start there.
PROJECT = Path(__file__).parents[1]
MEGABYTE = 1024**2
GIGABYTE = 1024**3


@dataclass(frozen=True)
class ImportLimits:
    """Limits beyond which an archive or a picture is refused. Sizes in bytes.

    A picture may have `picture_pixels` when it is decoded: a JPEG is decoded at a fraction of its size, so that it may
    have `jpeg_pixels` on disk, as those of phones do.
    """

    entries: int = 200_000
    entry_bytes: int = 256 * MEGABYTE
    total_bytes: int = 20 * GIGABYTE
    ratio: int = 200
    free_disk_bytes: int = 512 * MEGABYTE
    picture_pixels: int = 50_000_000
    jpeg_pixels: int = 250_000_000
    picture_side: int = 20_000
    table_bytes: int = 16 * MEGABYTE


@dataclass(frozen=True)
class Settings:
    """The studio's folders and limits.

    Attributes:
        home: data home; holds `datasets/`, `features/`, `runs/`, `weights/` and `studio.sqlite`.
        weights_folder: extra folder searched first for weight files under Keras's own names, or None.
        slots: how many runs train at the same time.
        cache_bytes: how large the feature cache may grow before the least recently used features are dropped.
        import_limits: limits on imports.
        hosts: names, besides those of the machine, under which browsers may request the studio.
        features_folder: where cached features are instead of in the data home; None for there.
    """

    home: Path
    weights_folder: Path | None = None
    slots: int = 1
    cache_bytes: int = 10 * GIGABYTE
    import_limits: ImportLimits = field(default_factory=ImportLimits)
    hosts: tuple[str, ...] = ()
    features_folder: Path | None = None

    @property
    def datasets(self) -> Path:
        """Folder of imported data sets."""
        return self.home / "datasets"

    @property
    def features(self) -> Path:
        """Folder of cached features."""
        return self.features_folder or self.home / "features"

    @property
    def runs(self) -> Path:
        """Folder of runs."""
        return self.home / "runs"

    @property
    def weights(self) -> Path:
        """Folder of downloaded weights."""
        return self.home / "weights"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "studio.sqlite"

    @property
    def may_have_runs(self) -> bool:
        """Whether there may be runs: a list of them, or folders that it can be rebuilt from."""
        return self.database.exists() or self.runs.exists()


def user_data_folder() -> Path:
    """Returns the platform's folder for a user's application data."""
    # Not by the package `platformdirs`, which follows XDG_DATA_HOME on macOS and ignores a relative one on Linux, so it
    # would miss existing data in either case.
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "transfer-studio"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "transfer-studio"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "transfer-studio"


def _positive_integer(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        raise ConfigError(f"Expected a whole number of at least 1 in {name}. Received {text!r}. Fix or unset it.")
    return int(text)


def _host_names(name: str) -> tuple[str, ...]:
    texts = [text.strip() for text in os.environ.get(name, "").split(",")]
    found = []
    for text in dict.fromkeys(filter(None, texts)):
        host = named_host(text)
        if host is None:
            raise ConfigError(
                f"Expected host names, such as studio.example.com, separated by commas, in {name}. Received "
                f"{text!r}. Fix or unset it."
            )
        found.append(host)
    return tuple(found)


def read_settings() -> Settings:
    """Reads the settings from the environment now.

    Raises:
        ConfigError: a variable has an invalid value.
    """
    home = os.environ.get("TRANSFER_STUDIO_HOME", "").strip()
    weights = os.environ.get("TRANSFER_STUDIO_WEIGHTS", "").strip()
    return Settings(
        home=Path(home).expanduser().resolve() if home else user_data_folder(),
        weights_folder=Path(weights).expanduser().resolve() if weights else None,
        slots=_positive_integer("TRANSFER_STUDIO_SLOTS", 1),
        cache_bytes=_positive_integer("TRANSFER_STUDIO_CACHE_GB", 10) * GIGABYTE,
        hosts=_host_names("TRANSFER_STUDIO_HOSTS"),
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Returns the settings of this process, read once. Tests clear them with `settings.cache_clear()`."""
    return read_settings()
