"""What is said while a run plays again, and at its end."""

from core.wording.lists import counted


def percent(share: float) -> str:
    """Returns `97.3 %`; only all of them is `100 %`."""
    return f"{min(share * 100, 99.9):.1f} %" if share < 1 else "100 %"


def seconds(number: float) -> str:
    """Returns `0.3 s`, `12 s`."""
    return f"{number:.1f} s" if number < 10 else f"{number:,.0f} s"


def beginning(before_first_epoch: float) -> str:
    """Returns what happens before the first epoch ends.

    Args:
        before_first_epoch: how long that takes, in seconds.
    """
    return f"It begins: the pictures are read. The first epoch ends after {seconds(before_first_epoch)}."


def first_epoch(accuracy: float) -> str:
    """Returns what one epoch achieved."""
    return f"After one epoch, {percent(accuracy)} of the validation pictures are right."


def threshold_passed(share: float, epoch: int, at: float) -> str:
    """Returns when the accuracy first reached a round number."""
    return f"{share * 100:.0f} % are reached in epoch {epoch}, after {seconds(at)}."


def fine_tuning_begins(epoch: int) -> str:
    """Returns that blocks of the pretrained network learn from an epoch on."""
    return f"From epoch {epoch} on, a part of the pretrained network learns too."


def best_epoch(accuracy: float, epoch: int) -> str:
    """Returns which epoch was the best."""
    return f"The best was epoch {epoch}: {percent(accuracy)} were right."


def ended(num_epochs: int, at: float) -> str:
    """Returns how long it took in all."""
    return f"Done: {counted(num_epochs, 'epoch')} in {seconds(at)}."


def last_accuracy(accuracy: float) -> str:
    """Returns the result of a run of which only the curve is left."""
    return f"{percent(accuracy)} of the validation pictures were right after the last epoch."


def last_loss(loss: float) -> str:
    """Returns the result of a run of which only the loss is known."""
    return f"The loss after the last epoch was {loss:.3f}."
