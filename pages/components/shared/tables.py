"""Tables, each with a CSV file to download.

Streamlit's own download of a table is turned off (`client.disableDataExport`): it writes cells unescaped, and a
spreadsheet would run a file name such as `=HYPERLINK(...)` as a formula.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.datasets.tables.cells import as_cell

Columns = Mapping[str, Sequence[object]]


def show(columns: Columns, alt: str, file_name: str = "", csv_key: str = "", **more: Any) -> Any:
    """Draws a table and, if it has a file name, a button to download it.

    Args:
        columns: values by column title.
        alt: what it shows, for screen readers.
        file_name: of the CSV file; empty for none.
        csv_key: of the button, if there is more than one such table on the page.
        more: further arguments for `st.dataframe`.

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
    """Returns a table as CSV for spreadsheets; no cell begins like a formula."""
    return rows_as_csv([list(columns), *zip(*columns.values(), strict=True)])


def rows_as_csv(rows: Sequence[Sequence[object]]) -> bytes:
    """Returns rows of cells as CSV for spreadsheets; no text begins like a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([[as_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")
