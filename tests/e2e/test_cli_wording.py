"""Whoever writes a province's words is told what is wrong with them, and what holds on a day."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.program import main
from forms.editions import DATA

Run = Callable[..., tuple[int, str, str]]
SHIPPED = DATA / "provinces" / "21.toml"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yanfang", "wording", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def test_what_is_shipped_is_in_order(run: Run) -> None:
    assert run("check", SHIPPED) == (0, "已检查 1 个文件，没有问题\n", "")


def test_a_fault_is_told_with_its_place_in_chinese(run: Run, tmp_path: Path) -> None:
    wrong, missing = tmp_path / "21.toml", tmp_path / "none.toml"
    wrong.write_text(SHIPPED.read_text("utf-8").replace('id = "preservation"', 'id = "preservatio"'), "utf-8")
    code, out, _ = run("check", wrong, missing)
    assert code == 1
    assert out.splitlines() == [
        f"{wrong}：figure[1] 没有这个名称，可能写错了 preservatio",
        f"{missing}： 不是 UTF-8 编码的 TOML 文件",
    ]
    code, out, _ = run("check", wrong, "--json")
    assert json.loads(out)["faults"][0] == {
        "file": str(wrong), "place": "figure[1]", "reason": "unknown", "value": "preservatio",
    }  # fmt: skip


def test_the_words_of_a_day_and_province_are_shown(run: Run) -> None:
    code, out, _ = run("show", "preservation_decision", "--on", "2026-04-10", "--region", "210100")
    assert code == 0
    assert out.splitlines()[0] == "证据先行登记保存决定书"
    assert "本机关将在7日内作出处理决定" in out
    assert "本机关将在7个工作日内" in run("show", "preservation_decision", "--on", "2026-04-10")[1]


def test_a_day_before_the_law_and_a_paper_that_is_none_are_refused_in_chinese(run: Run) -> None:
    assert run("show", "penalty_decision", "--on", "2020-01-01")[2] == (
        "2020-01-01 这一天“《中华人民共和国行政处罚法》第六十七条”还没有施行或者已经失效，不能按该日期办理，请核对日期。\n"
    )
    assert run("show", "penalty", "--on", "2026-01-01")[2] == "没有这种文书：penalty\n"
