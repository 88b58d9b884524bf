"""Where data lives and what the limits are, read once from the environment."""

import os
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from core.errors import ConfigError
from core.hosts import named_host

# Where the source lies: child processes start there.
PROJECT = Path(__file__).parents[1]
MEGABYTE = 1024**2
GIGABYTE = 1024**3


@dataclass(frozen=True)
class ImportLimits:
    """What an archive or a picture may claim before it is refused. Sizes in bytes."""

    entries: int = 200_000
    entry_bytes: int = 256 * MEGABYTE
    total_bytes: int = 20 * GIGABYTE
    ratio: int = 200
    free_disk_bytes: int = 512 * MEGABYTE
    picture_pixels: int = 50_000_000
    picture_side: int = 20_000
    table_bytes: int = 16 * MEGABYTE


@dataclass(frozen=True)
class Settings:
    """The studio's folders and limits.

    Attributes:
        home: data home; holds `datasets/`, `features/`, `runs/`, `weights/` and `studio.sqlite`.
        weights_folder: extra folder looked in first for weight files under Keras's own names, or None.
        slots: how many runs train at the same time.
        cache_bytes: how large the cache of features may grow before what was least recently used is dropped.
        import_limits: what an import may claim.
        hosts: by which names, besides those of the machine, browsers may ask for the studio.
    """

    home: Path
    weights_folder: Path | None = None
    slots: int = 1
    cache_bytes: int = 10 * GIGABYTE
    import_limits: ImportLimits = field(default_factory=ImportLimits)
    hosts: tuple[str, ...] = ()

    @property
    def datasets(self) -> Path:
        """Folder of imported data sets."""
        return self.home / "datasets"

    @property
    def features(self) -> Path:
        """Folder of cached features."""
        return self.home / "features"

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
    # Not that of the package `platformdirs`: on macOS it goes by XDG_DATA_HOME, and on Linux it takes no relative one,
    # so that it would not find the data of those who have either.
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
                f"Expected names of hosts, such as studio.example.com, with commas between them in {name}. Received "
                f"{text!r}. Fix or unset it."
            )
        found.append(host)
    return tuple(found)


def read_settings() -> Settings:
    """Reads the settings from the environment now.

    Raises:
        ConfigError: a variable holds something that can't be used.
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
