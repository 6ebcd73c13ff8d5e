"""The rehearsal command does the whole main job, and the PDF says what it has to say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.services.demo import cast


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
    receipts = json.loads((tmp_path / "out" / "receipts.json").read_text(encoding="utf-8"))
    assert [(one["lines"], one["files"]) for one in receipts] == [
        (one["receipted"], one["files_receipted"]) for one in receipts
    ]
