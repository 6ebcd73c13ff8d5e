"""What commands say: one JSON object, or one refusal in Chinese; whatever is typed."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli.program import main
from app.core.ids import InstitutionId
from app.core.places import Institution, InstitutionKind
from app.services.demo import cast
from tests.unit.services.desks import Desk, Templates, open_home, photo

ODD = ["", " ", "\0", "😀", "\u202e倒", "a\u0301", "\ud800", "' OR 1=1 --", "长" * 10_000, "-1", "../..", "\n"]


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def result(self) -> Any:
        assert self.code == 0, self.err
        assert self.err == ""
        (line,) = self.out.splitlines()
        said = json.loads(line)
        assert isinstance(said, dict)
        return said

    @property
    def partial(self) -> Any:
        """What was done although something failed: told in full, with exit code 1."""
        assert self.code == 1
        assert self.err == ""
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        assert self.code != 0
        assert self.out == ""
        (line,) = self.err.splitlines()
        said = json.loads(line)
        assert said.keys() == {"code", "params", "message"}
        assert any("\u4e00" <= sign <= "\u9fff" for sign in said["message"])
        assert said["code"] != "program.bug", said
        return str(said["code"])


Run = Callable[..., Said]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Templates, Path]:
    folder = tmp_path_factory.mktemp("cli")
    return Templates(folder), folder


@pytest.fixture
def desk(made: tuple[Templates, Path], tmp_path: Path) -> Desk:
    copied = made[0].copy("visit", tmp_path / "home")
    copied.services.close()
    return copied


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("YANFANG_PIN", cast.SECRET)
    monkeypatch.setenv("YANFANG_NO_KEYRING", "1")

    def call(*words: object, home: Path | None = desk.home) -> Said:
        where = [] if home is None else ["--home", str(home)]
        monkeypatch.setattr(sys, "argv", ["yanfang", *map(str, words), *where, "--json"])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else int(bool(code)), said.out, said.err)

    return call


def number_of(run: Run) -> str:
    return str(run("task", "list").result["tasks"][0]["task"]["number"])


def test_every_command_that_only_looks_gives_one_object(run: Run, desk: Desk) -> None:
    for words in (
        ["task", "list"],
        ["task", "show", desk.tasks[0]],
        ["person", "list"],
        ["institution", "list"],
        ["inspection", "show", desk.inspection],
        ["interview", "list", desk.inspection],
        ["sync", "--status"],
        ["doctor"],
    ):
        assert run(*words).result, words
    for words in (["checklists", "list"], ["checklists", "show", "SGF"], ["checklists", "check"]):
        assert run(*words, home=None).result, words


def test_a_wrong_secret_and_a_missing_one_are_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YANFANG_PIN", "wrong-secret-1")
    assert run("task", "list").refusal == "vault.wrong_secret"
    monkeypatch.delenv("YANFANG_PIN")
    monkeypatch.setattr(sys, "stdin", open("/dev/null") if sys.platform != "win32" else open("NUL"))  # noqa: SIM115
    assert run("task", "list").refusal == "cli.pin_missing"


def test_a_home_without_an_office_is_refused_and_left_empty(run: Run, tmp_path: Path) -> None:
    assert run("task", "list", home=tmp_path / "empty").refusal == "cli.no_office"
    assert run("doctor", home=tmp_path / "empty").refusal == "cli.no_office"


def test_a_second_program_on_the_same_home_is_refused(run: Run, desk: Desk) -> None:
    services = open_home(desk.home)
    services.vault.unlock(cast.SECRET)
    try:
        assert run("task", "list").refusal == "profile.in_use"
    finally:
        services.close()
    assert run("task", "list").result


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_name_finds_nothing_and_breaks_nothing(run: Run, desk: Desk, odd: str) -> None:
    for words in (
        ["task", "show", odd],
        ["inspection", "show", odd],
        ["inspection", "answer", desk.inspection, odd, "符合"],
        ["inspection", "answer", desk.inspection, "SGF-1.01", odd],
        ["interview", "show", odd],
        ["record", "export", odd, "--out", "x.pdf"],
        ["checklists", "show", odd],
        ["inspection", "finding", desk.inspection, "--violation", odd],
    ):
        if words[0] == "checklists":
            assert run(*words, home=None).refusal
        else:
            assert run(*words).refusal, words
    assert run("doctor").result["ok"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_is_kept_as_it_is_or_refused(run: Run, desk: Desk, odd: str) -> None:
    said = run("inspection", "answer", desk.inspection, "SGF-1.01", "符合", f"--note={odd}")
    if said.code == 0:
        assert said.result["note"].strip() in (odd.strip(), "á")
    else:
        assert said.refusal in ("value.invalid", "value.control_character")


@pytest.mark.parametrize("amount", ["-5", "1e5", "12,84", "NaN", "0.001", "", "十元", "9" * 400, "1.2.3", "￥-3"])
def test_what_is_no_amount_is_refused(run: Run, desk: Desk, amount: str) -> None:
    refused = run("inspection", "answer", desk.inspection, "SGF-2.03", "不符合", f"--amount={amount}").refusal
    assert refused == "money.invalid"


@pytest.mark.parametrize(("amount", "kept"), [("1,284.00", "1284.00"), ("￥0.5", "0.50"), ("1.2万元", "12000.00"), ("１２３", "123.00")])
def test_amounts_are_read_as_people_write_them(run: Run, desk: Desk, amount: str, kept: str) -> None:
    assert run("inspection", "answer", desk.inspection, "SGF-2.03", "不符合", f"--amount={amount}").result["amount_cny"] == kept


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["inspection", "answer", "{visit}", "SGF-1.01", "符合", "--count", "-1"], "answer.count"),
        (["inspection", "answer", "{visit}", "SGF-1.01", "符合", "--count", "x"], "cli.usage"),
        (["inspection", "answer", "{visit}", "SGF-1.04", "不符合", "--row", "没有等号"], "cli.row"),
        (["inspection", "answer", "{visit}", "SGF-1.04", "不符合", "--row", "colour=red"], "row.unknown_column"),
        (["inspection", "answer", "{visit}", "SGF-1.04", "大概"], "answer.state"),
        (["inspection", "start", "{task}"], "inspection.running"),
        (["inspection", "start", "{task2}", "--inspector", "程砚秋", "--inspector", "沈既白"], "inspection.licence_invalid"),
        (["inspection", "start", "{task2}", "--inspector", "程砚秋", "--inspector", "许清和"], "inspection.licence_invalid"),
        (["inspection", "start", "{task2}", "--inspector", "程砚秋"], "inspection.two_inspectors"),
        (["inspection", "start", "{task2}", "--inspector", "无此人", "--inspector", "程砚秋"], "person.unknown"),
        (["inspection", "close", "{visit}"], "inspection.unsigned"),
        (["task", "create", "无此机构", "--template", "SGF", "--member", "程砚秋"], "institution.unknown"),
        (["task", "create", "青禾区康宁药房（演练）", "--template", "XXX", "--member", "程砚秋"], "template.unknown"),
        (["task", "create", "青禾区康宁药房（演练）", "--template", "SGF", "--member", "程砚秋", "--due", "2026-02-30"], "cli.date"),
        (["record", "freeze", "{visit2}"], "inspection.unknown"),
        (["record", "export", "{visit}", "--out", "x.pdf"], "document.unknown"),
        (["restore", "/nonexistent/copy.db"], "db.cannot_open"),
        (["restore", "{home}"], "db.cannot_open"),
        (["backup", "--to", "/proc/1/copy.db"], "db.cannot_open"),
        (["enrol", "not a url", "code"], ""),
        (["enrol", "http://127.0.0.1:9", "code"], ""),
        (["enrol", "ftp://127.0.0.1", "code"], ""),
        (["sync"], "sync.not_enrolled"),
        (["no-such-command"], "cli.usage"),
        (["inspection", "show"], "cli.usage"),
        (["task", "list", "--no-such-option"], "cli.usage"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_code(run: Run, desk: Desk, words: list[str], code: str) -> None:
    filled = [
        word.format(visit=desk.inspection, task=desk.tasks[0], task2=desk.tasks[2], visit2=desk.tasks[1], home=desk.home) for word in words
    ]
    refused = run(*filled).refusal
    assert refused == code or (not code and refused)
    assert run("doctor").result["ok"]


def test_a_task_whose_due_day_is_over_is_made_only_when_that_is_meant(run: Run) -> None:
    wanted = ["task", "create", "青禾区康宁药房（演练）", "--template", "SGF", "--member", "程砚秋", "--due", "2020-02-28"]
    assert run(*wanted).refusal == "task.due_past"
    assert run(*wanted, "--past").result["due_on"] == "2020-02-28"


def test_an_answer_that_is_refused_leaves_no_rows_behind(run: Run, desk: Desk) -> None:
    good = "product=加,book=9,counted=1,price=1"
    for words in (
        ["大概", "--row", good],
        ["不符合", "--row", good, "--row", "colour=red"],
        ["不符合", "--row", good, "--count", "-1"],
        ["不符合", "--row", good, "--row", "没有等号"],
    ):
        assert run("inspection", "answer", desk.inspection, "SGF-1.04", "--detail", "改过", *words).refusal
    answer = run("inspection", "show", desk.inspection).result["sheets"][0]["answers"]["SGF-1.04"]
    assert (len(answer["rows"]), answer["state"], answer["detail"][:4]) == (3, "fail", "现场抽盘")


def test_files_that_are_no_files_are_named_and_the_others_taken(run: Run, desk: Desk, tmp_path: Path) -> None:
    good = tmp_path / "好😀.jpg"
    good.write_bytes(photo("好"))
    said = run("inspection", "photo", desk.inspection, good, tmp_path / "missing.jpg", tmp_path).partial["files"]
    assert sorted(one["status"] for one in said) == ["failed", "failed", "ok"]
    looked = run("intake", good, tmp_path / "missing.jpg", home=None).partial["files"]
    assert [one["status"] for one in looked] == ["ok", "failed"]


def test_an_intake_into_a_visit_tells_of_each_file(run: Run, desk: Desk, tmp_path: Path) -> None:
    for number, name in enumerate(("a.jpg", "b.jpg")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "same.jpg").write_bytes(photo(name))
    files = [tmp_path / "0" / "same.jpg", tmp_path / "1" / "same.jpg", tmp_path / "missing.jpg"]
    said = run("intake", *files, "--inspection", desk.inspection).partial["files"]
    assert [one["status"] for one in said] == ["ok", "ok", "failed"]
    assert len({one["sha256"] for one in said if one["sha256"]}) == 2


def test_strokes_that_are_none_are_refused(run: Run, desk: Desk, tmp_path: Path) -> None:
    made = run("interview", "start", desk.inspection, "--subject", "林若溪", "--asker", "程砚秋", "--recorder", "陆知遥").result
    for name in ("licence", "truth", "rights", "addition", "checked"):
        run("interview", "ask", made["id"], name, "是。")
    document = run("interview", "finish", made["id"]).result["id"]
    for content in ("", "{}", "[]", "[[]]", "nonsense", "[[[1,2]]]", '[[["a",2,3,4]]]', "[[[NaN,0.1,0,1],[0.2,0.2,1,1]]]", "null", "3"):
        file = tmp_path / "hand.json"
        file.write_text(content, encoding="utf-8")
        assert run("record", "sign", document, "--strokes", file).refusal in ("cli.strokes", "document.no_strokes")
    assert run("record", "sign", document, "--strokes", tmp_path / "missing.json").refusal == "cli.strokes"
    assert run("record", "sign", document, "--page", "99", "--rehearsal-hand").refusal == "document.page_unknown"


def test_an_institution_is_found_among_hundreds(run: Run, desk: Desk) -> None:
    services = open_home(desk.home)
    services.vault.unlock(cast.SECRET)
    with services.institutions._store.db.write() as unit:
        for number in range(520):
            unit.put("institution", f"i{number}", {"name": f"啊{number:04d}药店", "kind": "pharmacy", "rehearsal": True})
    last = services.institutions.save(Institution(InstitutionId(""), "龘最后的药店", InstitutionKind.PHARMACY)).value
    services.close()
    for name in (last.name, last.id):
        assert run("task", "create", name, "--template", "SGF", "--member", "程砚秋", "--member", "陆知遥").result["number"]
