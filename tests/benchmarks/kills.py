"""Kills workers, servers and commands at random moments, and counts what is lost.

`python -m tests.benchmarks.kills [--kills 200] [--seed 0] [--port 8640]`. Every kill is a SIGKILL. What was told to be
done before it goes into a ledger, which is compared with the data home after it: data sets with the digest of every
picture, names, runs with their epochs and models, the database. A run whose worker was killed has to be failed within
seconds and to go on when it is resumed; one whose server or command was killed has to go on by itself. Servers are
killed while a real Chromium uploads to them, where there is one.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import click
import psutil

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.runs import queue
from core.runs.records.store import Run, RunStatus
from core.runs.worker.environment import PROCESS
from core.settings import settings
from core.wording.failures import failure
from tests.benchmarks.kills_actions import KEPT, draw
from tests.benchmarks.kills_ledger import Ledger
from tests.benchmarks.measuring import print_table
from tests.project import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHASES = ("starting", "weights", "features", "head", "fine_tune", "evaluate", "save")
CONFIG = TrainingConfig(image_size=64).with_options(
    epochs=4, batch_size=8, trainable_blocks=1, head_epochs=4, units=256, flip=True, views=3
)
PICTURES = 24
# Shares of the kills.
WORKERS, SERVERS, COMMANDS = 0.35, 0.15, 0.25
PATIENCE_SECONDS = 180
KINDS = ("import", "rename", "derive", "delete", "rename run", "delete run")
# Duration of the long actions.
MOMENTS = {"import": 0.6, "derive": 0.2}
ACTOR_SECONDS = 20
CHROMIUM_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")


class Kills:
    """Kills in one data home, and their effects.

    Args:
        home: the data home.
        chance: where random numbers come from.
        port: of the servers.
    """

    def __init__(self, home: Path, chance: random.Random, port: int) -> None:
        self.home, self.chance, self.port = home, chance, port
        self.ledger = Ledger(settings())
        self.counts: Counter[tuple[str, str]] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "2"}
        self.sources = Path(tempfile.mkdtemp())
        self.kept = DatasetStore(settings()).import_source(draw(self.sources / "kept", 1, PICTURES), KEPT)
        self.ledger.datasets[self.kept.id] = KEPT

    def count(self, victim: str, moment: str) -> None:
        """Counts a kill and says how many there were."""
        self.counts[victim, moment] += 1
        print(f"{sum(self.counts.values())}: {victim}, {moment}; {len(self.ledger.losses)} losses", flush=True)

    def start_run(self) -> Run:
        """Submits a run, or resumes one that was killed."""
        store = self.ledger.store
        ended = [run for run in store.list() if run.can_resume]
        # Another seed augments the pictures differently, so their features have to be computed.
        config = replace(CONFIG, seed=self.chance.randrange(10**6))
        run = queue.resume(store, ended[0].id) if ended else queue.submit(store, self.kept.id, config)
        self.outcomes["resumed"] += bool(ended)
        self.ledger.runs[run.id] = run.name
        return run

    def kill_worker(self) -> None:
        """Kills the worker of a run in some phase."""
        store, run = self.ledger.store, self.start_run()
        wanted = self.chance.choice(PHASES)
        later = PHASES[PHASES.index(wanted) :]
        self._wait(lambda: (store.get(run.id).pid and store.get(run.id).phase in later) or self._has_ended(run))
        time.sleep(self.chance.random() ** 2 * (4.0 if wanted == "starting" else 0.6))
        self.ledger.see_epochs(run.id)
        now = store.get(run.id)
        if not self._kill(now.pid):
            self._end(run)
            return
        self.count("worker", now.phase)
        found = self.ledger.await_death(run.id)
        self.outcomes[f"{found.status} after its worker was killed"] += 1
        self.ledger.check()

    def kill_actor(self) -> None:
        """Kills a process that imports, renames, derives and deletes."""
        arguments = ["tests.benchmarks.kills_actions", str(self.home), str(self.chance.randrange(10**9))]
        with self._process(arguments, stdout=subprocess.PIPE, text=True) as process:
            lines: SimpleQueue[str] = SimpleQueue()
            reader = threading.Thread(target=lambda: deque(map(lines.put, process.stdout or ()), 0))
            reader.start()
            wanted = self.chance.choice(KINDS)
            under_way: dict[str, str] = {}
            deadline = time.monotonic() + ACTOR_SECONDS
            # The lines that it printed before it was killed count too.
            with suppress(Empty):
                while time.monotonic() < deadline and under_way.get("begin") != wanted:
                    under_way = self._heed(lines.get(timeout=ACTOR_SECONDS), under_way)
            time.sleep(self.chance.random() * MOMENTS.get(wanted, 0.03))
            process.kill()
            reader.join()
            while not lines.empty():
                under_way = self._heed(lines.get(), under_way)
        self.count("actor", under_way.get("kind", "between two"))
        self._await_children()
        self.ledger.check(under_way)

    def _heed(self, line: str, under_way: dict[str, str]) -> dict[str, str]:
        """Records a line printed by an actor; returns the action that is now in progress."""
        told = json.loads(line) if line.endswith("\n") else {}
        if "done" in told:
            self.ledger.acknowledge(told)
        if "begin" in told:
            return told
        return under_way if not told else {}

    def kill_command(self) -> None:
        """Kills a command of the command line."""
        kind = self.chance.choice(("import", "derive", "pack", "train", "survey"))
        name = f"name {self.chance.randrange(10**9)}"
        source = str(draw(self.sources / name, self.chance.randrange(10**9)))
        arguments = {
            "import": [source, "--name", name],
            "derive": [self.kept.id, "--subset", str(self.chance.randrange(3, PICTURES)), "--name", name],
            "pack": [self.kept.id, "--output", str(self.sources / f"{name}.zip")],
            "train": [self.kept.id, "--name", name, "--image-size", "64", "--epochs", "3"],
            "survey": [self.kept.id],
        }[kind]
        with self._process(["core", kind, *arguments, "--json"], stdout=subprocess.PIPE, text=True) as process:
            try:
                output, _ = process.communicate(timeout=0.5 + self.chance.random() * 4)
            except subprocess.TimeoutExpired:
                process.kill()
                output, _ = process.communicate()
        if process.returncode == 0 and kind in ("import", "derive"):
            made = json.loads(output.splitlines()[-1])
            self.ledger.datasets[made["id"]] = made["name"]
        if process.returncode == -signal.SIGKILL:
            self.count("command", kind)
        self._await_children()
        self._end_all()
        self.ledger.check()

    def kill_server(self, browser: "Browser | None") -> None:
        """Kills a server while it imports an upload, or while a run is running."""
        options = ["--server.headless", "true", "--server.port", str(self.port), "--server.fileWatcherType", "none"]
        with self._process(["streamlit", "run", "app.py", *options], stdout=subprocess.DEVNULL) as process:
            self._wait(self._answers)
            moment = self._upload(browser) if browser and self.chance.random() < 0.5 else self._train_beside()
            time.sleep(self.chance.random() * 2)
            process.kill()
        self.count("server", moment)
        self._await_children()
        self._end_all()
        self.ledger.check()

    def _upload(self, browser: "Browser") -> str:
        """Starts an upload; if the page reports the data set, it must be there."""
        name = f"upload {self.chance.randrange(10**9)}"
        archive = shutil.make_archive(
            str(self.sources / name), "zip", draw(self.sources / f"of {name}", self.chance.randrange(10**9), 20)
        )
        page = browser.new_page()
        try:
            page.goto(f"http://127.0.0.1:{self.port}/data?add=zip", timeout=60_000)
            page.locator("input[type=file]").first.set_input_files(archive, timeout=60_000)
            with suppress(Exception):  # the kill may come before or after it is reported
                page.get_by_text(f"{name} is in").wait_for(timeout=self.chance.random() * 6000 + 1)
                made = next(dataset for dataset in DatasetStore(settings()).list() if dataset.name == name)
                self.ledger.datasets[made.id] = made.name
                return "told of an import"
        finally:
            page.close()
        return "import"

    def _train_beside(self) -> str:
        run = self.start_run()
        wanted = self.chance.choice(PHASES)
        later = PHASES[PHASES.index(wanted) :]
        self._wait(lambda: self.ledger.store.get(run.id).phase in later or self._has_ended(run))
        self.ledger.see_epochs(run.id)
        return f"run in {self.ledger.store.get(run.id).phase}"

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1) as response:
                return response.status == 200
        except OSError:
            return False

    def _has_ended(self, run: Run) -> bool:
        queue.reconcile(self.ledger.store)
        return self.ledger.store.get(run.id).status.is_finished

    def _end(self, run: Run) -> None:
        """Waits until a run that is no longer killed ends, which must succeed."""
        self._wait(lambda: self._has_ended(run))
        run = self.ledger.store.get(run.id)
        self.outcomes[str(run.status)] += 1
        if run.status != RunStatus.COMPLETED or not run.has_model:
            self.ledger.losses.append(f"run {run.name} is {run.status} at its end: {failure(run.failure)}")
        epochs = self.ledger.see_epochs(run.id)
        if epochs != run.config.total_epochs:
            self.ledger.losses.append(f"run {run.name} has {epochs} epochs at its end")

    def _end_all(self) -> None:
        for run in self.ledger.store.unfinished():
            self.outcomes["went on by itself"] += 1
            self._end(run)

    def finish(self) -> None:
        """Resumes every killed run, and checks everything one last time."""
        self._end_all()
        while ended := [run for run in self.ledger.store.list() if run.can_resume]:
            self._end(queue.resume(self.ledger.store, ended[0].id))
            if self.ledger.store.get(ended[0].id).can_resume:
                break
        self._await_children()
        self.ledger.check()
        shutil.rmtree(self.sources)

    def _kill(self, pid: int) -> bool:
        with suppress(psutil.Error):
            if pid and str(self.home) == psutil.Process(pid).environ().get("TRANSFER_STUDIO_HOME"):
                psutil.Process(pid).kill()
                return True
        return False

    def _await_children(self) -> None:
        """Waits until the children of a killed process have noticed, and ended."""
        self._wait(lambda: not self._others())

    def _others(self) -> list[psutil.Process]:
        found = []
        workers = {run.pid for run in self.ledger.store.unfinished()}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                is_ours = process.environ().get("TRANSFER_STUDIO_HOME") == str(self.home)
                is_worker = process.pid in workers or PROCESS in process.cmdline()
                if is_ours and not is_worker and process.pid != os.getpid():
                    found.append(process)
        return found

    def _wait(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                self.ledger.losses.append(f"something didn't come in {PATIENCE_SECONDS} seconds: {self._others()}")
                return
            time.sleep(0.02)

    @contextmanager
    def _process(self, arguments: list[str], **options: Any) -> Iterator[subprocess.Popen]:
        command = [sys.executable, "-m", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL, **options)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


@contextmanager
def chromium() -> Iterator["Browser | None"]:
    """Yields a browser, or None if there is none."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        print("No Chromium: servers are killed beside runs only.")
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@click.command()
@click.option("--kills", "wanted", default=200, show_default=True, help="How many processes to kill.")
@click.option("--seed", default=0, show_default=True, help="What the moments follow from.")
@click.option("--port", default=8640, show_default=True, help="Where the servers listen.")
def main(wanted: int, seed: int, port: int) -> None:
    """Kills and prints the counts. The exit code is 1 if anything was lost."""
    chance = random.Random(seed)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, chromium() as browser:
        home = Path(folder).resolve() / "home"
        os.environ["TRANSFER_STUDIO_HOME"] = str(home)
        settings.cache_clear()
        kills = Kills(home, chance, port)
        while sum(kills.counts.values()) < wanted:
            draw_lots = chance.random()
            try:
                if draw_lots < WORKERS:
                    kills.kill_worker()
                elif draw_lots < WORKERS + SERVERS:
                    kills.kill_server(browser)
                elif draw_lots < WORKERS + SERVERS + COMMANDS:
                    kills.kill_command()
                else:
                    kills.kill_actor()
            except CoreError as error:
                kills.ledger.losses.append(f"an action was refused: {error}")
        kills.finish()
    print_table(["killed", "at", "times"], [[*key, str(number)] for key, number in sorted(kills.counts.items())])
    print_table(["runs", "times"], [[name, str(number)] for name, number in sorted(kills.outcomes.items())])
    print_table(["left over at the end", "files"], [[n, str(c)] for n, c in kills.ledger.leftovers.items()])
    for loss in kills.ledger.losses:
        print(f"LOST: {loss}")
    print(f"{sum(kills.counts.values())} kills, {len(kills.ledger.losses)} losses, {time.monotonic() - started:.0f} s")
    sys.exit(bool(kills.ledger.losses))


if __name__ == "__main__":
    main()
