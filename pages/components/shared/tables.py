"""Tables, and the file that each can be taken home as.

Streamlit's own download of a table is turned off (`client.disableDataExport`): it writes cells as they are, and a
spreadsheet would take a file called `=HYPERLINK(...)` for a formula.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.datasets.layouts.label_tables import as_cell

Columns = Mapping[str, Sequence[object]]


def show(columns: Columns, alt: str, file_name: str = "", csv_key: str = "", **more: Any) -> Any:
    """Draws a table, and a button for its file where it has a name for one.

    Args:
        columns: values by the column's title.
        alt: what it shows, for people who hear the page.
        file_name: of the CSV; empty for none.
        csv_key: of the button, where there is more than one such table on the page.
        more: as `st.dataframe` takes it.

    Returns:
        What `st.dataframe` returns.
    """
    table = st.dataframe(columns, hide_index=True, alt=alt, **more)
    if file_name:
        st.download_button(
            "Download as CSV",
            lambda: as_csv(columns),
            file_name=file_name,
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
            key=f"csv_{csv_key}_{file_name}",
        )
    return table


def as_csv(columns: Columns) -> bytes:
    """Returns a table as spreadsheets open it; no cell of it begins like a formula."""
    return rows_as_csv([list(columns), *zip(*columns.values(), strict=True)])


def rows_as_csv(rows: Sequence[Sequence[object]]) -> bytes:
    """Returns lines of cells as spreadsheets open them; no text in them begins like a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([[as_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")
