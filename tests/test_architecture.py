"""The drawing and the code cannot part: which module may import which, and which one opens the door to a dependency."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT

PACKAGE = ROOT / "src" / "mandate_graph"

# docs/architecture.md draws this table. A module imports from lower layers only; inside one layer only what `BESIDE` names.
LAYERS = [
    {"version", "failures", "errors", "model", "records"},
    {"alike", "house", "iris", "engine", "exchange", "child", "spilled"},
    {"terms", "authorities", "interop", "containers", "store", "remote", "crew"},
    {"sources", "citator", "decided", "sssom", "worker", "cluster"},
    {"parse"},
    {"resolve"},
    {"graph", "write", "shacl", "glance"},
    {"report", "tables", "sparql", "outputs", "promises"},
    {"readers", "selection", "parquet"},
    {"dataset"},
    {"assembly"},
    {"pipeline", "validating"},
    {"score", "intake", "cited", "drafts", "gold", "push", "lookup", "link"},
    {"reconcile", "publish"},
    {"serve"},
    {"cli", "__init__", "__main__"},
]
BESIDE = {("model", "records"), ("errors", "model"), ("errors", "failures"), ("cli", "__init__"), ("__main__", "cli")}
# A dependency has one door; who wants it goes through.
DOORS = {
    "pyoxigraph": {"engine", "engine.files", "engine.loading", "engine.rdfxml", "engine.sending"},
    "ahocorasick_rs": {"citator.automaton"},
    "pyshacl": {"shacl.reference"},
    "rdflib": {"interop", "shacl.reference"},
    "oxrdflib": {"interop"},
    "SPARQLWrapper": {"remote"},
    "rich": {"cli.console", "cli.watching"},
    "selectolax": {"containers.html"},
    "markdown_it": {"containers.markdown"},
    "docx": {"containers.word"},
    "pypdfium2": {"containers.pdf"},
    "pandas": {"sparql.result"},
    "pyarrow": {"parquet"},
    "rapidfuzz": {"alike"},
    "numpy": {"resolve.shared_runs"},
    "jinja2": {"publish.layouts"},
    "uvicorn": {"serve.listening"},
    "markupsafe": {"publish.markup"},
    "distributed": {"cluster"},
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "base", "manager", "services"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name.removesuffix(".__init__"), path


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module, and whether the import stands at the top of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(
        ast.walk(
            ast.Module(body=[node for node in tree.body if not isinstance(node, ast.FunctionDef)], type_ignores=[])
        )
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node in top
            if node.module == "mandate_graph":
                yield from ((f"mandate_graph.{alias.name}", node in top) for alias in node.names)


def layer(room: str) -> int:
    return next(place for place, rooms in enumerate(LAYERS) if room in rooms)


def test_every_module_has_a_layer() -> None:
    rooms = {name.split(".")[0] for name, _ in modules()}
    assert rooms == set().union(*LAYERS)


def test_imports_go_down() -> None:
    wrong = []
    for name, path in modules():
        room = name.split(".")[0]
        for imported, _ in imports(path):
            if not imported.startswith("mandate_graph."):
                continue
            other = imported.split(".")[1]
            allowed = other == room or layer(other) < layer(room) or (room, other) in BESIDE
            # The package's face names what it offers, lazily; nothing imports it back but the version.
            if not allowed and room != "__init__":
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_every_dependency_has_its_door() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, path in modules()
        for imported, _ in imports(path)
        if (package := imported.split(".")[0]) not in sys.stdlib_module_names | {"mandate_graph"}
        and name not in DOORS.get(package, set())
        and not (package in {"rdflib", "pandas"} and _only_for_types(path, imported))
    ]
    assert wrong == []


def _only_for_types(path: Path, imported: str) -> bool:
    """Whether a module is imported under ``if TYPE_CHECKING`` alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in node.body
        if isinstance(inner, ast.Import)
        for alias in inner.names
    }
    return imported in guarded and sum(name == imported for name, _ in imports(path)) == 1


def test_no_module_is_a_drawer() -> None:
    assert [name for name, _ in modules() if FORBIDDEN_NAMES & set(name.split("."))] == []


def test_modules_stay_small() -> None:
    """Four hundred and fifty lines is where a module is split."""
    assert [name for name, path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > 450] == []


def test_architecture_page_names_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = set().union(*LAYERS) - {"__init__", "__main__"}
    assert [room for room in sorted(rooms) if f"`{room}" not in page] == []
