import csv
import io

from pages.components.shared import tables


def test_no_cell_of_a_table_is_a_formula_for_a_spreadsheet():
    formulas = ['=HYPERLINK("https://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1"]
    content = tables.as_csv({"=File": formulas, "Number": [1, -2.5, None, True, "x"]})
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["'=File", "Number"]
    assert [row[0] for row in rows[1:]] == [f"'{formula}" for formula in formulas]
    assert [row[1] for row in rows[1:]] == ["1", "-2.5", "", "True", "x"]
    assert tables.as_csv({"File": []}).decode("utf-8-sig") == "File\r\n"
