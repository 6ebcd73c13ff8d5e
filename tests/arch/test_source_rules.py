"""House rules that no linter knows."""

import ast
from collections.abc import Iterator

from tests.arch.source import ROOT, Module, dotted, modules

CATCHES_ALL = {
    "app/gui/runner.py",
    "app/gui/run.py",
    "sync/server/app.py",
    "app/cli/program.py",
}
# One window and one command line per process speak one language; `set_language` is the only writer.
PROCESS_WIDE = {("app.gui.texts", "_Choice")}
CROSSING = ("app.core", "app.services", "checklists.schema", "forms.model", "forms.render", "sync.protocol")
CONTAINERS = {"list", "dict", "set", "deque", "defaultdict", "OrderedDict", "Counter", "bytearray"}
MUTATORS = {
    "append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "add", "discard",
    "appendleft", "popleft", "sort", "reverse",
}  # fmt: skip


def test_only_the_outermost_doors_catch_everything() -> None:
    assert [place for module in modules() for place in _broad_handlers(module)] == []


def test_nothing_is_remembered_in_a_module() -> None:
    """A container bound at the top of a module is a table to read; what changes belongs to an object."""
    assert [place for module in modules() for place in _module_state(module)] == []


def test_what_crosses_a_border_is_frozen_and_slotted() -> None:
    soft = [
        f"{module.place(node)} {node.name}"
        for module in modules()
        if module.within(*CROSSING)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name[0] != "_" and any(map(_is_soft, node.decorator_list))
    ]
    assert soft == []


def test_every_module_says_what_it_is() -> None:
    silent = [module.place(module.tree) for module in modules() if not ast.get_docstring(module.tree)]
    assert silent == []


def test_nobody_prints_but_the_command_lines() -> None:
    speaking = [
        module.place(node)
        for module in modules()
        if not module.within("app.cli", "sync.server.cli", "sync.server.terminal", "app.__main__", "resources.verify")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) in ("print", "pprint")
    ]
    assert speaking == []


def test_the_product_does_not_know_its_tests() -> None:
    knowing = [
        module.place(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        if name.partition(".")[0] in ("tests", "bench", "pytest")
    ]
    assert knowing == []


def _broad_handlers(module: Module) -> Iterator[str]:
    if module.path.relative_to(ROOT).as_posix() in CATCHES_ALL:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not _raises_again(node):
            yield module.place(node)
        if isinstance(node, ast.Call) and dotted(node.func).endswith("suppress") and any(map(_is_broad, node.args)):
            yield module.place(node)


def _is_broad(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(map(_is_broad, kind.elts))
    return kind is None or dotted(kind) in ("Exception", "BaseException")


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Tidying up and going on failing swallows nothing."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def _is_soft(decorator: ast.expr) -> bool:
    call = decorator if isinstance(decorator, ast.Call) else None
    if dotted(call.func if call else decorator).rpartition(".")[2] != "dataclass":
        return False
    given = {one.arg for one in call.keywords if isinstance(one.value, ast.Constant) and one.value.value} if call else set()
    return not {"frozen", "slots"} <= given


def _module_state(module: Module) -> Iterator[str]:
    containers = {name for name, value in _bound(module.tree) if _is_container(value)}
    classes = {node.name for node in module.tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Global):
            yield f"{module.place(node)} global {', '.join(node.names)}"
    for function in (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
        own = _own_names(function)
        for node in ast.walk(function):
            for name in _changed(node):
                if name in containers - own or (name in classes and (module.name, name) not in PROCESS_WIDE):
                    yield f"{module.place(node)} {name}"


def _bound(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                yield target.id, node.value


def _is_container(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return dotted(value.func).rpartition(".")[2] in CONTAINERS
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    args = function.args
    named = {one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return named | stored


def _changed(node: ast.AST) -> Iterator[str]:
    """Yield the names whose content a statement changes: `x[k] = v`, `x.attr = v`, `del x[k]`, `x.append(v)`."""
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        yield dotted(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        yield dotted(node.func.value)
