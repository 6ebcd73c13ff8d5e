"""A command line that is wrong is answered in Chinese, whatever the library says."""

import json
import sys
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from typer.exceptions import TyperException

from app.cli import program
from app.cli.program import cli
from app.cli.usage import reason
from app.gui import messages


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["foo"], "没有“foo”这个命令。写法见 yanfang --help"),
        (["draw", "verify"], "缺少 sheet。写法见 yanfang draw verify --help"),
        (["draw", "verify", "a", "b", "c"], "多出了“b c”。写法见 yanfang draw verify --help"),
        (["draw", "freeze"], "缺少 --plan。写法见 yanfang draw freeze --help"),
        (["draw", "--reserve", "x"], "--reserve 应是数字。写法见 yanfang draw --help"),
        (["draw", "--reserve"], "选项 --reserve 后面缺少内容。"),
        (["draw", "verify", "--jso"], "没有“--jso”这个选项。是不是 --json？写法见 yanfang draw verify --help"),
        (["draw", "verify", "a", "--json=1"], "选项 --json 不带内容。"),
        (["wording", "show", "x", "--on", "abc"], "--on 的“abc”不是日期，请写成 2026-01-31。写法见 yanfang wording show --help"),
        (["registers", "import", "无此文件.xlsx"], "file 的“无此文件.xlsx”不存在。写法见 yanfang registers import --help"),
        (["verify", "无此文件.pdf"], "files 的“无此文件.pdf”不存在。写法见 yanfang verify --help"),
        (["draw", "--plan", "."], "--plan 的“.”是文件夹，应是文件。写法见 yanfang draw --help"),
    ],
)
def test_wrong_usage_is_said_in_chinese(words: list[str], said: str) -> None:
    with pytest.raises(TyperException) as refused:
        cli(words, standalone_mode=False)
    assert reason(refused.value) == said


def test_a_value_that_is_none_of_the_choices_is_told_with_them() -> None:
    with pytest.raises(TyperException) as refused:
        cli(["registers", "import", __file__, "--kind", "foo"], standalone_mode=False)
    assert "--kind 不能是“foo”，只能是 institutions、inspectors、experts。" in reason(refused.value)


def test_a_number_out_of_its_range_is_told_with_the_range() -> None:
    with pytest.raises(TyperException) as refused:
        cli(["draw", "--reserve", "-1"], standalone_mode=False)
    assert "--reserve 不能" in reason(refused.value)
    assert "Invalid" not in reason(refused.value)


@pytest.mark.parametrize("params", [None, ("姓名",), {"name": "姓名"}])
def test_an_error_of_the_database_is_a_bug_and_tells_nothing_of_the_rows(
    params: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(**_options: object) -> None:
        raise OperationalError("SELECT 1", params, Exception("locked"))

    monkeypatch.setattr(program, "cli", fails)
    monkeypatch.setattr(sys, "argv", ["yanfang", "doctor", "--json"])
    with pytest.raises(SystemExit) as ended:
        program.main()
    said = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (ended.value.code, said["code"], said["params"]) == (1, messages.BUG, {"kind": "OperationalError"})
    assert messages.sentence(OperationalError("SELECT 1", params, Exception("locked"))) == said["message"]
