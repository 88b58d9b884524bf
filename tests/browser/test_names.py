"""Names that are Markdown, HTML, formulas or links, wherever a name is shown: unchanged, and requesting nothing."""

import html
import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Request, expect

from core.config.training_config import TrainingConfig
from core.datasets.edit import REMOVE, RENAME_CLASS, Edit
from core.datasets.store.store import DatasetStore
from core.runs import queue
from core.runs.records.store import Run, RunStatus
from pages.components.charts import charts
from tests.browser.conftest import PATIENCE_MILLISECONDS, Server, end_server, start_server, wait_until
from tests.browser.test_uploads import ready
from tests.conftest import draw_shape

CLASSES = (
    "![f](https:evil.example) $x^2$ :smile:",
    ":material_home: :red[hot] <b>B<i> `c`",
    "a -> b www.evil.example **d** x@evil.zz",
)
ARCHIVE = "=A1 ![z](https:evil.example) $z^2$ :dog: <img src=x>"
RENAMED = "1. $q$ :pig: - [q](https:evil.example) #"
VERSION = ":streamlit: :material/home: [v](https://evil.example/v) _v_ # v"
RUN = '=HYPERLINK("https://evil.example") ![r](https:/evil.example/r.png) $r$ :cat: <i>'
PICTURE = "![p](https:evil.example) $p_1$ <b>.png"
UNREADABLE = "@u ![u](https:evil.example) :cow:.png"
WHOLE_TEXT = "document.body.innerText"
FOREIGN = """() => [...document.querySelectorAll('[src], [href], [poster], [data], [action]')]
  .flatMap((element) => [element.src, element.href, element.poster, element.data, element.action])
  .filter((url) => /^(https?|mailto):/.test(String(url)) && new URL(url).host !== location.host)"""
DRAWN = "document.querySelectorAll('.katex, img[alt^=Streamlit]').length"


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def archive() -> bytes:
    """A zip of hostile names with issues: blank pictures, copies in two classes, a file that isn't a picture."""
    generator = np.random.default_rng(0)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for shape, name in zip(("circle", "square", "stripes"), CLASSES, strict=True):
            for number in range(10):
                packed.writestr(f"{name}/{number} {PICTURE}", png(draw_shape(shape, generator)))
            packed.writestr(f"{name}/{PICTURE}", png(Image.new("RGB", (72, 72), (120, 120, 120))))
        packed.writestr(f"{CLASSES[0]}/{UNREADABLE}", b"no picture")
    return file.getvalue()


def ambiguous() -> bytes:
    """A zip whose folders and file names name different classes."""
    generator = np.random.default_rng(1)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(12):
            folder, name = CLASSES[number % 2], ("$m$ **n**", "`o` :pig:")[number // 2 % 2]
            packed.writestr(f"{folder}/{name}.{number}.png", png(draw_shape("circle", generator)))
    return file.getvalue()


@pytest.fixture(scope="module")
def hostile(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start_server(tmp_path_factory.mktemp("names") / "home")
    yield server
    end_server(server)


class Watched:
    """A page, and all its requests to other servers."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.foreign: list[str] = []
        self._own = urlsplit(server.url).netloc
        page.on("request", self._look)
        page.on("console", lambda message: self._listen(message.text))

    def _look(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self._own:
            self.foreign.append(request.url)

    def _listen(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.foreign.append(text)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_selector('.stApp[data-test-script-state="notRunning"]')

    def text(self) -> str:
        """Returns the visible text, without the marks that isolate right-to-left words."""
        return " ".join(re.sub("[\u2066-\u2069]", "", self.page.evaluate(WHOLE_TEXT)).split())

    def check(self, *names: str) -> None:
        """Checks that names are shown unchanged, and none was interpreted."""
        for name in names:
            wanted = " ".join(name.split())
            deadline = time.monotonic() + PATIENCE_MILLISECONDS / 1000
            while wanted not in (text := self.text()) and time.monotonic() < deadline:
                self.page.wait_for_timeout(100)
            assert wanted in text
        assert self.page.evaluate(FOREIGN) == []
        assert self.page.evaluate(DRAWN) == 0
        assert not set("😄🐕🐶🐱🐈🐄🐮🐷🐖") & set(self.text())
        assert self.foreign == []


@pytest.fixture(scope="module")
def watched(browser: Browser, hostile: Server) -> Iterator[Watched]:
    context = browser.new_context(base_url=hostile.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield Watched(context.new_page(), hostile)
    context.close()


@pytest.fixture(scope="module")
def imported(watched: Watched, hostile: Server) -> Watched:
    """The page, after the zip was imported with it."""
    watched.open("/data")
    ready(watched.page)
    send(watched.page, f"{ARCHIVE}.zip", archive())
    watched.check(f"{ARCHIVE} is in: 33 pictures")
    return watched


def send(page: Page, name: str, content: bytes) -> None:
    page.locator(".upload input[type=file]").set_input_files(FilePayload(name=name, mimeType="", buffer=content))


@pytest.fixture(scope="module")
def trained(imported: Watched, hostile: Server) -> Run:
    """A run on the data set, and a version of it."""
    store = DatasetStore(hostile.settings)
    dataset = store.get(ARCHIVE)
    run = queue.submit(hostile.runs, dataset.id, TrainingConfig(image_size=64).with_options(epochs=1), name=RUN)
    gone = Edit(REMOVE, paths=(dataset.samples[0].path,))
    renamed = Edit(RENAME_CLASS, class_names=(CLASSES[0], RENAMED))
    store.derive(dataset.id, [gone, renamed], name=VERSION)
    wait_until(lambda: hostile.runs.get(run.id).status.is_finished, PATIENCE_MILLISECONDS / 1000)
    assert hostile.runs.get(run.id).status == RunStatus.COMPLETED
    return hostile.runs.get(run.id)


def test_data_set_and_its_issues(imported: Watched, hostile: Server):
    page, dataset = imported.page, DatasetStore(hostile.settings).get(ARCHIVE)
    imported.open(f"/data?dataset={dataset.id}")
    imported.check(*CLASSES)
    page.get_by_text("Left out: 1 file").click()
    page.get_by_role("button", name="More").click()
    page.get_by_text("Delete", exact=True).click()
    imported.check(f"This deletes the data set {ARCHIVE} with")
    page.get_by_role("button", name="Keep", exact=True).click()
    imported.open(f"/data?dataset={dataset.id}&section=check")
    page.get_by_text("Blank", exact=False).first.click()
    imported.check(*(f"{name} · {PICTURE}" for name in CLASSES))
    page.get_by_role("button", name="Remove", exact=False).first.click()
    imported.check("Decided:")
    imported.open(f"/data?dataset={dataset.id}&section=classes")
    imported.check(*CLASSES)


def test_map(trained: Run, imported: Watched, hostile: Server):
    dataset = DatasetStore(hostile.settings).get(ARCHIVE)
    imported.open(f"/data?dataset={dataset.id}&section=map")
    imported.page.get_by_role("button", name="Look through the pictures").click()
    expect(imported.page.locator(".legendtext").first).to_have_text(html.unescape(charts.label(CLASSES[0])))
    imported.check()


def test_versions(trained: Run, imported: Watched, hostile: Server):
    dataset = DatasetStore(hostile.settings).get(VERSION)
    imported.open(f"/data?dataset={dataset.id}&section=versions")
    imported.check(VERSION, ARCHIVE, f"{CLASSES[0]} is now {RENAMED}")
    imported.page.get_by_role("button", name="Undo").hover()
    imported.check(f"Back to {ARCHIVE}.")
    imported.page.get_by_role("button", name="Undo").click()
    imported.check(f"This goes back to {ARCHIVE}, which hasn't changed.")


def test_question_and_error_of_an_import(imported: Watched):
    imported.open("/data?add=zip")
    send(imported.page, f"{ARCHIVE} 2.zip", ambiguous())
    imported.check(f"{ARCHIVE} 2.zip can be read in 2 ways", f"{CLASSES[0]} (6)", "$m$ **n** (6)", "`o` :pig: (6)")
    imported.page.get_by_role("button", name="None of these").click()
    expect(imported.page.get_by_role("button", name="None of these")).to_have_count(0)
    imported.open("/data?add=folder")
    field = imported.page.get_by_role("textbox", name="Folder or zip on this server")
    field.fill(f"/nowhere/{ARCHIVE}")
    field.press("Enter")
    imported.check(f"/nowhere/{ARCHIVE}")


def test_pages_of_a_run(trained: Run, imported: Watched, hostile: Server):
    imported.open("/")
    imported.check(RUN, ARCHIVE)
    imported.open(f"/run?run={trained.id}")
    imported.check(RUN, ARCHIVE)
    expect(imported.page.get_by_text("Confusion matrix")).to_be_visible()
    imported.page.locator(".confusion-matrix .heatmaplayer").hover(force=True)
    expect(imported.page.locator(".hoverlayer .hovertext")).to_contain_text("taken for")
    imported.check()
    # Streamlit's own download of a table may contain formulas.
    imported.page.get_by_test_id("stDataFrame").first.hover()
    expect(imported.page.get_by_role("button", name="Search", exact=False).first).to_be_visible()
    assert imported.page.get_by_role("button", name="Download as CSV: ", exact=False).count() == 0
    imported.open("/train")
    imported.check()
    imported.open("/runs")
    imported.check(RUN, ARCHIVE)
    imported.open(f"/compare?runs={trained.id}")
    imported.check()


def test_answers(trained: Run, imported: Watched, tmp_path: Path):
    page = imported.page
    imported.open(f"/testing?run={trained.id}")
    page.get_by_role("radio", name="Held-out").click()
    expect(page.get_by_text("All answers as a table")).to_be_visible()
    imported.check()
    page.get_by_role("radio", name="Upload").click()
    picture = png(draw_shape("circle", np.random.default_rng(5)))
    names = [PICTURE, f"=1 {PICTURE}", UNREADABLE]
    files = [FilePayload(name=name, mimeType="image/png", buffer=picture) for name in names[:2]]
    broken = FilePayload(name=UNREADABLE, mimeType="image/png", buffer=b"no picture")
    page.get_by_test_id("stFileUploader").locator("input").set_input_files([*files, broken])
    imported.check(*names)
    page.get_by_role("button", name="Enlarge picture 2").click()
    expect(page.get_by_test_id("stDialog").get_by_text(names[1])).to_be_visible()
    imported.check()
    page.keyboard.press("Escape")
    page.get_by_text("All answers as a table").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert not any(line.lstrip('"').startswith(("=", "@", "+", "-")) for line in lines)
