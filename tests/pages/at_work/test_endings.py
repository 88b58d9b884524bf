"""The end of an import is told on whatever page is open, and once."""

import threading
from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.datasets.store.store import DatasetStore
from core.errors import DatasetError
from pages.components.background.jobs import Job
from pages.components.shell import session
from tests.conftest import draw_folder


@pytest.fixture
def app(home) -> Iterator[AppTest]:
    """A page that does nothing but tell of endings, as the sign does on every page."""

    def page() -> None:
        from pages.components.at_work import endings

        endings.tell()

    yield AppTest.from_function(page).run()
    st.cache_resource.clear()


def start(work) -> tuple[Job, threading.Event]:
    """Starts an import that ends once the event is set."""
    may_end = threading.Event()

    def wait(on_event, should_stop):
        may_end.wait(60)
        return work()

    return session.jobs().start("import", "large.zip", wait), may_end


def end(job: Job, may_end: threading.Event) -> None:
    may_end.set()
    assert job.ended.wait(60)


def test_an_import_that_ends_while_another_page_is_open_is_told_of_once(app, home, tmp_path):
    store = DatasetStore(home)
    job, may_end = start(lambda: store.import_source(draw_folder(tmp_path / "shapes", 6), name="Shapes"))
    app.run()
    assert not app.toast
    end(job, may_end)
    app.run()
    assert [toast.value for toast in app.toast] == ["Shapes is in: 18 pictures."]
    app.run()
    assert not app.toast


def test_a_failure_leads_to_the_page_that_explains_it(app):
    def fail():
        raise DatasetError("Expected pictures. Received none. Fix: add some.")

    job, may_end = start(fail)
    app.run()
    end(job, may_end)
    app.run()
    assert [toast.value.replace("\\", "") for toast in app.toast] == [
        "large.zip couldn't be imported: *Data* says why."
    ]


def test_what_ended_before_the_page_was_opened_is_not_news(app):
    job, may_end = start(lambda: None)
    end(job, may_end)
    app.run()
    assert not app.toast
