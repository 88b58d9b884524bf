import pytest

from core.forecast.forecast import Forecast
from core.forecast.wording import about, details, duration, shortage, total

FOUND = Forecast(11.0, 0.3, 0.0, 15.5, 900 * 2**20, fits_in_memory=True)


def test_a_forecast_says_time_disk_and_memory():
    assert total(FOUND) == "About 16 s in all"
    assert details(FOUND) == (
        "About 11 s for the pictures, then less than a second an epoch for the head. "
        "Takes 900 MB of disk; fits in memory."
    )


def test_pictures_that_are_ready_take_no_disk():
    words = details(Forecast(0.0, 0.3, 200.0, 600.0, 0, fits_in_memory=False))
    assert words.startswith(
        "The pictures are ready, then less than a second an epoch for the head, then 3 min an epoch"
    )
    assert words.endswith("Takes no more disk; is read from disk while training.")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.1, "less than a second"), (1, "1 s"), (99, "99 s"), (600, "10 min"), (9000, "2.5 h")]
)
def test_durations(seconds, words):
    assert duration(seconds) == words
    assert about(seconds) == (words if seconds < 0.9 else f"about {words}")


def test_a_memory_shortage_says_what_to_choose():
    assert shortage(4_195_329, 2**30) == ""
    assert "5,000,000,000 trainable parameters need about 93 GB" in shortage(5_000_000_000, 2**34)
