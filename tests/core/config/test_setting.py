from dataclasses import dataclass

import pytest

from core.config.setting import require_number, require_valid, setting, settings_of
from core.errors import ConfigError


@dataclass(frozen=True)
class Oven:
    heat: float = setting(180.0, "Heat", "How hot it is.", "In degrees Celsius.", low=30, high=250)
    minutes: int = setting(20, "Minutes", "How long it bakes.", low=1, high=600)
    fan: bool = setting(False, "Fan", "Whether air moves.")
    mode: str = setting("top", "Mode", "Where heat comes from.", choices=("top", "bottom"))
    name: str = "kitchen"


def test_a_setting_has_a_label_and_help():
    found = settings_of(Oven)
    assert list(found) == ["heat", "minutes", "fan", "mode"]  # The name isn't a setting.
    heat = found["heat"]
    assert (heat.default, heat.label, heat.help, heat.values) == (
        180.0,
        "Heat",
        "How hot it is.",
        "In degrees Celsius.",
    )
    assert (heat.low, heat.high, found["mode"].choices) == (30, 250, ("top", "bottom"))
    assert Oven() == Oven(180.0, 20, False, "top")


@pytest.mark.parametrize(
    "values", [{}, {"heat": 30}, {"heat": 250.0}, {"minutes": 1}, {"fan": True}, {"mode": "bottom"}]
)
def test_valid_values_of_a_setting(values):
    require_valid(Oven(**values))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"heat": 29.9}, "Expected a number from 30 to 250 for heat. Received 29.9. Set heat within that range."),
        (
            {"heat": float("nan")},
            "Expected a number from 30 to 250 for heat. Received nan. Set heat within that range.",
        ),
        ({"heat": "hot"}, "Expected a number from 30 to 250 for heat. Received 'hot'. Set heat within that range."),
        ({"heat": True}, "Expected a number from 30 to 250 for heat. Received True. Set heat within that range."),
        (
            {"minutes": 20.5},
            "Expected a whole number from 1 to 600 for minutes. Received 20.5. Set minutes within that range.",
        ),
        ({"fan": 1}, "Expected true or false for fan. Received 1. Set fan to one of them."),
        ({"mode": "grill"}, "Expected mode as one of top, bottom. Received 'grill'. Fix the name."),
    ],
)
def test_invalid_values_of_a_setting(values, sentence):
    with pytest.raises(ConfigError) as caught:
        require_valid(Oven(**values))
    assert str(caught.value) == sentence


def test_a_single_number_is_checked_against_its_bounds():
    require_number("share", 0.5, 0, 1)
    with pytest.raises(ConfigError, match="from 0 to 1 for share"):
        require_number("share", 1.01, 0, 1)
