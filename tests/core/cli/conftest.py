import pytest

from core.__main__ import main


@pytest.fixture
def call(home, capsys):
    """Calls the command line in this process: exit code, standard output, standard error."""

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return call
