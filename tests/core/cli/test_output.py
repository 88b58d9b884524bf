import time

import pytest

from core.cli.output import moment


@pytest.mark.parametrize(("zone", "words"), [("UTC", "2026-11-26 05:07"), ("UTC-2", "2026-11-26 07:07")])
def test_moments_are_those_of_the_clock_on_the_wall(monkeypatch, zone, words):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert moment(1795669659) == words
    finally:
        monkeypatch.undo()
        time.tzset()
