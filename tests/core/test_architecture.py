"""The rules of the house that an import can break, held by reading the source."""

import ast
import sys
from pathlib import Path

import pytest

from tests.project import ROOT

STANDARD_ONLY = ("config", "errors", "hosts", "settings", "backbones", "events", "progress")
HEAVY = {"tensorflow", "keras"}
SOURCES = sorted([*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"])


def imported(path: Path, everywhere: bool = True) -> set[str]:
    """Returns the full names of the modules that a file imports."""
    names: set[str] = set()
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def test_there_is_something_to_look_at():
    assert len(SOURCES) > 30


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_room_of_networks_imports_tensorflow(path):
    if ROOT / "core" / "nn" not in path.parents:
        assert not packages(path) & HEAVY


def test_core_knows_nothing_of_pages():
    for path in ROOT.glob("core/**/*.py"):
        assert not packages(path) & {"streamlit", "pages", "plotly"}, path


def test_networks_know_nothing_of_runs():
    for path in ROOT.glob("core/nn/**/*.py"):
        assert not any(name.startswith("core.runs") for name in imported(path)), path


def test_foundations_use_the_standard_library_only():
    for name in STANDARD_ONLY:
        for path in [*ROOT.glob(f"core/{name}.py"), *ROOT.glob(f"core/{name}/**/*.py")]:
            assert packages(path) <= set(sys.stdlib_module_names) | {"core"}, path


def test_what_pages_import_never_leads_to_tensorflow():
    """Follows the imports of the pages through `core`, those inside functions left out as they load later."""
    waiting = [ROOT / "app.py", *ROOT.glob("pages/**/*.py")]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        names = imported(path, everywhere=False)
        assert not {name.split(".")[0] for name in names} & HEAVY, path
        for name in names:
            module = ROOT / Path(*name.split("."))
            waiting += [found for found in (module.with_suffix(".py"), module / "__init__.py") if found.is_file()]
    assert ROOT / "core" / "processes" / "inference_client.py" in seen


def test_no_file_is_named_like_a_package():
    for path in ROOT.glob("pages/*.py"):
        assert path.stem not in sys.stdlib_module_names


def test_files_have_one_purpose():
    for path in SOURCES:
        assert len(path.read_text().splitlines()) <= 400, f"{path} needs a table of contents: make it two files"


def test_the_top_level_is_fixed():
    top = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert top - {"__pycache__"} <= {"requirements.txt", "README.md", "app.py", "pages", "core", "tests"}
