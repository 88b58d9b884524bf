from dataclasses import replace

import numpy as np

from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.runs.records.store import RunStatus
from tests.conftest import draw_folder
from tests.pages.conftest import fields, matrices, words


def address(store, *names: str) -> str:
    return ",".join(store.get(name).id for name in names)


def twin_of_the_good_run(store, **options: object):
    """Adds a completed run with the good run's answers and curves but other settings."""
    good = store.get("Good run")
    twin = store.create(good.dataset_id, "Shapes", good.config.with_options(**options), name="Twin *of* it")
    store.claim(9)
    for event in store.events(good.id):
        store.append(twin.id, event)
    store.finish(twin.id, RunStatus.COMPLETED, metrics=good.metrics, seconds={"head": 3.0})
    (store.folder(twin.id) / "evaluation.json").write_bytes((store.folder(good.id) / "evaluation.json").read_bytes())
    return store.get(twin.id)


def test_the_runs_in_the_address_are_compared(open_page, trained):
    twin_of_the_good_run(trained, learning_rate=0.5, normalize=False, seed=3)
    app = open_page("compare", runs=address(trained, "Good run", "Twin *of* it"))
    number = int(trained.get("Good run").metrics["val_pictures"])
    text = words(app)
    assert (
        rf"**Good run** and **Twin \*of\* it** can't be told apart: on the same {number} pictures they are right and "
        "wrong on the same ones."
    ) in text
    assert text.count(f" on {number} pictures") == 2
    assert "Own settings · 3 epochs · 3 s" in text
    assert "Validation accuracy of 2 runs, epoch by epoch" in app.get("plotly_chart")[0].proto.alt
    table = app.table[0].value
    assert list(table["Setting"]) == [
        "Seed",
        "Learning rate",
        "Normalise features",
        # Without unit vectors there is nothing to choose, so the weight decay counts as it is set.
        "Weight decay",
        "Cross-validated choice",
    ]
    assert list(table["Good run"]) == ["0", r"0\.001", "On", "–", "On"]


def test_curves_are_drawn_by_seconds(open_page, trained):
    twin_of_the_good_run(trained)
    app = open_page("compare", runs=address(trained, "Good run", "Twin *of* it"))
    assert "the same settings" in words(app)
    fields(app)["compared_axis"].set_value("seconds").run()
    assert "second by second" in app.get("plotly_chart")[0].proto.alt
    fields(app)["compared_metric"].set_value("val_loss").run()
    assert "Validation loss" in app.get("plotly_chart")[0].proto.alt


def test_runs_are_picked_and_dropped_on_the_page_and_the_address_follows(open_page, trained):
    app = open_page("compare")
    assert "Pick two or more runs" in app.info[0].value
    ids = [trained.get(name).id for name in ("Good run", "Failed run")]
    app.multiselect[0].set_value(ids).run()
    assert app.query_params["runs"] == ",".join(ids)
    assert "Two models are needed to say which is better." in words(app)
    assert "No model" in words(app)
    app.multiselect[0].set_value(ids[:1]).run()
    assert app.query_params["runs"] == ids[0]
    assert "Pick two or more runs" in app.info[0].value


def test_unknown_and_deleted_runs_in_the_address_are_left_out(open_page, trained):
    app = open_page("compare", runs=f"{address(trained, 'Good run')},gone,{address(trained, 'Failed run')}")
    assert len(app.multiselect[0].value) == 2
    trained.delete(trained.get("Failed run").id)
    app.run()
    assert app.multiselect[0].value == [trained.get("Good run").id]


def test_a_followed_link_overrules_what_was_picked(open_page, trained):
    app = open_page("compare", runs=address(trained, "Good run", "Failed run"))
    app.query_params["runs"] = address(trained, "Stopped run", "Good run")
    app.run()
    assert app.multiselect[0].value == [trained.get(name).id for name in ("Stopped run", "Good run")]


def test_without_runs_there_is_nothing_to_compare(open_page):
    assert "fewer than two runs" in open_page("compare").info[0].value


def test_the_pictures_on_which_two_models_differ_are_shown(open_page, trained):
    twin = twin_of_the_good_run(trained, seed=3)
    own = load_evaluations(trained.folder(twin.id))[0]
    right = np.eye(3)[own.labels]
    wrong = np.roll(right, 1, axis=1)
    for name, is_right in (
        ("Good run", [True] * 4 + [False] * 2),
        (twin.name, [True, False, False, False, True, False]),
    ):
        answers = np.where(np.array(is_right)[:, None], right, wrong)
        save_evaluations([replace(own, probabilities=answers)], trained.folder(trained.get(name).id))
    app = open_page("compare", runs=address(trained, "Good run", twin.name))
    radio = next(item for item in app.radio if item.label == "Pictures")
    assert radio.options == [
        "Only Good run is right (3)",
        r"Only Twin \*of\* it is right (1)",
        "Both are wrong, in different ways (0)",
    ]
    assert [(one["label"], one["picks"]) for one in matrices(app)] == [
        ("Confusion matrix of Good run: 4 of 6 right", False),
        (f"Confusion matrix of {twin.name}: 2 of 6 right", False),
    ]
    assert len([image for image in app.image if image.key is None]) >= 3
    radio.set_value("second").run()
    assert not app.exception
    radio = next(item for item in app.radio if item.label == "Pictures")
    radio.set_value("wrong").run()
    assert "None." in words(app)


def test_of_three_models_two_are_chosen(open_page, trained):
    twin = twin_of_the_good_run(trained, seed=3)
    third = trained.create(twin.dataset_id, "Shapes", twin.config, name="Third")
    trained.claim(9)
    trained.finish(third.id, RunStatus.COMPLETED, metrics=twin.metrics)
    evaluation = (trained.folder(twin.id) / "evaluation.json").read_bytes()
    trained.folder(third.id).mkdir(exist_ok=True)
    (trained.folder(third.id) / "evaluation.json").write_bytes(evaluation)
    app = open_page("compare", runs=address(trained, "Good run", twin.name, "Third"))
    assert "They give every picture the same answer." in words(app)
    one, another = (
        next(item for item in app.selectbox if item.label == label) for label in ("One model", "Another model")
    )
    one.set_value(third.id).run()
    assert not app.exception
    another = next(item for item in app.selectbox if item.label == "Another model")
    assert "Third" not in another.options


def test_what_a_run_was_adapted_to_is_named(open_page, home, trained, tmp_path):
    other = DatasetStore(home).import_source(draw_folder(tmp_path / "Sketches", 2, seed=4))
    twin_of_the_good_run(trained, adapt_to=other.id)
    addressed = {"runs": address(trained, "Good run", "Twin *of* it")}
    table = open_page("compare", **addressed).table[0].value
    assert list(table.itertuples(index=False, name=None)) == [("Adapt to unlabelled pictures", "–", "Sketches")]
    DatasetStore(home).delete(other.id)
    table = open_page("compare", **addressed).table[0].value
    assert table.iloc[0, 2].replace("\\", "") == f"a data set that was deleted ({other.id})"
