"""What is said while a run plays again."""

from core.experiments import remarks


def test_only_all_of_them_is_all():
    assert remarks.percent(0.9999) == "99.9 %"
    assert remarks.percent(1.0) == "100 %"


def test_short_times_keep_their_tenths():
    assert remarks.seconds(0.34) == "0.3 s"
    assert remarks.seconds(1234.5) == "1,234 s"


def test_each_remark_has_its_numbers():
    assert remarks.beginning(4) == "It begins: the pictures are read. The first epoch ends after 4.0 s."
    assert remarks.first_epoch(0.5) == "After one epoch, 50.0 % of the validation pictures are right."
    assert remarks.threshold_passed(0.9, 4, 12.2) == "90 % are reached in epoch 4, after 12 s."
    assert remarks.fine_tuning_begins(3) == "From epoch 3 on, a part of the pretrained network learns too."
    assert remarks.best_epoch(0.75, 2) == "The best was epoch 2: 75.0 % were right."
    assert remarks.ended(1, 3) == "Done: 1 epoch in 3.0 s."
    assert remarks.last_accuracy(1) == "100 % of the validation pictures were right after the last epoch."
    assert remarks.last_loss(0.25) == "The loss after the last epoch was 0.250."
