"""The whole main job by commands alone, each a process of its own, against a real server."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from app.cli.program import main
from tests.unit.services.desks import HAND, open_home, photo
from tests.unit.sync.kit import ServerProcess

PIN = "yanlian-246810"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "server")
    yield process
    process.kill()


class Shell:
    """Runs `yanfang` over one home: in a process of its own, or here, which costs a tenth."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self._capsys, self._monkeypatch = home, capsys, monkeypatch
        monkeypatch.setenv("YANFANG_PIN", PIN)
        monkeypatch.setenv("YANFANG_NO_KEYRING", "1")

    def process(self, *words: object, fails: str = "") -> dict[str, Any]:
        command = [sys.executable, "-m", "app", *map(str, words), "--home", str(self.home), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        return _checked(done.returncode, done.stdout, done.stderr, fails)

    def __call__(self, *words: object, fails: str = "") -> dict[str, Any]:
        self._monkeypatch.setattr(sys, "argv", ["yanfang", *map(str, words), "--home", str(self.home), "--json"])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        return _checked(int(ended.value.code or 0), said.out, said.err, fails)


def _checked(code: int, out: str, err: str, fails: str) -> dict[str, Any]:
    if fails:
        assert (code, out) == (1, "")
        refused = json.loads(err)
        assert refused.keys() == {"code", "params", "message"}
        assert refused["code"] == fails
        assert any("\u4e00" <= sign <= "\u9fff" for sign in refused["message"])
        return dict(refused)
    assert code == 0, err
    assert len(out.splitlines()) == 1
    said = json.loads(out)
    assert isinstance(said, dict)
    return said


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
    office.vault.setup("云栖市青禾区医疗保障局（演练）", "程砚秋", "演练001", PIN, True, code="990199")
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
