"""Judge the words: every text in both languages with the same parameters, every raised code with its sentence.

`python -m app.gui.texts.check` prints what is missing and ends with 1 if anything is.
"""

import ast
import pkgutil
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from string import Formatter

from app.gui import messages
from app.gui.texts import LANGUAGES

_CODE = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")
_ROOTS = ("AppError", "Refused", "Unavailable")


def incomplete_texts() -> list[str]:
    """Return what one language has and another lacks, keys and parameters alike."""
    problems: list[str] = []
    loaded = {language: _all_texts(language) for language in LANGUAGES}
    for key in sorted(set().union(*loaded.values())):
        lacking = [language for language in LANGUAGES if key not in loaded[language]]
        problems += [f"{key}: missing in {language}" for language in lacking]
        fields = {
            frozenset(_fields(loaded[language][key])) for language in LANGUAGES if key in loaded[language]
        }
        if len(fields) > 1:
            problems.append(f"{key}: parameters differ between languages")
    return problems


def missing_sentences(sources: Path) -> list[str]:
    """Return the codes raised below a source folder that have no sentence in some language."""
    codes = set(raised_codes(sources))
    return [
        f"{code}: no sentence in {language}"
        for language in LANGUAGES
        for code in sorted(codes - set(messages.catalogue(language)))
    ]


def raised_codes(sources: Path) -> Iterator[str]:
    """Yield every literal code of an error: `Refused("a.b")`, `super().__init__("a.b")` and `code = "a.b"` in a class."""
    trees = [ast.parse(file.read_text("utf-8")) for file in sorted(sources.rglob("*.py"))]
    classes = _error_classes(trees)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in classes:
                yield from _literal_code(node)
            elif isinstance(node, ast.ClassDef):
                yield from _class_code(node)
                if node.name not in classes:
                    continue
                inner = (call for call in ast.walk(node) if isinstance(call, ast.Call))
                for call in inner:
                    if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
                        yield from _literal_code(call)


def _error_classes(trees: list[ast.Module]) -> set[str]:
    """Return the names of AppError and everything that inherits from it, to any depth."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = set(_ROOTS)
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known


def _literal_code(call: ast.Call) -> Iterator[str]:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and _CODE.match(first.value):
        yield first.value


def _class_code(node: ast.ClassDef) -> Iterator[str]:
    for part in node.body:
        if isinstance(part, ast.AnnAssign):
            target: ast.expr = part.target
        elif isinstance(part, ast.Assign):
            target = part.targets[0]
        else:
            continue
        value = part.value.value if isinstance(part.value, ast.Constant) else None
        if (
            isinstance(target, ast.Name)
            and target.id == "code"
            and isinstance(value, str)
            and _CODE.match(value)
        ):
            yield value


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _all_texts(language: str) -> dict[str, str]:
    package = import_module(f"app.gui.texts.{language}")
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(package.__path__):
        content = import_module(f"{package.__name__}.{module.name}")
        for name, text in getattr(content, "TEXTS", {}).items():
            found[f"{module.name}.{name}"] = text
        found.update(getattr(content, "ERRORS", {}))
    return found


def _fields(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def main() -> int:
    """Print every problem."""
    app = Path(__file__).resolve().parents[2]
    problems = incomplete_texts() + missing_sentences(app)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
