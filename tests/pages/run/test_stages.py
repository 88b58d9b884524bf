import pytest

from core.config.training_config import TrainingConfig
from core.events import Event
from pages.components.run import stages

FINE = TrainingConfig().with_options(trainable_blocks=2, head_epochs=2, epochs=3)
HEAD = [Event("head", step, 2, epoch=step) for step in (1, 2)]
TUNED = [*HEAD, *(Event("fine_tune", step, 3, epoch=2 + step) for step in (1, 2, 3))]


def states(config, phase, epochs=()):
    return {stage.phase: stage.state for stage in stages.stages(config, phase, epochs)}


@pytest.mark.parametrize(
    ("phase", "epochs", "expected"),
    [
        ("starting", [], ("ahead", "ahead", "ahead", "ahead")),
        ("weights", [], ("ahead", "ahead", "ahead", "ahead")),
        ("features", [], ("present", "ahead", "ahead", "ahead")),
        ("head", HEAD[:1], ("done", "present", "ahead", "ahead")),
        # Pictures are read a second time before fine-tuning, and after an interruption.
        ("features", HEAD, ("present", "done", "ahead", "ahead")),
        ("starting", HEAD, ("ahead", "done", "ahead", "ahead")),
        ("fine_tune", HEAD, ("done", "done", "present", "ahead")),
        ("evaluate", TUNED, ("done", "done", "done", "present")),
        ("save", TUNED, ("done", "done", "done", "present")),
    ],
)
def test_stages_are_done_present_or_ahead(phase, epochs, expected):
    assert tuple(states(FINE, phase, epochs).values()) == expected


def test_run_has_only_the_stages_of_its_settings():
    assert list(states(TrainingConfig(), "head")) == ["features", "head", "evaluate"]
    adapted = TrainingConfig().with_options(adapt_to="others")
    assert list(states(adapted, "adapt").items()) == [
        ("features", "done"),
        ("head", "done"),
        ("adapt", "present"),
        ("evaluate", "ahead"),
    ]
    scratch = TrainingConfig(weights="none").with_options(trainable_blocks=9)
    assert [stage.label for stage in stages.stages(scratch, "fine_tune", [])] == [
        "Reading pictures",
        "Training the network",
        "Checking",
    ]


def test_line_marks_each_stage():
    line = stages.line(stages.stages(TrainingConfig(), "head", []))
    assert line == (
        ":green-badge[:material/check: Reading pictures] :material/chevron_right: "
        ":primary-badge[:material/arrow_forward: **Training the head**] :material/chevron_right: "
        ":gray-badge[Checking]"
    )
