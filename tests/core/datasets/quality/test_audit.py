"""The audit as a whole: planted faults are found, clean pictures aren't flagged, and the result is stored."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from core.datasets.layouts.file_names import MISNAMED
from core.datasets.layouts.layout import OUTSIDE
from core.datasets.quality import audit as audits
from core.datasets.quality.audit import KINDS, Advice, Audit, Issue
from core.datasets.quality.image_statistics import STATISTICS_NAME
from core.datasets.sample import Skipped
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError, Stopped
from core.settings import ImportLimits, Settings
from core.wording.coded import Reason
from core.wording.issues import KIND_EXPLANATIONS, KIND_TITLES, advice, issue_detail
from tests.conftest import draw_folder
from tests.core.datasets.drawing import draw_scene, encode

WHOLE_SET, CLEAN_SHARE = 600, 0.02
TRAIN_CATS, TRAIN_DOGS = "train/cats", "train/dogs"


def scenes() -> dict[str, bytes]:
    """570 clean pictures in two classes, a quarter of them for validation."""
    folders = [TRAIN_CATS, TRAIN_DOGS] * 3 + ["validation/cats", "validation/dogs"]
    return {f"{folders[number % 8]}/{number:03d}.jpg": encode(draw_scene(number)) for number in range(570)}


def planted(clean: dict[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """30 pictures with one fault each: by name, the kind of fault and the file."""
    cats = [name for name in clean if name.startswith(TRAIN_CATS)]
    pictures = [Image.open(io.BytesIO(clean[name])) for name in cats[:13]]
    others = [draw_scene(900 + number) for number in range(7)]
    odd = [draw_scene(920, 640, 80), draw_scene(921, 60, 400)]
    files = {
        "corrupt": [encode(pictures[0])[:3000], b"", b"\xff\xd8\xff" + bytes(500)],
        "label_conflict": [clean[cats[1]], clean[cats[2]], encode(pictures[3], quality=50)],
        "leak": [clean[cats[4]], clean[cats[5]], encode(pictures[6].resize((120, 90)))],
        "duplicate": [clean[cats[7]], clean[cats[8]], clean[cats[9]]],
        "near_duplicate": [
            encode(pictures[10], quality=40),
            encode(pictures[11].resize((96, 72))),
            encode(ImageEnhance.Brightness(pictures[12]).enhance(1.2)),
        ],
        "blank": [encode(Image.new("RGB", (160, 120), colour)) for colour in ("black", "white", (90, 120, 200))],
        "tiny": [encode(draw_scene(910 + side, side, side), "PNG") for side in (8, 16, 24)],
        "dark": [encode(ImageEnhance.Brightness(others[n]).enhance(0.05 * (n + 1))) for n in range(3)],
        "bright": [encode(picture.point(lambda value: 255 - (255 - value) // 8)) for picture in others[3:5]],
        "blurry": [encode(others[5 + n].filter(ImageFilter.GaussianBlur(3 + 2 * n))) for n in range(2)],
        "odd_shape": [encode(picture) for picture in odd],
    }
    folders = {"label_conflict": TRAIN_DOGS, "leak": "validation/cats"}
    return {
        f"{folders.get(kind, TRAIN_CATS)}/planted {kind} {number}.jpg": (kind, content)
        for kind, contents in files.items()
        for number, content in enumerate(contents)
    }


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return DatasetStore(Settings(home=home, import_limits=ImportLimits(free_disk_bytes=0)))


@pytest.fixture(scope="module")
def faults():
    return planted(scenes())


@pytest.fixture(scope="module")
def dataset(store, faults, tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "animals.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in [*scenes().items(), *((name, content) for name, (_, content) in faults.items())]:
            archive.writestr(name, content)
    return store.import_source(path)


@pytest.fixture
def small(store, dataset, tmp_path):
    """Six of the pictures, in a folder of their own."""
    (tmp_path / "pictures").mkdir()
    samples = dataset.samples[:6]
    for sample in samples:
        (tmp_path / sample.path).write_bytes(dataset.picture_path(sample).read_bytes())
    return replace(dataset, folder=tmp_path, samples=samples, skipped=())


def names_by_kind(dataset, found):
    names = {sample.path: sample.name for sample in dataset.samples}
    return {(issue.kind, names.get(issue.path, issue.path)) for issue in found.issues}


def test_all_of_30_planted_faults_are_found(dataset, faults):
    assert len(faults) == 30 and len(dataset.samples) + len(dataset.skipped) == WHOLE_SET
    found = names_by_kind(dataset, audits.read_audit(dataset))
    assert {(kind, name) for name, (kind, _) in faults.items()} <= found


def test_clean_pictures_are_left_alone(dataset, faults):
    found = names_by_kind(dataset, audits.read_audit(dataset))
    flagged = {name for kind, name in found if name not in faults and kind != "label_conflict"}
    assert len(flagged) <= CLEAN_SHARE * (WHOLE_SET - len(faults))
    # Both sides of a conflict are shown, because either may be wrong.
    assert sum(kind == "label_conflict" for kind, _ in found) == 6


def test_planted_faults_are_found_as_their_kind_only(dataset, faults):
    found = names_by_kind(dataset, audits.read_audit(dataset))
    expected = {(kind, name) for name, (kind, _) in faults.items()}
    assert {(kind, name) for kind, name in found if name in faults} == expected


def test_an_import_ends_with_the_audit(dataset):
    found = audits.read_audit(dataset)
    assert (found.dataset_id, found.num_pictures) == (dataset.id, len(dataset.samples))
    assert (dataset.folder / STATISTICS_NAME).exists()
    assert sum(bool(sample.group) for sample in dataset.samples) == 24


def test_issues_come_in_the_order_of_kinds_worst_first(dataset):
    found = audits.read_audit(dataset)
    assert list(found.counts()) == [kind for kind in KINDS if kind in found.counts()]
    assert [issue.kind for issue in found.issues] == [kind for kind, n in found.counts().items() for _ in range(n)]
    for kind in ("blank", "dark", "tiny", "blurry"):
        scores = [issue.score for issue in found.of_kind(kind)]
        assert scores == sorted(scores, reverse=True)
    assert all(0 <= issue.score <= 1 for issue in found.issues)


def test_copies_of_one_picture_are_next_to_each_other(dataset):
    conflicts = audits.read_audit(dataset).of_kind("label_conflict")
    groups = [issue.group for issue in conflicts]
    assert groups[0::2] == groups[1::2] and len(set(groups)) == 3


def test_a_second_audit_finds_the_same_and_decodes_nothing(dataset, tmp_path):
    elsewhere = replace(dataset, folder=tmp_path)  # without the pictures
    (tmp_path / STATISTICS_NAME).write_bytes((dataset.folder / STATISTICS_NAME).read_bytes())
    before, again = audits.read_audit(dataset), audits.audit(elsewhere)
    assert replace(again, seconds=0) == replace(before, seconds=0)


def test_a_data_set_without_statistics_is_measured(small):
    events = []
    found = audits.audit(small, events.append)
    assert found.num_pictures == 6
    assert {event.phase for event in events} == {"audit"} and events[-1].step == events[-1].total == 6
    assert (small.folder / STATISTICS_NAME).exists()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut off", b"\x93NUMPY"])
def test_damaged_statistics_are_measured_again(small, damage):
    expected = audits.audit(small).issues
    (small.folder / STATISTICS_NAME).write_bytes(damage)
    assert audits.audit(small).issues == expected
    assert (small.folder / STATISTICS_NAME).stat().st_size > 100


def test_a_missing_picture_does_not_stop_the_audit(small):
    small.picture_path(small.samples[0]).unlink()
    blank = audits.audit(small).of_kind("blank")
    assert [issue.path for issue in blank] == [small.samples[0].path]


def test_stopping(small):
    with pytest.raises(Stopped):
        audits.audit(small, should_stop=lambda: True)
    assert not (small.folder / STATISTICS_NAME).exists()


def test_stopping_an_import_at_its_audit(store, dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("core.progress.SECONDS_BETWEEN_EVENTS", 0)
    events = []
    source = draw_folder(tmp_path / "shapes", 6)
    before = store.list()
    with pytest.raises(Stopped):
        store.import_source(source, None, events.append, lambda: bool(events) and events[-1].phase == "audit")
    assert store.list() == before
    assert not list(before[0].folder.parent.glob(".importing*"))


def test_pictures_without_a_class_are_not_faults(small):
    reasons = {
        "b.jpg": OUTSIDE,
        "c.jpg": MISNAMED,
        "d.jpg": Reason("no_class", {"tables": ["labels.csv"]}),
        "a.jpg": Reason("empty"),
    }
    found = audits.audit(replace(small, skipped=tuple(Skipped(*item) for item in reasons.items())))
    assert [(issue.path, issue_detail(issue.detail)) for issue in found.of_kind("corrupt")] == [
        ("a.jpg", "empty, it has 0 bytes")
    ]


def test_what_was_found_is_kept(small):
    assert audits.read_audit(small) is None
    found = Audit(
        small.id,
        6,
        (Issue("dark", "a", Reason("brightness", {"share": 0.1}), 0.5, "g"),),
        (Advice("leak", {"count": 2}),),
        0.25,
    )
    audits.write_audit(small, found)
    assert audits.read_audit(small) == found
    assert audits.read_audit(replace(small, id="another")) is None


def test_an_audit_of_an_older_version_keeps_its_words(small):
    issue = {"kind": "dark", "path": "a", "detail": "dim", "score": 0.5, "group": ""}
    old = {"format": 1, "dataset_id": small.id, "num_pictures": 6, "issues": [issue], "seconds": 0.25}
    old["advice"] = [{"kind": "leak", "text": "Mind."}]
    (small.folder / audits.AUDIT_NAME).write_text(json.dumps(old))
    found = audits.read_audit(small)
    assert [issue_detail(issue.detail) for issue in found.issues] == ["dim"]
    assert [(item.kind, advice(item.kind, item.parameters)) for item in found.advice] == [("leak", "Mind.")]
    audits.write_audit(small, found)
    assert audits.read_audit(small) == found


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "issues": [{}]}'])
def test_an_unreadable_audit_counts_as_missing(small, content):
    (small.folder / audits.AUDIT_NAME).write_text(content)
    assert audits.read_audit(small) is None


def test_an_audit_that_cant_be_stored(small):
    nowhere = replace(small, folder=small.folder / "gone", name="animals")
    found = Audit(small.id, 6, (), (), 0.0)
    with pytest.raises(DatasetError, match=r"What was found in animals couldn't be stored in .* Was the data set"):
        audits.write_audit(nowhere, found)


def test_the_stored_audit_is_plain_json(dataset):
    values = json.loads((dataset.folder / audits.AUDIT_NAME).read_text())
    assert values["format"] == audits.AUDIT_FORMAT and values["dataset_id"] == dataset.id


def test_every_kind_is_explained():
    assert list(KINDS)[:3] == ["corrupt", "label_conflict", "leak"] and list(KINDS)[-1] == "outlier"
    assert list(KINDS) == list(KIND_TITLES) == list(KIND_EXPLANATIONS)
    for name, kind in KINDS.items():
        assert kind.name == name and kind.severity in ("fault", "warning", "hint")
        assert KIND_TITLES[name][0].isupper() and KIND_EXPLANATIONS[name].endswith(".")
