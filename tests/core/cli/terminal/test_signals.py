"""The first Ctrl-C is a request, the second one ends the command."""

import signal

import pytest

from core.cli.terminal.signals import stop_on_interrupt


@pytest.fixture(autouse=True)
def ctrl_c_interrupts():
    """Gives Ctrl-C its usual effect: a shell makes background processes ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_interrupt_asks_and_the_second_ends(capsys):
    with stop_on_interrupt("Stopping the import.") as should_stop:
        assert not should_stop() and capsys.readouterr().err == ""
        signal.raise_signal(signal.SIGINT)
        assert should_stop()
        assert capsys.readouterr().err == "Stopping the import.\n"
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert capsys.readouterr().err == ""


def test_interrupts_are_as_before_whatever_becomes_of_the_job():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), stop_on_interrupt("Stopping."):
        assert signal.getsignal(signal.SIGINT) != before
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) == before


def test_a_job_inside_another_is_asked_first():
    with stop_on_interrupt("Outer.") as outer:
        with stop_on_interrupt("Inner.") as inner:
            signal.raise_signal(signal.SIGINT)
            assert inner() and not outer()
        signal.raise_signal(signal.SIGINT)
        assert outer()
