"""The studio as started by `streamlit run app.py`, but reading data sets and runs, and each answer, is slow.

So a press is still being worked on when the parts of the page that poll ask to be drawn, as on a busy machine.
"""

import functools
import sys
import time
from collections.abc import Callable
from typing import Any

from streamlit.web.cli import main

from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from pages.components.background.background_cache import BackgroundCache

LOOK_SECONDS = 0.2
# Loading a model and measuring a forecast take longer than pressing a button.
ANSWER_SECONDS = 3.0


def delayed(method: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    @functools.wraps(method)
    def wait_first(*args: Any, **kwargs: Any) -> Any:
        time.sleep(seconds)
        return method(*args, **kwargs)

    return wait_first


if __name__ == "__main__":
    for store, name in ((DatasetStore, "list"), (RunStore, "list"), (RunStore, "get"), (RunStore, "create")):
        setattr(store, name, delayed(getattr(store, name), LOOK_SECONDS))
    BackgroundCache._find_answer = delayed(BackgroundCache._find_answer, ANSWER_SECONDS)
    sys.argv = ["streamlit", "run", "app.py", *sys.argv[1:]]
    main()
