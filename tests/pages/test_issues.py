import shutil

import pytest
from PIL import Image

from core.datasets.quality.audit import AUDIT_NAME, read_audit
from core.datasets.store.store import DatasetStore
from core.datasets.versions.pending_edits import PENDING_EDITS_NAME, PendingEdits, decide, read_pending_edits
from core.wording.issues import advice, issue_detail
from pages.components import wording
from pages.components.shell import session
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, wait_until, words


@pytest.fixture
def store(home):
    return DatasetStore(home)


@pytest.fixture
def faulty(store, shape_folder):
    """Shapes with an exact copy, the same picture in two classes, two blank pictures and a broken file."""
    shutil.copy(shape_folder / "circle" / "circle 0.png", shape_folder / "circle" / "copy.png")
    shutil.copy(shape_folder / "square" / "square 0.png", shape_folder / "stripes" / "strange.png")
    for shade in (120, 180):
        Image.new("RGB", (72, 72), (shade,) * 3).save(shape_folder / "stripes" / f"blank {shade}.png")
    (shape_folder / "circle" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    return store.import_source(shape_folder, name="Shapes")


def path_of(dataset, name):
    return next(sample.path for sample in dataset.samples if sample.name.endswith(name))


def choose_kind(app, kind):
    app.session_state["issue_kind"] = kind
    return app.run()


def jobs_ended(app):
    """Waits for the job that a click has started, whose result is shown once, perhaps already."""
    wait_until(lambda: not session.jobs().running())
    if not (app.error or app.toast):
        app.run()
    assert not app.exception
    return app


def test_overview_says_what_was_found_and_leads_there(open_page, faulty):
    app = open_page("data", section="pictures")
    text = words(app)
    assert "**5 pictures to look at**: Copies in two classes (2), Exact copies (1) and Blank pictures (2)" in text
    assert "1 file could not be read and was left out" in text
    app = button(app, "Look at them").click().run()
    assert app.segmented_control(key="section").value == "check"
    assert app.query_params["section"] == "check"


def test_advice_is_shown_in_whole_sentences(open_page, faulty):
    text = words(open_page("data", section="pictures")).replace("\\", "")
    (said,) = [
        advice(each.kind, each.parameters) for each in read_audit(faulty).advice if each.kind == "label_conflict"
    ]
    assert said in text


def test_a_data_set_without_issues_says_so(open_page, store, shape_folder):
    store.import_source(shape_folder)
    app = open_page("data", section="pictures")
    assert "**Nothing wrong was found** in 30 pictures" in words(app)
    app.segmented_control(key="section").set_value("check").run()
    assert app.success[0].value == "Nothing was found in 30 pictures."


def test_kinds_are_counted_and_the_worst_is_shown_first(open_page, faulty):
    app = open_page("data", section="check")
    kinds = app.pills(key="issue_kind")
    assert kinds.formatted_values == ["Copies in two classes (2)"]
    assert [option.content for option in kinds.proto.options] == [
        "Unreadable files (1)",
        "Copies in two classes (2)",
        "Exact copies (1)",
        "Blank pictures (2)",
    ]
    assert len(app.image) == 2
    assert "**2 pictures alike**" in words(app)
    assert "Keep one" not in [item.label for item in app.button]


def test_unreadable_files_are_listed_with_the_reason(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "corrupt")
    assert "broken.png" in app.dataframe[0].value.iloc[0, 0]


def test_a_decision_is_on_disk_at_once_and_can_be_taken_back(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "blank")
    path = path_of(faulty, "blank 120.png")
    control = f"decision_blank_{faulty.id}_{path}"
    fields(app)[control].set_value("remove").run()
    assert read_pending_edits(faulty) == PendingEdits({path: "remove"})
    assert "**Decided:** 1 picture removed" in words(app)
    assert app.pills(key="issue_kind").formatted_values == ["Blank pictures (1)"]
    fields(app)[control].set_value(None).run()
    assert read_pending_edits(faulty) == PendingEdits()
    assert "Decided" not in words(app)


def test_a_picture_gets_another_class(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "label_conflict")
    path = path_of(faulty, "strange.png")
    field = f"class_of_label_conflict_{faulty.id}_{path}"
    fields(app)[field].set_value("square").run()
    assert read_pending_edits(faulty) == PendingEdits({path: "relabel:square"})
    assert "stripes → **square**" in words(app)
    fields(app)[field].set_value("stripes").run()
    assert read_pending_edits(faulty) == PendingEdits()


def test_all_shown_are_decided_together(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "blank")
    blanks = [path_of(faulty, f"blank {shade}.png") for shade in (120, 180)]
    app = button(app, "Remove all 2 shown").click().run()
    assert read_pending_edits(faulty) == PendingEdits(dict.fromkeys(blanks, "remove"))
    fields(app)["move_blank"].set_value("circle").run()
    assert read_pending_edits(faulty) == PendingEdits(dict.fromkeys(blanks, "relabel:circle"))
    app = button(app, "Keep all 2 shown").click().run()
    assert read_pending_edits(faulty) == PendingEdits(dict.fromkeys(blanks, "keep"))
    assert "**Decided:** 2 pictures kept" in words(app)
    assert "Make cleaned version" not in [item.label for item in app.button]
    button(app, "Decide again").click().run()
    assert read_pending_edits(faulty) == PendingEdits()


def test_one_of_each_group_of_copies_is_kept_with_one_click(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "duplicate")
    app = button(app, "Keep one of each group: removes 1 exact copy").click().run()
    (path,) = read_pending_edits(faulty).decisions
    assert path in (path_of(faulty, "circle 0.png"), path_of(faulty, "copy.png"))
    app = button(app, "Keep all").click().run()
    assert set(read_pending_edits(faulty).decisions.values()) == {"keep"}
    button(app, "Keep one").click().run()
    assert sorted(read_pending_edits(faulty).decisions.values()) == ["keep", "remove"]


@pytest.fixture
def copied(store, tmp_path):
    """Circles with an exact copy, and a square three times, one of them as a smaller near copy."""
    folder = draw_folder(tmp_path / "copied", 12)
    shutil.copy(folder / "circle" / "circle 0.png", folder / "circle" / "again.png")
    shutil.copy(folder / "square" / "square 0.png", folder / "square" / "again.png")
    with Image.open(folder / "square" / "square 0.png") as picture:
        picture.resize((60, 60)).save(folder / "square" / "smaller.png")
    return store.import_source(folder, name="Copied")


def keep_one_label(app):
    return [item.label for item in app.button if item.label.startswith("Keep one of each")]


def test_keeping_one_of_each_group_acts_on_the_kind_shown_only(open_page, copied):
    app = choose_kind(open_page("data", section="check"), "near_duplicate")
    app = button(app, "Keep one of each group: removes 1 near copy").click().run()
    assert read_pending_edits(copied) == PendingEdits({path_of(copied, "smaller.png"): "remove"})
    assert keep_one_label(choose_kind(app, "duplicate")) == ["Keep one of each group: removes 2 exact copies"]


def test_keeping_one_of_each_group_leaves_decided_pictures_alone(open_page, copied):
    spare = next(
        issue.path for issue in read_audit(copied).of_kind("duplicate") if "circle" in issue_detail(issue.detail)
    )
    pair = {path_of(copied, "circle/again.png"), path_of(copied, "circle/circle 0.png")}
    (best,) = pair - {spare}
    squares = [issue.path for issue in read_audit(copied).of_kind("duplicate") if issue.path != spare]
    decide(copied, [spare], "keep")
    app = choose_kind(open_page("data", section="check"), "duplicate")
    app = button(app, "Keep one of each group: removes 2 exact copies").click().run()
    assert read_pending_edits(copied) == PendingEdits({spare: "keep", best: "remove", squares[0]: "remove"})
    assert keep_one_label(app) == []


def test_keeping_one_of_each_group_never_removes_the_last(open_page, copied):
    spare = next(
        issue.path for issue in read_audit(copied).of_kind("duplicate") if "circle" in issue_detail(issue.detail)
    )
    pair = {path_of(copied, "circle/again.png"), path_of(copied, "circle/circle 0.png")}
    (best,) = pair - {spare}
    decide(copied, [best], "remove")
    app = choose_kind(open_page("data", section="check"), "duplicate")
    button(app, "Keep one of each group: removes 1 exact copy").click().run()
    assert spare not in read_pending_edits(copied).decisions


def test_copies_shown_are_decided_together_but_never_all_removed(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "label_conflict")
    pair = {path_of(faulty, "strange.png"), path_of(faulty, "square 0.png")}
    fields(app)["move_label_conflict"].set_value("square").run()
    assert read_pending_edits(faulty) == PendingEdits(dict.fromkeys(pair, "relabel:square"))
    app = button(app, "Keep all 2 shown").click().run()
    assert read_pending_edits(faulty) == PendingEdits(dict.fromkeys(pair, "keep"))
    for kind in ("label_conflict", "duplicate"):
        labels = [item.label for item in choose_kind(app, kind).button]
        assert "Keep all 2 shown" in labels
        assert not [label for label in labels if label.startswith("Remove")]


def test_copies_in_two_classes_get_the_one_that_is_right(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "label_conflict")
    right, wrong = path_of(faulty, "square 0.png"), path_of(faulty, "strange.png")
    fields(app)["same_class_label_conflict_0"].set_value("square").run()
    assert read_pending_edits(faulty) == PendingEdits({right: "keep", wrong: "relabel:square"})


def test_the_page_says_which_copy_stays_and_when_none_would(open_page, copied):
    squares = [path_of(copied, f"square/{name}.png") for name in ("square 0", "again", "smaller")]
    app = choose_kind(open_page("data", section="check"), "near_duplicate")
    assert "Keep one: **" in words(app) and "stays." in words(app)
    for path in squares:
        assert "None of these would be left" not in words(app)
        fields(app)[f"decision_near_duplicate_{copied.id}_{path}"].set_value("remove").run()
    assert "None of these would be left" in words(app)
    assert "**1 picture would be gone with all copies**" in words(app)
    app = next(item for item in app.button if item.key == "last_near_duplicate_0").click().run()
    assert list(read_pending_edits(copied).decisions.values()).count("keep") == 1
    assert "None of these would be left" not in words(app)
    assert "would be gone" not in words(app)


def test_what_a_browser_still_shows_does_not_overrule_a_decision_about_many(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "blank")
    blanks = [path_of(faulty, f"blank {shade}.png") for shade in (120, 180)]
    fields(app)[f"decision_blank_{faulty.id}_{blanks[0]}"].set_value("keep").run()
    fields(app)[f"class_of_blank_{faulty.id}_{blanks[1]}"].set_value("square").run()
    before = app._tree.get_widget_states()
    button(app, "Remove all 2 shown").click().run()
    app._run(before)
    assert not app.exception
    assert read_pending_edits(faulty) == PendingEdits(dict.fromkeys(blanks, "remove"))


def test_an_enlarged_picture_is_one_of_several_and_can_be_decided_on(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "blank")
    path = path_of(faulty, "blank 120.png")
    shown = [item for item in app.button if item.key and item.key.startswith("pressed_blank_")]
    assert sorted(item.label for item in shown) == [
        f"Enlarge {wording.plain(f'stripes: stripes/blank {shade}.png')}" for shade in (120, 180)
    ]
    next(item for item in shown if item.key.endswith(path)).click().run()
    assert f"{wording.plain('stripes/blank 120.png')} · 72 × 72 pixels" in words(app)
    assert "of 2" in words(app)
    assert button(app, "Previous").disabled != button(app, "Next").disabled
    fields(app)[f"decision_enlarged_{faulty.id}_{path}"].set_value("remove").run()
    assert read_pending_edits(faulty) == PendingEdits({path: "remove"})


def test_copies_of_a_group_are_side_by_side_the_one_to_keep_first(open_page, faulty):
    app = choose_kind(open_page("data", section="check"), "duplicate")
    assert len(app.image) == 2
    captions = [item.value.replace("\\", "") for item in app.caption]
    first, second = (place for place, text in enumerate(captions) if text.startswith("**circle**"))
    detail = next(place for place, text in enumerate(captions) if "the same picture as" in text)
    assert first < second < detail


def test_decisions_survive_a_reload_and_become_a_version(open_page, store, faulty):
    decide(faulty, [path_of(faulty, "strange.png")], "remove")
    decide(faulty, [path_of(faulty, "blank 120.png")], "keep")
    app = open_page("data", section="check", dataset=faulty.id)
    assert "**Decided:** 1 picture removed, 1 picture kept" in words(app)
    app = jobs_ended(button(app, "Make cleaned version").click().run())
    version = next(dataset for dataset in store.list() if dataset.parent == faulty.id)
    assert len(version.samples) == len(faulty.samples) - 1
    assert app.title[0].value == "Shapes, version 2"
    assert app.query_params["dataset"] == version.id
    text = words(app)
    assert "**Shapes, version 2** is ready: 1 picture removed" in text
    assert "A version of **Shapes**: 1 picture removed." in text
    assert "**Decided:** 1 picture kept" in text
    assert read_pending_edits(faulty) == PendingEdits()
    assert len(store.get(faulty.id).samples) == len(faulty.samples)
    app = button(app, "Compare").click().run()
    assert app.segmented_control(key="section").value == "versions"
    assert "From **Shapes** to **Shapes, version 2**: 1 picture removed" in words(app)


def test_discard_asks_and_takes_all_decisions_back(open_page, faulty):
    decide(faulty, [path_of(faulty, "strange.png")], "remove")
    decide(faulty, [path_of(faulty, "copy.png")], "keep")
    app = button(open_page("data", section="check"), "Discard").click().run()
    assert "This discards **2 decisions**: 1 picture removed, 1 picture kept." in words(app)
    app = button(app, "Keep them").click().run()
    assert len(read_pending_edits(faulty).decisions) == 2
    app = button(app, "Discard").click().run()
    app = button(app, ":red[Discard them]").click().run()
    assert read_pending_edits(faulty) == PendingEdits()
    assert "Decided" not in words(app)


def test_decisions_that_leave_no_valid_data_set_are_refused_and_stay(open_page, faulty):
    circles = [sample.path for sample in faulty.samples if sample.label == 0]
    decide(faulty, circles, "remove")
    app = jobs_ended(button(open_page("data", section="check"), "Make cleaned version").click().run())
    assert app.error[0].value.startswith("The class circle would have no picture")
    assert len(read_pending_edits(faulty).decisions) == len(circles)


def test_decisions_that_cannot_be_read_can_be_discarded(open_page, faulty):
    (faulty.folder / PENDING_EDITS_NAME).write_text("{")
    app = open_page("data", section="check")
    assert "can't be read" in app.error[0].value.replace("\\", "")
    app = button(app, "Discard the decisions").click().run()
    assert not app.error
    assert app.pills(key="issue_kind").value == "label_conflict"


def test_train_is_the_next_step_unless_there_are_decisions(open_page, faulty):
    app = open_page("data", section="check")
    assert button(app, "Train a model").proto.type == "primary"
    decide(faulty, [path_of(faulty, "strange.png")], "remove")
    assert button(app.run(), "Train a model").proto.type == "secondary"


@pytest.mark.parametrize("section", ["pictures", "check"])
def test_a_missing_audit_is_made_when_a_button_is_pressed_and_not_before(open_page, faulty, section):
    before = read_audit(faulty)
    (faulty.folder / AUDIT_NAME).unlink()
    app = open_page("data", section=section)
    assert read_audit(faulty) is None and not session.jobs().running()
    app = jobs_ended(button(app, "Check the pictures").click().run())
    assert read_audit(faulty).issues == before.issues
    assert "**5 pictures to look at**" in words(app)


def test_grid_is_filtered_by_class_split_and_what_was_found(open_page, faulty):
    app = open_page("data", section="pictures")
    app.selectbox(key=f"kind_{faulty.id}").set_value("blank").run()
    assert len(app.image) == 2
    app.selectbox(key=f"class_{faulty.id}").set_value(0).run()
    assert "No picture matches." in words(app)
    app.selectbox(key=f"kind_{faulty.id}").set_value("none").run()
    assert len(app.image) == 10
    app.selectbox(key=f"class_{faulty.id}").set_value(None)
    app.selectbox(key=f"kind_{faulty.id}").set_value(None)
    app.selectbox(key=f"split_{faulty.id}").set_value("validation").run()
    held_out = {metric.label: metric.value for metric in app.metric}["Validation"]
    assert str(len(app.image)) == held_out
