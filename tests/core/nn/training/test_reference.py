"""What a model keeps of its training pictures: which comparison there is, its limits, and what validation says."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.sample import Sample
from core.features.feature_space import array_rows
from core.nn.selection.familiarity import FALSE_ALARMS
from core.nn.training.reference import Compared, training_reference
from core.wording.coded import Note

CONFIG = TrainingConfig(image_size=64)
STAGES, STYLE = 1280 + 320 + 192, 80


def pictures(count: int, seed: int, content: int = 0, style: float = 0.0) -> Compared:
    """Made-up features of pictures around one direction, and statistics of their styles around one number."""
    generator = np.random.default_rng(seed)
    features = np.abs(generator.normal(0, 0.3, (count, STAGES)))
    features[:, content : content + 40] += 3
    rows = np.concatenate([features, generator.normal(style, 1, (count, STYLE))], axis=1).astype(np.float16)
    samples = [sample(f"{seed}/{index}.png", index % 2) for index in range(count)]
    return Compared(samples, array_rows(rows))


def sample(path: str, label: int, group: str = "") -> Sample:
    return Sample(path, label, "train", path, path, 96, 96, group)


def codes(notes: Sequence[Note]) -> list[str]:
    return [note.code for note in notes]


def test_what_is_on_a_picture_and_its_style_each_make_it_foreign() -> None:
    reference, notes = training_reference(pictures(100, 0), pictures(40, 1), CONFIG, False, None)
    own, other_content, other_style = (
        reference.compare(one.head_inputs, 3)
        for one in (pictures(300, 2), pictures(50, 3, content=500), pictures(50, 4, style=4.0))
    )
    assert (~own.is_familiar).mean() < 2 * FALSE_ALARMS
    assert (other_content.is_unlike.mean(), other_content.has_other_style.mean()) == (1.0, pytest.approx(0, abs=0.1))
    assert (other_style.has_other_style.mean(), other_style.is_unlike.mean()) == (1.0, pytest.approx(0, abs=0.1))
    assert codes(notes) == ["unknown_classes"]


def of_two_classes(**other: float) -> Compared:
    """Pictures of two classes, of which the second differs in content or style."""
    one, two = pictures(100, 0), pictures(100, 1, **other)  # type: ignore[arg-type]
    rows = np.concatenate([each.head_inputs.read(np.arange(100)) for each in (one, two)])
    samples = [sample(f"{index}.png", index // 100) for index in range(200)]
    return Compared(samples, array_rows(rows))


@pytest.mark.parametrize(
    ("other", "least", "most"), [({}, 0, 30), ({"content": 500}, 195, 200), ({"style": 9.0}, 195, 200)]
)
def test_pictures_of_a_hidden_class_are_found_where_they_differ(other: dict[str, float], least: int, most: int) -> None:
    _, notes = training_reference(of_two_classes(**other), pictures(40, 2), CONFIG, False, None)
    (note,) = (note for note in notes if note.code == "unknown_classes")
    assert note.parameters["total"] == 200
    assert least <= note.parameters["count"] <= most
    mean = note.parameters["count"] / 200
    assert note.parameters["least"] <= mean <= note.parameters["most"]


def test_a_network_that_has_learned_from_all_classes_cannot_show_what_a_hidden_one_would_be() -> None:
    _, notes = training_reference(of_two_classes(content=500), pictures(40, 2), CONFIG, True, None)
    assert "unknown_classes" not in codes(notes)


def test_with_too_few_pictures_for_two_limits_only_what_is_on_them_counts() -> None:
    few, _ = training_reference(pictures(38, 0), pictures(10, 1), CONFIG, False, None)
    enough, _ = training_reference(pictures(39, 0), pictures(10, 1), CONFIG, False, None)
    assert few.style is None
    assert enough.style is not None
    # Each may take half of the false alarms, so the limit of the content is lower: here the least similar picture.
    assert enough.threshold < few.threshold + 0.01


@pytest.mark.parametrize(
    "options", [{"pooling": "flatten", "normalize": False}, {"trainable_blocks": 1}, {"engine": "bfloat16"}]
)
def test_networks_whose_features_have_no_style_compare_content_alone(options: dict[str, Any]) -> None:
    config = CONFIG.with_options(**options)
    reference, _ = training_reference(pictures(100, 0), pictures(40, 1), config, False, None)
    assert reference.style is None
    fine_tuned, _ = training_reference(pictures(100, 0), pictures(40, 1), config, True, None)
    assert fine_tuned.threshold != reference.threshold  # of the validation pictures


def test_validation_pictures_in_another_style_raise_its_limit_and_are_counted() -> None:
    other = pictures(100, 1, style=2.0)
    reference, notes = training_reference(pictures(100, 0), other, CONFIG, False, None)
    assert codes(notes) == ["familiarity_widened", "unknown_classes"]
    assert notes[0].parameters["total"] == 100
    assert notes[0].parameters["count"] > 90
    again = reference.compare(pictures(300, 5, style=2.0).head_inputs, 3)
    assert (~again.is_familiar).mean() < 3 * FALSE_ALARMS
    foreign = reference.compare(pictures(50, 6, style=9.0).head_inputs, 3)
    assert foreign.has_other_style.all()


@pytest.mark.parametrize("count", [3, 8])
def test_a_class_of_few_pictures_in_a_style_of_its_own_is_not_always_foreign(count: int) -> None:
    many, few = pictures(400, 0), pictures(count, 1, style=3.0)
    rows = np.concatenate([one.head_inputs.read(np.arange(one.head_inputs.num_rows)) for one in (many, few)])
    samples = [*many.samples, *(sample(f"few/{index}.png", 2) for index in range(count))]
    reference, notes = training_reference(Compared(samples, array_rows(rows)), pictures(40, 2), CONFIG, False, None)
    assert codes(notes) == ["familiarity_uncertain", "unknown_classes"]
    assert not reference.compare(array_rows(rows[-count:]), 3).has_other_style.any()


def test_all_pictures_of_one_file_give_no_style() -> None:
    one = pictures(100, 0)
    copies = [sample(f"{index}.png", index % 2, "same") for index in range(100)]
    reference, _ = training_reference(Compared(copies, one.head_inputs), pictures(40, 1), CONFIG, False, None)
    assert reference.style is None
