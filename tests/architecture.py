"""The rules of the architecture. `python -m tests.architecture` prints the folders and their imports."""

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.project import ROOT

HEAVY = {"tensorflow", "keras"}
# Importing them takes most of a second, so only code that needs them may do it.
SLOW = {"scipy", "sklearn", "fairlearn"}
STANDARD_ONLY = ("config", "errors", "hosts", "settings", "backbones", "events", "progress", "wording")
STARTERS = {"Popen", "check_call", "check_output", "fork"}
STARTING_MODULE = "core/processes/process.py"
MOST_LINES = 400
MOST_FILES = 14
TOP_LEVEL = {"requirements.txt", "README.md", "app.py", "pages", "core", "tests"}
# What no module in each of these folders may import.
FORBIDDEN = {
    "core": ("streamlit", "plotly", "pages"),
    "core/nn": ("core.runs", "core.datasets.store", "core.processes"),
    "core/datasets": ("core.nn", "core.runs", "core.processes"),
    "core/files": ("core.datasets", "core.nn", "core.runs", "core.processes"),
    "core/images": ("core.datasets", "core.nn", "core.runs", "core.processes"),
}


class House:
    """The source of a project, module by module.

    Args:
        root: the project's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources = sorted([*root.glob("core/**/*.py"), *root.glob("pages/**/*.py"), *root.glob("app.py")])
        self.trees = {path: ast.parse(path.read_text()) for path in self.sources}
        self.modules = {self.name(path): path for path in self.sources}

    def name(self, path: Path) -> str:
        """Returns a module's dotted name."""
        parts = path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def room(self, path: Path) -> str:
        """Returns the folder of a module. A main program counts as a folder of its own, above all others."""
        own = path.relative_to(self.root)
        return str(own if own.name == "__main__.py" else own.parent).replace("\\", "/")

    def has_code(self, path: Path) -> bool:
        """Returns whether a file defines a function or a class."""
        return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(self.trees[path]))

    def imported(self, path: Path, everywhere: bool = True) -> set[str]:
        """Returns the full names of what a file imports; only at its top level unless `everywhere`."""
        names: set[str] = set()
        for node in ast.walk(self.trees[path]) if everywhere else self.trees[path].body:
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
        return names

    def packages(self, path: Path) -> set[str]:
        """Returns the outermost packages that a file imports from."""
        return {name.split(".")[0] for name in self.imported(path)}

    def own_imports(self, path: Path, everywhere: bool = True) -> set[Path]:
        """Returns the modules of the project that a file imports, without packages whose modules are imported."""
        names = self.imported(path, everywhere)
        meant = {
            name for name in names if not any(other.startswith(f"{name}.") and other in self.modules for other in names)
        }
        return {self.modules[name] for name in meant if name in self.modules} - {path}

    def rooms(self) -> dict[str, set[str]]:
        """Returns, for each folder, those that it imports from."""
        graph: defaultdict[str, set[str]] = defaultdict(set)
        for path in self.sources:
            graph[self.room(path)] |= {self.room(other) for other in self.own_imports(path)} - {self.room(path)}
        return dict(graph)


def circles(house: House) -> Iterator[str]:
    """The graph of folders has no cycles."""
    try:
        TopologicalSorter(house.rooms()).prepare()
    except CycleError as error:
        yield " <- ".join(error.args[1])


def heavy_imports(house: House) -> Iterator[str]:
    """Only `core/nn` imports TensorFlow and Keras."""
    for path in house.sources:
        if house.root / "core" / "nn" not in path.parents and house.packages(path) & HEAVY:
            yield house.name(path)


def heavy_pages(house: House) -> Iterator[str]:
    """The top-level imports of pages and the command line never lead to slow packages; those inside functions may."""
    waiting = [path for path in house.sources if house.room(path).split("/")[0] != "core" or path.stem == "__main__"]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += house.own_imports(path, everywhere=False)
            if {name.split(".")[0] for name in house.imported(path, everywhere=False)} & (HEAVY | SLOW):
                yield house.name(path)


def forbidden_imports(house: House) -> Iterator[str]:
    """Folders import downwards."""
    for path in house.sources:
        for room, forbidden in FORBIDDEN.items():
            if house.root / room in path.parents:
                for name in house.imported(path):
                    if any(name == other or name.startswith(f"{other}.") for other in forbidden):
                        yield f"{house.name(path)} imports {name}"


def foundations(house: House) -> Iterator[str]:
    """The foundations use the standard library only."""
    for name in STANDARD_ONLY:
        for path in house.sources:
            own = path.relative_to(house.root / "core") if path.is_relative_to(house.root / "core") else None
            if own and name in (own.stem if len(own.parts) == 1 else own.parts[0],):
                for package in house.packages(path) - set(sys.stdlib_module_names) - {"core"}:
                    yield f"{house.name(path)} imports {package}"


def other_starters(house: House) -> Iterator[str]:
    """Only one module starts child processes, so that what they all need is handled in one place."""
    for path in house.sources:
        called = {
            getattr(node.func, "attr", getattr(node.func, "id", ""))
            for node in ast.walk(house.trees[path])
            if isinstance(node, ast.Call)
        }
        if called & STARTERS and path != house.root / STARTING_MODULE:
            yield house.name(path)


def relative_imports(house: House) -> Iterator[str]:
    """Imports are absolute, so that each line says where it leads."""
    for path in house.sources:
        if any(name.startswith(".") for name in house.imported(path)):
            yield house.name(path)


def long_files(house: House) -> Iterator[str]:
    """A file that needs a table of contents is two files."""
    for path in house.sources:
        if (lines := len(path.read_text().splitlines())) > MOST_LINES:
            yield f"{house.name(path)} has {lines} lines"


def full_rooms(house: House) -> Iterator[str]:
    """A folder holds what one person can keep in mind."""
    files = (path for room in ("core", "pages") for path in (house.root / room).rglob("*") if path.is_file())
    counts = Counter(str(path.parent.relative_to(house.root)) for path in files if path.suffix != ".pyc")
    for folder, count in counts.items():
        if count > MOST_FILES:
            yield f"{folder} holds {count} files"


def rooms_without_purpose(house: House) -> Iterator[str]:
    """The first line of a folder's `__init__.py` says what it is for."""
    for folder in {path.parent for path in house.sources if house.room(path) not in (".", "pages", "pages/components")}:
        path = folder / "__init__.py"
        needed = house.room(folder / "x.py").startswith("core") or path.exists()
        if needed and not (path in house.trees and ast.get_docstring(house.trees[path])):
            yield house.room(folder / "x.py")


def names_of_packages(house: House) -> Iterator[str]:
    """Streamlit runs a page under its file's name, which must not hide a module of the standard library."""
    for path in house.root.glob("pages/*.py"):
        if path.stem in sys.stdlib_module_names:
            yield path.name


def modules_without_tests(house: House) -> Iterator[str]:
    """Tests mirror the source: each module of core has a test file of its name in the folder of the same name.

    Modules that only name things, without a function or a class, have nothing to test.
    """
    for path in house.sources:
        if house.root / "core" not in path.parents or path.name == "__init__.py":
            continue
        module = path.relative_to(house.root).with_suffix("")
        name = module.with_name(f"test_{path.stem.strip('_')}.py")
        if house.has_code(path) and not (house.root / "tests" / name).is_file():
            yield f"{house.name(path)} has no tests in tests/{name.as_posix()}"


def foreign_top_level(house: House) -> Iterator[str]:
    """The top level is the user's and fixed."""
    top = {path.name for path in house.root.iterdir() if not path.name.startswith(".")}
    yield from sorted(top - TOP_LEVEL - {"__pycache__"})


RULES: tuple[Callable[[House], Iterator[str]], ...] = (
    circles,
    heavy_imports,
    heavy_pages,
    forbidden_imports,
    foundations,
    other_starters,
    relative_imports,
    long_files,
    full_rooms,
    rooms_without_purpose,
    names_of_packages,
    modules_without_tests,
    foreign_top_level,
)


def draw(house: House) -> None:
    """Prints each folder, lowest first, with the number of its files and what it imports from."""
    graph = house.rooms()
    for room in TopologicalSorter(graph).static_order():
        files = sum(house.room(path) == room for path in house.sources)
        print(f"{room} ({files}) -> {', '.join(sorted(graph.get(room, ()))) or 'nothing'}")


if __name__ == "__main__":
    draw(House(ROOT))
