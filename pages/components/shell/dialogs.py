"""Confirmation dialogs before permanent changes.

Their buttons are plain: dialogs are drawn outside the app's container, where the page's style for primary buttons
doesn't apply.
"""

from collections.abc import Callable

import streamlit as st

from pages.components.shell import session

NAME_LENGTH = 100


def rename(name: str, save: Callable[[str], object]) -> None:
    """Asks for another name.

    Args:
        name: the current one.
        save: called with the new one; may raise a `CoreError`, which is shown.
    """

    @st.dialog("Rename")
    def ask() -> None:
        with st.form("rename_form", border=False):
            new_name = st.text_input("Name", name, max_chars=NAME_LENGTH)
            pressed = st.form_submit_button("Save", icon=":material/check:")
        if pressed:
            with session.errors_shown():
                save(new_name)
                st.rerun()

    ask()


def refuse(title: str, words: str) -> None:
    """Says why something can't be done now.

    Args:
        title: of the dialog.
        words: the reason, as Markdown.
    """

    @st.dialog(title)
    def tell() -> None:
        st.markdown(words)
        if st.button("Close"):
            st.rerun()

    tell()


def delete(what: str, remove: Callable[[], object], consequences: str = "") -> None:
    """Asks before something is deleted.

    Args:
        what: Markdown that follows "This deletes".
        remove: deletes it; may raise a `CoreError`, which is shown.
        consequences: Markdown that says what this means for others that need it.
    """

    @st.dialog("Delete")
    def ask() -> None:
        st.markdown(f"This deletes {what}. It can't be undone.")
        if consequences:
            st.markdown(consequences)
        with st.container(horizontal=True):
            sure = st.button(":red[Delete for good]", icon=":material/delete:")
            if st.button("Keep"):
                st.rerun()
        if sure:
            with session.errors_shown():
                remove()
                st.rerun()

    ask()


def discard(what: str, forget: Callable[[], None]) -> None:
    """Asks before decisions are discarded.

    Args:
        what: Markdown that follows "This discards".
        forget: discards them, and shows the error if that fails.
    """

    @st.dialog("Discard")
    def ask() -> None:
        st.markdown(f"This discards {what}. The pictures stay as they are.")
        with st.container(horizontal=True):
            sure = st.button(":red[Discard them]", icon=":material/delete:", on_click=forget)
            if st.button("Keep them") or sure:
                st.rerun()

    ask()
