"""What can be done with a data set as a whole, in one menu: rename, download, delete."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.store.versions import children
from pages.components import wording
from pages.components.dataset import dataset_views, downloads
from pages.components.shell import dialogs, session

RENAME, DOWNLOAD, DELETE = "rename", "download", "delete"
LABELS = {
    RENAME: ":material/edit: Rename",
    DOWNLOAD: ":material/folder_zip: Download as zip",
    DELETE: ":material/delete: Delete",
}


def show(dataset: DatasetIndex) -> None:
    """Draws the menu."""
    chosen = st.menu_button("More", list(LABELS), key="dataset_menu", format_func=LABELS.__getitem__)
    if chosen == RENAME:
        dialogs.rename(dataset.name, lambda name: session.dataset_store().rename(dataset.id, name))
    elif chosen == DOWNLOAD:
        downloads.pack(dataset)
    elif chosen == DELETE:
        _ask_to_delete(dataset)


def _ask_to_delete(dataset: DatasetIndex) -> None:
    name = wording.plain(dataset.name)
    if dataset_views.is_in_use(dataset):
        dialogs.refuse("Delete", f"**{name}** can't be deleted now. {dataset_views.IN_USE}")
        return
    dialogs.delete(
        f"the data set {name} with {wording.count(len(dataset.samples), 'picture')}",
        lambda: _delete(dataset),
        consequences(dataset),
    )


def consequences(dataset: DatasetIndex) -> str:
    """Returns what deleting a data set means for the runs that use it and for its versions; empty if nothing."""
    num_runs = sum(run.dataset_id == dataset.id for run in session.run_store().list())
    num_versions = len(children(session.dataset_store(), dataset))
    sentences = []
    if num_runs == 1:
        sentences.append(
            "1 run uses it. It keeps its model and numbers, and loses pictures of mistakes and held-out pictures."
        )
    elif num_runs:
        sentences.append(
            f"{num_runs:,} runs use it. They keep their models and numbers, and lose pictures of mistakes and held-out "
            "pictures."
        )
    if num_versions == 1:
        sentences.append("1 version was made from it. It stays as it is.")
    elif num_versions:
        sentences.append(f"{num_versions:,} versions were made from it. They stay as they are.")
    return " ".join(sentences)


def _delete(dataset: DatasetIndex) -> None:
    if dataset_views.delete(dataset):
        session.leave_dataset()
