"""The product's source as syntax trees: what the tests of this folder look at."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "checklists", "forms", "resources", "sync")


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the product."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    def place(self, node: ast.AST) -> str:
        """Return file and line, as an editor opens them."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"

    def within(self, *places: str) -> bool:
        """Tell whether the module is one of these, or lies below one."""
        return any(self.name == place or self.name.startswith(place + ".") for place in places)


@cache
def modules() -> tuple[Module, ...]:
    return tuple(_read(file) for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))


@cache
def imports(module: Module) -> tuple[tuple[str, ast.stmt], ...]:
    """Return every imported module by its full name, also those imported inside functions."""
    return tuple(_imports(module))


def _imports(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            yield _from(module, node), node


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` of a name or attribute, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (inner := dotted(node.value)):
        return f"{inner}.{node.attr}"
    return ""


def _from(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    above = module.name.split(".")
    base = above[: len(above) - node.level + (1 if module.is_package else 0)]
    return ".".join([*base, node.module] if node.module else base)


def _read(file: Path) -> Module:
    parts = file.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, file, ast.parse(file.read_text("utf-8"), str(file)))
