"""The settings and environment that a run's process inherits from the process that starts it."""

import os
from dataclasses import replace

from core.processes.process import child_environment
from core.runs.records.store import RunStore
from core.settings import Settings, settings

LOG_NAME = "log.txt"
# The main module of a worker, and the argument that makes it a warm one.
PROCESS = "core.runs.process"
WARM = "--warm"


def settings_for(store: RunStore) -> Settings:
    """Returns this process's settings with the data home of the store."""
    return replace(settings(), home=store.home)


def worker_environment(store: RunStore) -> dict[str, str]:
    """Returns the environment variables of a process that works on the store's runs."""
    # Paths are made absolute, because the worker starts in the project's folder.
    ours = settings_for(store)
    fixed = {"TRANSFER_STUDIO_HOME": str(ours.home), "TRANSFER_STUDIO_SLOTS": str(ours.slots), "PYTHONUNBUFFERED": "1"}
    if ours.weights_folder:
        fixed["TRANSFER_STUDIO_WEIGHTS"] = str(ours.weights_folder)
    defaults = {}
    if ours.slots > 1:
        threads = str(max(1, (os.cpu_count() or 1) // ours.slots))
        defaults = {"TF_NUM_INTRAOP_THREADS": threads, "OMP_NUM_THREADS": threads}
    return child_environment(fixed, defaults)
