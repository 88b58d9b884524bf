"""What was done to bring lost runs back, in words."""

from core.runs.records.rebuilding import Rebuild
from core.wording.rebuilds import rebuild


def test_rebuilt_runs_in_words():
    done = Rebuild(0.0, 1, tuple(f"folder {number}" for number in range(6)), "/home/studio.damaged")
    assert rebuild(done) == (
        "The list of runs was lost or damaged, and was rebuilt from their folders: 1 run came back, 6 folders could "
        "not be read (folder 0, folder 1, folder 2, folder 3, folder 4, ...), the damaged file is now "
        "/home/studio.damaged."
    )


def test_partial_and_temporary_rebuilds_say_so():
    added = rebuild(Rebuild(0.0, 2, whole=False))
    assert added == "The list of runs was incomplete and was completed from their folders: 2 runs came back."
    assert rebuild(Rebuild(0.0, 2, hindrance="The disk is full.")) == (
        "The list of runs is lost or damaged, and was read from their folders for now: 2 runs came back. The disk is "
        "full."
    )
