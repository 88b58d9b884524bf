"""The errors that a user can do something about.

Each message says what happened, what was expected and what to do. Anything else that is raised is a bug.
"""

from typing import ClassVar


class CoreError(Exception):
    """Base of every error whose message is shown to the user.

    Attributes:
        code: stored with the message if the error ended a run.
    """

    code: ClassVar[str] = "error"


class DatasetError(CoreError):
    """A data set that can't be read, found or used."""

    code = "dataset"


class ConfigError(CoreError):
    """A training configuration that can't work."""

    code = "config"


class WeightsError(CoreError):
    """Pretrained weights that are missing or wrong."""

    code = "weights"


class RunError(CoreError):
    """A run that can't be found, started, read or finished."""

    code = "run"


class DatabaseDamagedError(RunError):
    """The database is missing or damaged. It can be rebuilt from the folders of the runs."""

    code = "database_damaged"


class Stopped(Exception):  # noqa: N818 (an outcome that was asked for, not an error)
    """The user asked a long job to stop. Not an error: whoever started the job decides what it means."""
