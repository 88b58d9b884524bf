"""What people are told on every page until they say that they have read it: that lost runs came back."""

import streamlit as st

from core.errors import CoreError
from core.runs.records.store import RunStore
from core.wording.rebuilds import rebuild
from pages.components import wording


def show(store: RunStore) -> None:
    """Draws what was done to bring runs back."""
    rebuilds = store.rebuilds(in_terminal=False)
    for done in rebuilds:
        st.warning(wording.plain(rebuild(done)), icon=":material/healing:")
    # What can't be mended for good can't be noted as read either.
    if any(not done.hindrance for done in rebuilds):
        st.button("Got it", key="rebuild_read", icon=":material/check:", on_click=_note_read, args=(store,))


def _note_read(store: RunStore) -> None:
    try:
        store.note_rebuilds_told(in_terminal=False)
    except CoreError as error:
        st.toast(wording.plain(str(error)), icon=":material/error:")
