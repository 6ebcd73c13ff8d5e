"""What a process does not load that does not need it: opening, saving, syncing and serving stay small."""

import os
import subprocess
import sys
from pathlib import Path

from tests.arch.source import ROOT

# Each takes one to sixteen MiB and is loaded where it is first used.
LAPTOP = (
    "PIL", "PySide6", "alembic", "asn1crypto", "httpx", "keyring", "pydantic", "pyhanko", "pypdfium2", "pypinyin", "python_calamine",
    "reportlab", "rich", "segno", "xlsxwriter", "zxingcpp",
)  # fmt: skip
SERVER = ("alembic", "asn1crypto", "boto3", "httpx", "jinja2", "psycopg", "pydantic", "pyhanko", "rich", "segno")

_OPEN_AND_SAVE = """
from app.bootstrap import open_services
from app.services.demo import cast
from app.settings.key_slots import Argon2, Costs

cheap = Costs(Argon2(64, 1, 1), Argon2(64, 1, 1))
services = open_services(home, environ={"YANFANG_NO_KEYRING": "1"}, costs=cheap)
first = cast.PEOPLE[0]
services.vault.setup(cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE)
services.office.get()
services.sync.status()
services.close()
"""
_SERVE = """
from sync.server import cli
from sync.server.app import make_app, open_office
from sync.server.world import real_world

office = open_office(home, real_world())
make_app(office, home / "ca")
office.database.close()
cli.cli(["status", "--data", str(home)], standalone_mode=False)
"""


def test_opening_and_saving_load_nothing_that_prints_draws_or_reads_workbooks(tmp_path: Path) -> None:
    assert _loaded(_OPEN_AND_SAVE, LAPTOP, tmp_path / "home") == []


def test_a_server_of_one_office_loads_nothing_for_pages_certificates_and_other_databases(tmp_path: Path) -> None:
    assert _loaded(_SERVE, SERVER, tmp_path) == []


def _loaded(work: str, names: tuple[str, ...], home: Path) -> list[str]:
    """Let a fresh process do some work; return which of the modules it has loaded."""
    begin, end = "import sys\nfrom pathlib import Path\nhome = Path(sys.argv[1])", "print('loaded', *sys.modules)"
    command = [sys.executable, "-c", f"{begin}\n{work}\n{end}", str(home)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "sqlalchemy" in loaded
    return sorted(loaded.intersection(names))
