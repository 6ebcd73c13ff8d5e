"""What the server's own commands refuse before they begin."""

import subprocess
import sys
from pathlib import Path

import pytest

from sync.server import errors
from tests.unit.sync.kit import ROOT
from tests.unit.sync.test_sync_tls import make_certificate
from tests.unit.sync.town import Town


def serve(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sync.server.cli", "serve", "--data", str(folder / "data"), "--port", "0", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_a_server_with_a_certificate_that_it_cannot_use_says_so_and_does_not_begin(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    _, foreign = make_certificate(other)
    for key in (tmp_path / "nowhere.pem", foreign):
        ended = serve(tmp_path, "--tls-cert", str(certificate), "--tls-key", str(key))
        assert ended.returncode == 1
        assert ended.stdout == ""
        assert ended.stderr.startswith("证书 ")
        assert str(key) in ended.stderr
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("option", ["--files-per-day", "--files-unfinished"])
def test_a_limit_that_the_largest_file_would_meet_is_not_taken(tmp_path: Path, option: str) -> None:
    ended = serve(tmp_path, option, "4")
    assert ended.returncode == 2
    assert option in ended.stderr


def test_a_code_for_a_scope_that_no_record_has_is_not_handed_out(tmp_path: Path) -> None:
    town = Town(tmp_path / "data")
    try:
        for scope in ("610102", "s:", "office", "z:610102", "*610102"):
            with pytest.raises(errors.BadScope):
                town.office.devices.issue_code("u", ("s:610102", scope), 60_000)
        for scope in ("s:610102", "s:*", "*", "x:2026-03", "s:gap-*"):
            assert town.office.devices.issue_code("u", (scope,), 60_000).grants == (scope,)
    finally:
        town.close()
