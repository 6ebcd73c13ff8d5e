"""The rehearsal command does the whole main job, and the PDF says what it has to say."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

import resources
from app.services.demo import cast
from tests.e2e.admin_stage import browser, chromium


def _accepted_and_refused(said: dict[str, str], folder: Path) -> None:
    """Require that all three verifiers accept the case, and that each refuses it after one flipped bit, for the right reason."""
    keys, case, changed = Path(said["keys"]), Path(said["case"]), folder / "changed.yfcase.zip"
    with zipfile.ZipFile(case) as archive:
        photo = next(one for one in archive.infolist() if one.filename.startswith("证据/"))
    raw = bytearray(case.read_bytes())
    raw[photo.header_offset + 30 + len(photo.filename.encode()) + 5000] ^= 1
    changed.write_bytes(raw)
    for command in (["-m", "app", "verify"], ["-I", str(resources.path("verify/yanfang_verify.py"))]):
        for file, status, words in ((case, 0, "✓ 相符"), (changed, 1, "证据原件被改动")):
            done = subprocess.run(
                [sys.executable, *command, str(file), "--keys", str(keys)], capture_output=True, encoding="utf-8", check=False
            )
            assert (done.returncode, words in done.stdout) == (status, True), done.stdout + done.stderr
    path = chromium()
    if path is None:
        return
    with browser(path) as opened:
        page = opened.new_page()
        for file, words in ((case, "✓ 相符"), (changed, "证据原件被改动")):
            page.goto(resources.path("verify/verify.html").as_uri())
            page.locator("summary").click()
            page.fill("#keys", keys.read_text("utf-8"))
            page.set_input_files("#files", str(file))
            page.wait_for_selector("body[data-state=done]")
            assert words in page.inner_text("#found")


@pytest.mark.timeout(240)
def test_the_rehearsal_leaves_a_signed_pdf_that_names_everything_and_a_server_that_has_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--out", str(tmp_path / "out"), "--json"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "YANFANG_NO_KEYRING": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    text = "".join(page.extract_text() for page in PdfReader(said["pdf"]).pages).replace("\n", "")
    for word in (
        "青禾区百草堂大药房",
        "SGF-1.04", "SGF-2.03", "SGF-3.01",
        "904.40", "386.40", "1,290.80",
        cast.PEOPLE[0].licence_no, cast.PEOPLE[1].licence_no,
        "询问笔录", "违规事实确认书", "证据清单", "演练",
    ):  # fmt: skip
        assert word in text, word
    assert (said["pending"], said["files_pending"]) == (0, 0)
    assert said["files_received"] == said["files_sent"] > 0
    copy = tmp_path / "out" / "record-from-second-laptop.pdf"
    assert copy.read_bytes() == Path(said["pdf"]).read_bytes()
    _accepted_and_refused(said, tmp_path)
    receipts = json.loads((tmp_path / "out" / "receipts.json").read_text(encoding="utf-8"))
    assert [(one["lines"], one["files"]) for one in receipts] == [
        (one["receipted"], one["files_receipted"]) for one in receipts
    ]
