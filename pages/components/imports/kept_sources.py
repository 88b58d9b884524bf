"""The sources of imports that can still be read in another way, shared by all sessions."""

import threading
from pathlib import Path

import streamlit as st

from core.settings import settings
from pages.components.imports.source_imports import SourceImport

# Each takes up as much disk space again as its pictures.
MOST_KEPT = 4


class KeptSources:
    """Sources by the id of the data set made from them. Thread-safe."""

    def __init__(self) -> None:
        self._sources: dict[str, SourceImport] = {}
        self._lock = threading.Lock()

    def keep(self, dataset_id: str, source: SourceImport) -> None:
        """Keeps the source of a data set, replacing an earlier one. The oldest is dropped if there are too many."""
        with self._lock:
            outdated = [key for key, other in self._sources.items() if other is source or key == dataset_id]
            let_go = [self._sources.pop(key) for key in outdated]
            self._sources[dataset_id] = source
            while len(self._sources) > MOST_KEPT:
                let_go.append(self._sources.pop(next(iter(self._sources))))
        for other in let_go:
            if other is not source:
                other.discard()

    def get(self, dataset_id: str) -> SourceImport | None:
        """Returns the source of a data set, None if it is gone."""
        source = self._sources.get(dataset_id)
        return source if source is not None and source.is_there() else None

    def let_go(self, dataset_id: str) -> None:
        """Releases the source of a data set, which won't be read in another way."""
        with self._lock:
            source = self._sources.pop(dataset_id, None)
        if source is not None:
            source.discard()


# The data home is part of the cache's key, so that two homes in one process (tests) never mix.
@st.cache_resource(show_spinner=False)
def _kept_sources(home: Path) -> KeptSources:
    return KeptSources()


def kept_sources() -> KeptSources:
    """Returns the sources that this server keeps."""
    return _kept_sources(settings().home)
