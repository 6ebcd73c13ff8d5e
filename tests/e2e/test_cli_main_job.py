"""The whole main job by commands alone, each a process of its own, against a real server."""

import json
from pathlib import Path

import pypdfium2
import pytest

from app.services.demo import cast
from tests.e2e.shell import Shell
from tests.unit.services.desks import HAND, open_home, photo
from tests.unit.sync.kit import ServerProcess


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "home", capsys, monkeypatch)


def test_an_office_is_made_once_by_a_real_process_and_opens_with_its_secret(run: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("init", "--office", "云栖市青禾区医疗保障局（演练）", "--person", "程砚秋", "--licence", "演练001", "--rehearsal")
    assert len(run.process(*words)["recovery_key"]) > 40
    run.process(*words, fails="vault.exists")
    assert run.process("person", "list")
    monkeypatch.setenv("YANFANG_PIN", "wrong-secret-1")
    run.process("person", "list", fails="vault.wrong_secret")


def test_a_pharmacy_is_checked_signed_exported_and_synced_by_commands_alone(
    run: Shell, server: ServerProcess, tmp_path: Path
) -> None:
    office = open_home(run.home)  # with a cheap key: `init` itself is tried above
    office.vault.setup("云栖市青禾区医疗保障局（演练）", "程砚秋", "演练001", cast.SECRET, True, code="990199")
    office.close()
    run("person", "add", "陆知遥", "--licence", "演练002")
    run("institution", "add", "青禾区百草堂大药房（演练）", "--kind", "pharmacy", "--address", "春晓路3号")
    task = run("task", "create", "青禾区百草堂大药房（演练）", "--template", "SGF", "--member", "程砚秋", "--member", "陆知遥")
    number = task["number"]
    visit = run("inspection", "start", number, "--party", "周其真", "--post", "店长", "--licence-shown", "--recusal", "不申请")
    run("inspection", "answer", number, "SGF-1.04", "不符合", "--detail", "账实不符",
        "--row", "product=阿莫西林,book=120,counted=96,price=15.50")  # fmt: skip
    (tmp_path / "shelf.jpg").write_bytes(photo("货架"))
    taken = run("inspection", "photo", number, tmp_path / "shelf.jpg", "--item", "SGF-1.04", "--caption", "库房货架")
    assert [one["status"] for one in taken["files"]] == ["ok"]
    finding = run("inspection", "finding", number, "--item", "SGF-1.04", "--opinion", "agree")
    assert finding["amount_cny"] == "372.00"
    run("record", "sign", number, "--role", "party", fails="document.blocked")
    asked = run("interview", "start", number, "--subject", "周其真", "--asker", "程砚秋", "--recorder", "陆知遥")
    run("inspection", "close", number, fails="inspection.unsigned")
    for name in ("licence", "truth", "rights", "addition", "checked"):
        run("interview", "ask", asked["id"], name, "听明白了，与我说的一致。")
    talk = run("interview", "finish", asked["id"])
    run("record", "sign", talk["id"], "--rehearsal-hand")
    (stops,) = [one for one in run("inspection", "show", number)["blockers"] if one["severity"] == "block"]
    run("inspection", "answer", number, stops["item"], "不适用", "--note", "无此业务")
    (tmp_path / "hand.json").write_text(json.dumps(HAND), encoding="utf-8")
    run("record", "sign", number, "--role", "party", "--strokes", tmp_path / "hand.json")
    signed = run("record", "sign", number, "--rehearsal-hand")
    assert signed["next_role"] is None
    run("record", "export", number, "--out", tmp_path / "record.pdf")
    run("inspection", "answer", number, "SGF-1.01", "符合", fails="record.locked")
    run("enrol", server.url, server.code())
    synced = run("sync")
    assert (synced["status"]["pending"], synced["status"]["files_pending"]) == (0, 0)
    assert [(one["lines"], one["files"]) for one in synced["receipts"]] == [
        (one["receipted"], one["files_receipted"]) for one in synced["receipts"]
    ]
    run("inspection", "close", number)
    backup = run("backup", "--to", tmp_path / "copy.db")
    assert backup["is_verified"] is True
    run("restore", tmp_path / "copy.db")
    assert run("doctor")["ok"] is True
    view = run("inspection", "show", visit["inspection"])
    assert (view["state"], view["amount_cny"]) == ("closed", "372.00")
    pdf = pypdfium2.PdfDocument(tmp_path / "record.pdf")
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in pdf)
    pdf.close()
    for part in ("青禾区百草堂大药房（演练）", "SGF-1.04", "372.00", "演练001", "演练002", "询问笔录"):
        assert part in text
