"""Names from users only reach Streamlit's Markdown through `wording.plain`, checked by reading the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import ROOT

PAGES = sorted(ROOT.glob("pages/**/*.py"))
# Functions that take Markdown, and the arguments of others that do.
MARKDOWN = {
    *("markdown", "caption", "title", "header", "subheader", "info", "error", "warning", "success", "toast", "badge"),
    *("button", "download_button", "link_button", "page_link", "form_submit_button", "expander", "spinner", "progress"),
    *("metric", "toggle", "checkbox", "slider", "number_input", "text_input", "selectbox", "multiselect", "pills"),
    *("segmented_control", "file_uploader", "camera_input", "radio", "tabs", "popover", "status", "write", "dialog"),
}
ARGUMENTS = {"help", "caption", "label", "body", "text", "title"}
WIDGETS = {"selectbox", "multiselect", "pills", "segmented_control", "slider", "number_input", "text_input", "toggle"}
WIDGETS |= {"file_uploader", "camera_input", "checkbox", "radio"}
# Names in this code that hold texts from users and errors.
FROM_PEOPLE = {"name", "path", "error", "detail", "reason", "class_name", "class_names", "true_class", "dataset_name"}
FROM_PEOPLE |= {"notes", "note", "skipped", "file_name", "label"}
# Labels of networks, samples and recipes are the studio's own.
OWN = {"backbone.label", "sample.label"}
SAFE = {"plain", "whole", "count", "label", "len"}


def is_safe(node: ast.AST) -> bool:
    """Whether the value of an expression is the studio's own text, whatever goes into it."""
    if isinstance(node, ast.Call):
        function = node.func
        return (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")) in SAFE or (
            isinstance(function, ast.Attribute) and ast.unparse(function.value).rpartition(".")[2].isupper()
        )
    # A value from a table of words.
    return isinstance(node, ast.Subscript) and ast.unparse(node.value).rpartition(".")[2].isupper()


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """Yields an expression and its parts, except what a function makes safe and what is iterated over."""
    if is_safe(node):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from () if isinstance(child, ast.comprehension) else parts_of(child)


def unsafe(node: ast.AST) -> list[str]:
    found = []
    for part in parts_of(node):
        is_named = isinstance(part, ast.Attribute) and part.attr in FROM_PEOPLE
        # A variable called `label` is the label of a widget.
        is_named |= isinstance(part, ast.Name) and part.id in FROM_PEOPLE - {"label"}
        if is_named and ast.unparse(part) not in OWN:
            found.append(ast.unparse(part))
    return found


def markdown_of(call: ast.Call) -> list[ast.AST]:
    """Returns the arguments of a call that Streamlit takes for Markdown."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in MARKDOWN and name != "image":
        return []
    first = call.args[:1] if name != "image" else []
    if name == "progress":
        first = call.args[1:2]
    return [*first, *(keyword.value for keyword in call.keywords if keyword.arg in ARGUMENTS)]


def calls_of(path: Path) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_and_errors_are_escaped_before_they_are_markdown(path):
    for call in calls_of(path):
        for argument in markdown_of(call):
            assert unsafe(argument) == [], f"{path}:{call.lineno}: {ast.unparse(argument)}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_labels_of_widgets_contain_nothing_from_users(path):
    """They are Markdown and, for screen readers, plain text: no escaping suits both."""
    for call in calls_of(path):
        if isinstance(call.func, ast.Attribute) and call.func.attr in WIDGETS and call.args:
            assert "plain" not in ast.unparse(call.args[0]), f"{path}:{call.lineno}"


def test_the_check_finds_a_violation():
    for text in ('st.caption(f"{run.name}")', 'left.button("x", help=str(error))', 'st.progress(0.5, f"{job.label}")'):
        assert [unsafe(part) for part in markdown_of(ast.parse(text).body[0].value)] not in ([], [[]])
    for text in ('st.caption(f"{wording.plain(run.name)}")', "st.caption(wording.count(3, name))", 'st.text("x")'):
        assert all(unsafe(part) == [] for part in markdown_of(ast.parse(text).body[0].value))
