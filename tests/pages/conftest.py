"""An app without a browser on a private data home, empty or with real runs."""

import functools
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.testing.v1.element_tree import Widget

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.events import Event
from core.runs import queue
from core.runs.records.store import Run, RunStatus, RunStore
from core.settings import Settings, settings
from pages.components.imports import expected_uploads
from pages.components.training import advanced_form, setup_form
from tests.conftest import draw_folder
from tests.project import ROOT
from tests.shared_folders import shared_folder

APP = ROOT / "app.py"
DEADLINE_SECONDS = 120


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "The condition didn't come true in time."
        time.sleep(0.05)


@pytest.fixture(scope="session", autouse=True)
def one_server() -> Iterator[None]:
    """Lets all apps of a process share what they would share in a server.

    AppTest looks for Streamlit components in all installed packages anew for each app, and compiles the pages anew for
    each of their runs; the server does both once. It also keeps Streamlit from clearing Keras's session after each run,
    which takes a second: Streamlit does so where Keras is loaded, here by other tests, in the web server never.
    """
    scan, scripts = functools.cache(manifest_scanner.scan_component_manifests), ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        for module in (app_test, local_script_runner):
            patch.setattr(module, "ScriptCache", lambda: scripts)
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield


def train_home(home: Path) -> None:
    """Makes a home with a data set of shapes and three runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRANSFER_STUDIO_HOME", str(home))
        settings.cache_clear()
        dataset = DatasetStore(settings()).import_source(draw_folder(home.with_name("shapes"), 10), name="Shapes")
        store = RunStore(settings().database)
        config = TrainingConfig(image_size=64).with_options(epochs=3)
        queue.submit(store, dataset.id, config, recipe="recommended", name="Good run")
        queue.submit(store, dataset.id, config.with_options(weights="/nowhere.h5"), name="Failed run")
        stopped = queue.submit(store, dataset.id, config, name="Stopped run")
        queue.stop(store, stopped.id)
        wait_until(lambda: all(run.status.is_finished for run in store.list()))
    settings.cache_clear()
    assert {run.status for run in store.list()} == {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.STOPPED}


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a data set of shapes and three runs: completed, failed (no such weights), stopped in the queue."""
    return shared_folder(tmp_path_factory, "trained", lambda folder: train_home(folder / "home")) / "home"


@pytest.fixture
def trained(home: Settings, trained_home: Path) -> RunStore:
    """This test's own copy of the trained home; returns its runs."""
    shutil.copytree(trained_home, home.home)
    return RunStore(home.database)


@pytest.fixture
def app(home: Settings) -> Iterator[AppTest]:
    """The app, not run yet. Runs still active afterwards are stopped."""
    yield AppTest.from_file(str(APP), default_timeout=60)
    if home.database.exists():
        store = RunStore(home.database)
        for run in store.unfinished():
            queue.stop(store, run.id)
        wait_until(lambda: not store.unfinished())
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def all_groups(app: AppTest) -> None:
    """Opens all groups of the set-up's fields."""
    for name in advanced_form.GROUPS:
        app.session_state[advanced_form.group_key(name)] = True


@pytest.fixture
def shapes(home: Settings, shape_folder: Path) -> DatasetIndex:
    """A data set of three shapes, ten pictures each."""
    return DatasetStore(home).import_source(shape_folder, name="Shapes")


@pytest.fixture
def at_work(app: AppTest, trained: RunStore) -> Iterator[Callable[[Event], Run]]:
    """Returns a function that makes a run that was just claimed and whose worker hasn't reported itself yet."""
    claimed = []

    def claim(event: Event) -> Run:
        created = trained.create(trained.get("Good run").dataset_id, "Shapes", TrainingConfig().with_options(epochs=4))
        claimed.append(trained.claim(slots=1))
        assert claimed[-1].id == created.id
        trained.append(created.id, event)
        return claimed[-1]

    yield claim
    for run in claimed:
        trained.finish(run.id, RunStatus.STOPPED)


@pytest.fixture
def open_page(app: AppTest) -> Callable[..., AppTest]:
    """Returns a function that opens a page of the app, with query parameters."""

    def open_it(page: str, **parameters: str) -> AppTest:
        app.run()
        if page != "home":
            app.switch_page(f"pages/{page}.py")
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return open_it


def button(app: AppTest, label: str):
    """Returns the first button with that label."""
    found = [item for item in app.button if item.label == label]
    assert found, f"No button {label!r} among {[item.label for item in app.button]}"
    return found[0]


def from_menu(app: AppTest, action: str) -> AppTest:
    """Chooses an action on the data set in its menu."""
    app.menu_button(key="dataset_menu").click(action).run()
    assert not app.exception
    return app


def listed_runs(app: AppTest) -> list[str]:
    """Returns the names of the runs in a list, in order."""
    labels = [link.proto.label for link in app.get("page_link")]
    return [label.strip("*") for label in labels if label.startswith("**")]


def fields(app: AppTest) -> dict[str, Widget]:
    """Returns the widgets with a name; one that code fills has a key that says how often it was filled too."""
    kinds = (app.selectbox, app.slider, app.number_input, app.toggle, app.segmented_control, app.radio)
    return {widget.key.partition("@")[0]: widget for kind in kinds for widget in kind if widget.key}


def form_values(app: AppTest) -> dict[str, object]:
    """Returns what the set-up's fields are set to."""
    widgets = fields(app)
    return {name: widgets[name].value for name in setup_form.FIELDS}


def picture_of_the_network(app: AppTest) -> str:
    """Returns the HTML of the picture of the network."""
    (found,) = [item.proto.body for item in app.get("html") if 'class="network"' in item.proto.body]
    return found


def curves(app: AppTest) -> list:
    """Returns the charts of curves that grow."""
    return app.get("bidi_component")


def components(app: AppTest, name: str) -> list:
    """Returns the components of that name."""
    return [part.proto for part in app.get("bidi_component") if part.proto.component_name.endswith(name)]


def component(app: AppTest, name: str):
    """Returns the only component of that name."""
    (found,) = components(app, name)
    return found


def matrices(app: AppTest) -> list[dict]:
    """Returns the data that each confusion matrix was given."""
    return [json.loads(one.json) for one in components(app, "confusion_matrix")]


def matrix(app: AppTest) -> dict:
    """Returns the data that the only confusion matrix was given."""
    (found,) = matrices(app)
    return found


def click_cell(app: AppTest, row: object, column: object) -> AppTest:
    """Tells the page of a click on the confusion matrix like its script, which AppTest can't run."""
    return _trigger(app, component(app, "confusion_matrix"), "picked", [row, column])


def start_before_the_page_is_drawn(app: AppTest) -> AppTest:
    """Sends what was changed, then a press on Start by a browser that hasn't heard what came of the change."""
    sent, start = app._tree.get_widget_states(), button(app, "Start training").proto.id
    app.run()
    for state in sent.widgets:
        if state.WhichOneof("value") == "trigger_value":
            state.trigger_value = state.id == start
    app._run(sent)
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """Returns all texts on the page."""
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.info,
        app.error,
        app.warning,
        app.toast,
    )
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def box(app: AppTest) -> dict:
    """Returns the data that the upload box was given."""
    return json.loads(_box(app).json)


def _box(app: AppTest):
    return next(part.proto for part in app.get("bidi_component") if part.proto.component_name.endswith("upload_box"))


def choose_file(app: AppTest, name: object, size: object) -> AppTest:
    """Announces a file to the page like the upload box's script, which AppTest can't run."""
    return _tell(app, "wanted", {"name": name, "size": size})


def refuse_file(app: AppTest, are_pictures: bool) -> AppTest:
    """Tells the page of a file that the upload box's script has refused."""
    return _tell(app, "refused", {"arePictures": are_pictures})


def _tell(app: AppTest, event: str, value: object) -> AppTest:
    return _trigger(app, _box(app), event, value)


def _trigger(app: AppTest, part, event: str, value: object) -> AppTest:
    """Sends what a component's script would send."""
    states = app._tree.get_widget_states()
    told = states.widgets.add()
    told.id = _make_trigger_id(part.id, "events")
    told.json_trigger_value = json.dumps([{"event": event, "value": value}])
    app._run(states)
    assert not app.exception
    return app


def send_file(app: AppTest, name: str, content: bytes) -> AppTest:
    """Uploads a file like a browser, but without HTTP."""
    choose_file(app, name, len(content))
    upload = expected_uploads.uploads().claim(box(app)["token"], lambda session_id: True)
    upload.write(content)
    upload.end()
    return app
