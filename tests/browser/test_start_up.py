import time
from pathlib import Path

from core.config.training_config import TrainingConfig
from core.runs import queue
from core.runs.records import database
from core.runs.records.rows import seal
from core.runs.records.store import RunStatus, RunStore
from core.settings import Settings
from core.wording.failures import failure
from tests.browser.conftest import end_server, start_server, wait_until


def test_the_server_reconciles_runs_before_any_page_is_opened(tmp_path: Path):
    store = RunStore(Settings(tmp_path / "home").database)
    run = store.create("d", "Textures", TrainingConfig())
    store.claim(1)
    with database.writing(store.path) as connection:
        lost = time.time() - queue.START_SECONDS - 1
        connection.execute("UPDATE runs SET started = ? WHERE id = ?", (lost, run.id))
        seal(connection, run.id)
    server = start_server(tmp_path / "home")
    try:
        wait_until(lambda: store.get(run.id).status == RunStatus.FAILED)
        assert "never started" in failure(store.get(run.id).failure)
    finally:
        end_server(server)
