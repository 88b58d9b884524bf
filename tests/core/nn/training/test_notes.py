from core.config.training_config import TrainingConfig
from core.nn.selection.familiarity import Familiarity
from core.nn.training.notes import NOTES_FILE, as_chosen, familiarity_notes, load_notes, save_notes
from core.wording.coded import Note

NOTES = (Note("resumed", {"epoch": 3}), Note("checkpoints_damaged", {"count": 1}))


def test_notes_are_read_as_they_were_written(tmp_path):
    assert load_notes(tmp_path) == ()
    save_notes(NOTES, tmp_path)
    assert load_notes(tmp_path) == NOTES


def test_sentences_of_older_versions_are_kept(tmp_path):
    (tmp_path / NOTES_FILE).write_text('["The run was ended once."]')
    (note,) = load_notes(tmp_path)
    assert note == Note.of_text("The run was ended once.")
    save_notes([note, NOTES[0]], tmp_path)
    assert load_notes(tmp_path) == (note, NOTES[0])


def test_invalid_notes_are_left_out(tmp_path):
    for text in ("", "{", "3", "[3]", '[{"code": 1}]'):
        (tmp_path / NOTES_FILE).write_text(text)
        assert load_notes(tmp_path) == ()


def test_what_was_chosen_takes_the_place_of_what_was_set():
    config = TrainingConfig()
    chosen = as_chosen(config, [Note("head_chosen", {"strength": 64.0, "depths": 3, "num_right": 9})])
    assert (chosen.head.weight_decay, chosen.head.depths, chosen.head.cross_validation) == (1 / 64, 3, False)
    assert chosen.trainable_params(3) == 3 * (1280 + 320 + 192 + 1)
    assert as_chosen(config, []) == config
    own = config.with_options(cross_validation=False)
    assert as_chosen(own, [Note("head_chosen", {"strength": 64.0, "depths": 3})]) == own


def test_what_is_unlike_anything_seen_has_its_notes():
    assert familiarity_notes(Familiarity(0.5, True, 40), 20) == []
    uncertain, widened = familiarity_notes(Familiarity(0.5, False, 12, num_alarms=6), 20)
    assert uncertain == Note("familiarity_uncertain", {"count": 12})
    assert widened == Note("familiarity_widened", {"count": 6, "total": 20})
