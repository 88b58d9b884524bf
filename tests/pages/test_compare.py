from core.runs.records.store import RunStatus
from tests.pages.conftest import fields, words


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
