"""The command line in this process, for the tests of its main program and of its commands."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.__main__ import main
from core.settings import Settings, settings

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line, on this test's data home unless another is named: exit code, output, errors."""
    own = home.home

    def call(*arguments: object, home: Path = own) -> tuple[int, str, str]:
        monkeypatch.setenv("TRANSFER_STUDIO_HOME", str(home))
        settings.cache_clear()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return call
