"""Notices shown on every page until the user dismisses them: that lost runs were recovered."""

import streamlit as st

from core.errors import CoreError
from core.runs.records.store import RunStore
from core.wording.rebuilds import rebuild
from pages.components import wording


def show(store: RunStore) -> None:
    """Draws what was done to recover runs."""
    rebuilds = store.rebuilds(in_terminal=False)
    for done in rebuilds:
        st.warning(wording.plain(rebuild(done)), icon=":material/healing:")
    # Where the list couldn't be rebuilt for good, the notice can't be recorded as read either.
    if any(not done.hindrance for done in rebuilds):
        st.button("Got it", key="rebuild_read", icon=":material/check:", on_click=_note_read, args=(store,))


def _note_read(store: RunStore) -> None:
    try:
        store.note_rebuilds_told(in_terminal=False)
    except CoreError as error:
        st.toast(wording.plain(str(error)), icon=":material/error:")
