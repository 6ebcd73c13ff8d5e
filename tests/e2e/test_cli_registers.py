"""A register from the command line: looked at, brought in, mended, decided, undone and given out."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.program import main
from app.services.demo import cast
from app.sheets.reading import read_book
from tests.unit.services.desks import Templates

Run = Callable[..., Any]


@pytest.fixture
def run(
    templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    home = tmp_path / "home"
    templates.copy("office", home).services.close()
    monkeypatch.setenv("YANFANG_PIN", cast.SECRET)
    monkeypatch.setenv("YANFANG_NO_KEYRING", "1")

    def call(*words: object, fails: bool = False) -> Any:
        monkeypatch.setattr(sys, "argv", ["yanfang", "registers", *map(str, words), "--home", str(home), "--json"])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert bool(ended.value.code) is fails, said.err
        return json.loads(said.err if fails else said.out)

    return call


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("offices"))


def test_a_register_goes_in_and_out_by_commands(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "名录.csv"
    file.write_bytes("甲,乙,丙\r\n康宁诊所,正岔街道1号,一级\r\n,正岔街道2号,\r\n合计,1,\r\n".encode("gb18030"))
    columns = tmp_path / "列.json"
    columns.write_text(json.dumps({"header": 1, "fields": {"甲": "name", "B": "address", "2": "level"}}), "utf-8")
    told = ("import", file, "--kind", "institutions", "--map", columns, "--source", "医保局名册", "--on", "2026-11-01")
    dry = run(*told, "--dry-run")
    assert (dry["batch"], dry["rejected_file"]) == ("", None)
    done = run(*told)
    assert (done["read"], done["imported"], done["merged"]) == (3, 1, 0)
    assert done["rejected"] == [
        {"row": 3, "code": "import.name_missing", "reason": "缺少名称（姓名）。"},
        {"row": 4, "code": "import.total_row", "reason": "合计行，不是机构或人员。"},
    ]
    mended = tmp_path / "名录-待修改.xlsx"
    assert done["rejected_file"] == str(mended)
    assert read_book(mended).sheets[0].rows[1] == ["", "正岔街道2号", "", "3", "缺少名称（姓名）。"]

    file.write_text("机构名称,地址,机构等级\n康宁诊所,正岔街道1号,二级\n", "utf-8")
    assert run("look", file)["rows"] == 1
    assert run("import", file, "--kind", "institutions")["conflicts"] == 1
    (conflict,) = run("conflicts")["conflicts"]
    assert (conflict["standing"], conflict["standing_source"], conflict["fact"]["value"]) == ("一级", "医保局名册", "二级")
    assert run("decide", conflict["fact"]["id"], "--take")["state"] == "taken"
    out = tmp_path / "导出.xlsx"
    rows = run("export", out)["rows"]
    assert len(read_book(out).sheets[0].rows) == rows + 1

    batches = run("batches")["batches"]
    assert [one["imported"] for one in batches] == [0, 1]
    assert run("undo", done["batch"])["kept"] != []  # its level was decided since
    assert run("undo", done["batch"], fails=True)["code"] == "import.undone"


def test_what_cannot_be_read_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"PK\x03\x04nothing")
    assert run("import", file, "--kind", "experts", fails=True)["code"] == "sheet.unreadable"
    file.write_text("甲,乙\n1,2\n", "utf-8")
    assert run("import", file, "--kind", "experts", fails=True)["code"] == "import.no_name_column"


def test_an_import_is_told_although_the_rejected_rows_could_not_be_written(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "名录.csv"
    file.write_text("机构名称,地址\n康宁诊所,正岔街道1号\n,正岔街道2号\n", "utf-8")
    done = run("import", file, "--kind", "institutions", "--rejected", tmp_path / "none" / "x.xlsx")
    assert (done["imported"], len(done["rejected"]), done["rejected_file"]) == (1, 1, None)
    assert done["warnings"][0]["code"] == "sheet.not_written"
