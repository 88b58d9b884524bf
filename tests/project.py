"""Where the project is, and what happens to tests that this machine lacks something for."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[1]


def leave_out(reason: str) -> NoReturn:
    """Skips a test; in CI, where nothing may be missing, it fails instead."""
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(reason)
    pytest.skip(reason)
