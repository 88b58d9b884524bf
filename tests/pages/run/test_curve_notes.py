"""What is said of curves that look like a fault."""

from core.events import Event
from pages.components.run.curve_notes import rising_loss


def epochs(losses: list[float], objectives: list[float], phase: str = "head") -> list[Event]:
    return [
        Event(phase, number, len(losses), {"loss": loss, "objective": objective}, epoch=number)
        for number, (loss, objective) in enumerate(zip(losses, objectives, strict=True), start=1)
    ]


def test_a_loss_that_rises_while_its_sum_with_the_penalty_falls_is_explained() -> None:
    note = rising_loss(epochs([0.9, 0.3, 0.4], [1.0, 0.9, 0.7]))
    assert "rises again after epoch 2, which is no fault" in note


def test_nothing_is_said_of_curves_that_need_no_words() -> None:
    assert not rising_loss([])
    assert not rising_loss(epochs([0.9, 0.5, 0.3], [1.0, 0.7, 0.5]))
    # Hardly to be seen.
    assert not rising_loss(epochs([0.9, 0.003, 0.010], [1.0, 0.9, 0.7]))
    # A fault it is: what is minimised rises too.
    assert not rising_loss(epochs([0.9, 0.3, 0.6], [1.0, 0.7, 0.9]))
    # A run of before, whose sum isn't known.
    assert not rising_loss([Event("head", 1, 1, {"loss": 0.3}, epoch=1)])
