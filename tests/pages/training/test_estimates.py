from core.config.training_config import TrainingConfig
from pages.components.training.estimates import advice_question, rate_question, time_question

CONFIG = TrainingConfig().with_options(epochs=7, batch_size=16, flip=True, views=4, trainable_blocks=2)


def test_questions_leave_out_settings_without_effect():
    faster = CONFIG.with_options(learning_rate=0.5, schedule="cosine")
    assert time_question(faster, "abc") == time_question(CONFIG, "abc")
    longer = CONFIG.with_options(epochs=8, trainable_blocks=1, views=2)
    assert time_question(longer, "abc") != time_question(CONFIG, "abc")
    assert rate_question(longer, "abc") == rate_question(CONFIG, "abc")
    assert rate_question(CONFIG.with_options(batch_size=8), "abc") != rate_question(CONFIG, "abc")
    assert rate_question(CONFIG, "abc") != rate_question(CONFIG, "def")


def test_what_features_are_worth_follows_from_network_pictures_and_split_alone():
    other = CONFIG.with_options(learning_rate=0.5, units=64, weight_decay=0.0)
    assert advice_question(other, "abc", computes=True) == advice_question(CONFIG, "abc", computes=True)
    assert advice_question(CONFIG, "abc", computes=False) != advice_question(CONFIG, "abc", computes=True)
    assert advice_question(CONFIG.with_options(seed=1), "abc", True) != advice_question(CONFIG, "abc", True)
