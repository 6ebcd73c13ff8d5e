"""Each library has one door, and chance and time have theirs: everything else gets them as arguments."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from tests.arch.source import PACKAGES, ROOT, Module, dotted, imports, modules

DOORS = {
    "PySide6": ("app.gui",),
    "qtawesome": ("app.gui",),
    "pyqtgraph": ("app.gui.widgets.charts",),
    "segno": ("app.gui", "forms.kit.qr", "sync.server.admin.pictures"),
    "sqlalchemy": ("app.db", "sync.server"),
    "sqlcipher3": ("app.db", "sync.server"),
    "alembic": ("app.db", "sync.server.db"),
    "boto3": ("sync.server.store.s3",),
    "prometheus_client": ("sync.server.ops.metrics",),
    "psycopg": ("sync.server.db.postgres",),
    "reportlab": ("forms.kit", "forms.render"),
    "PIL": ("app.media",),
    "pillow_heif": ("app.media",),
    "pypdfium2": ("app.media",),
    "pypinyin": ("app.services.initials",),
    "keyring": ("app.settings.secrets",),
    "argon2": ("app.settings.key_slots",),
    "pyhanko": ("forms.pades", "sync.server.ca"),
    "asn1crypto": ("forms.pades", "sync.server.ca"),
    "pkcs11": ("forms.pades.keys", "forms.pades.signing"),
    "cryptography": ("app.settings", "app.media", "forms.pades", "resources.verify", "sync.protocol", "sync.server"),
    "yaml": ("checklists.loader",),
    "httpcore": ("sync.client.carrier",),
    "starlette": ("sync.server",),
    "jinja2": ("sync.server.admin",),
    "uvicorn": ("sync.server",),
    "msgspec": ("sync.protocol",),
    "nacl": ("sync.protocol.chain",),
    "orjson": ("sync.protocol",),
    "zstandard": ("sync.protocol",),
    "zxingcpp": ("app.media.codes",),
    "typer": ("app.cli", "sync.server", "resources.help_words"),
    "python_calamine": ("app.sheets.workbook",),
    "xlsxwriter": ("app.sheets.writing", "app.services.selfcheck.form_writing"),
}
SHIPPED_WITH = {"shiboken6": "PySide6", "botocore": "boto3", "markupsafe": "jinja2", "pyhanko_certvalidator": "pyhanko"}
DISTRIBUTION_OF = {
    "PySide6": "PySide6-Essentials",
    "PIL": "pillow",
    "python_calamine": "python-calamine",
    "xlsxwriter": "XlsxWriter",
    "yaml": "PyYAML",
    "argon2": "argon2-cffi",
    "nacl": "PyNaCl",
    "pkcs11": "python-pkcs11",
    "pillow_heif": "pillow-heif",
    "prometheus_client": "prometheus-client",
    "zxingcpp": "zxing-cpp",
}
CHANCE = {"random", "secrets", "uuid"}
CHANCE_DOORS = ("app.core.ids", "sync.server.world")
CLOCKS = {
    "time": {
        "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "gmtime",
        "localtime",
    },
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "os": {"urandom", "getrandom"},
}  # fmt: skip
CLOCK_DOORS = ("app.core.clock", *CHANCE_DOORS)
# They run or load what a file says: nothing of the kind may read what came from outside.
LOADED_GUNS = {"pickle", "marshal", "shelve", "dill", "xmlrpc", "imp", "ctypes"}
# Calls of the system that Python does not offer.
GUN_DOORS = {
    "ctypes": ("app.media", "app.settings", "app.gui.run", "app.gui.screens.sync.packets_places", "sync.heap")
}


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_is_imported_behind_its_door_only(library: str) -> None:
    outside = [
        module.place(node)
        for module in modules()
        for name, node in imports(module)
        if _top(name) == library and not module.within(*DOORS[library])
    ]
    assert outside == []


def test_no_library_comes_in_without_a_door() -> None:
    unknown = {
        _top(name): module.place(node)
        for module in modules()
        for name, node in imports(module)
        if _top(name) not in sys.stdlib_module_names and _top(name) not in (*PACKAGES, *DOORS)
    }
    assert unknown == {}


def test_what_is_imported_is_what_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    declared = {re.split(r"[\[>]", one)[0].strip().lower() for one in project["dependencies"] + extras}
    imported = {_top(name) for module in modules() for name, _ in imports(module)}
    needed = {DISTRIBUTION_OF.get(library, library).lower() for library in DOORS if library in imported}
    if any(name.startswith("PySide6.QtMultimedia") for module in modules() for name, _ in imports(module)):
        needed.add("pyside6-addons")
    assert needed == declared


def test_screens_reach_for_services_core_and_templates_alone() -> None:
    open_to_screens = ("app.gui", "app.services", "app.core", "checklists", "resources")
    beyond = [
        f"{module.place(node)} {name}"
        for module in modules()
        if module.within("app.gui")
        for name, node in imports(module)
        if _top(name) in PACKAGES and name != "app" and not any((name + ".").startswith(one + ".") for one in open_to_screens)
    ]
    assert beyond == []


def test_core_needs_the_standard_library_alone() -> None:
    foreign = [
        f"{module.place(node)} {name}"
        for module in modules()
        if module.within("app.core")
        for name, node in imports(module)
        if _top(name) not in sys.stdlib_module_names and not (name + ".").startswith("app.core.")
    ]
    assert foreign == []


def test_chance_has_its_own_rooms() -> None:
    outside = [
        module.place(node)
        for module in modules()
        if not module.within(*CHANCE_DOORS)
        for name, node in imports(module)
        if _top(name) in CHANCE
    ]
    assert outside == []


def test_nobody_looks_at_the_clock_or_throws_dice_by_himself() -> None:
    outside = [
        f"{module.place(node)} {dotted(node.func)}"
        for module in modules()
        if not module.within(*CLOCK_DOORS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _reads_the_world(node, module)
    ]
    assert outside == []


def test_nothing_that_runs_its_input_is_imported() -> None:
    outside = [
        f"{module.place(node)} {name}"
        for module in modules()
        for name, node in imports(module)
        if _top(name) in LOADED_GUNS and not module.within(*GUN_DOORS.get(_top(name), ()))
    ]
    calls = [
        module.place(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) in ("eval", "exec", "os.system", "os.popen")
    ]
    assert outside + calls == []


def test_the_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def _top(name: str) -> str:
    top = name.partition(".")[0]
    return SHIPPED_WITH.get(top, top)


def _reads_the_world(call: ast.Call, module: Module) -> bool:
    owner, _, method = dotted(call.func).rpartition(".")
    if not owner:
        # `from time import monotonic`: the import is what counts, unless it comes from the clock's own room.
        return any(
            isinstance(node, ast.ImportFrom)
            and method in CLOCKS.get(node.module or "", ())
            and method in {alias.asname or alias.name for alias in node.names}
            for node in module.tree.body
        )
    return method in CLOCKS.get(owner.rpartition(".")[2], ())
