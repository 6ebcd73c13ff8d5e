import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_cli.py"))["text"]()
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == made


def test_what_a_file_of_strokes_holds_is_said() -> None:
    assert "每点四个数：x、y、毫秒、压力" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("program", "words"),
    [("app.cli", ["draw", "verify"]), ("app.cli", ["plan"]), ("sync.server.cli", []), ("sync.server.cli", ["serve"])],
)
def test_help_is_chinese_to_its_headings(program: str, words: list[str]) -> None:
    run = f"from {program} import main; main()"
    said = subprocess.run([sys.executable, "-c", run, *words, "--help"], capture_output=True, check=True, encoding="utf-8").stdout
    assert all(one in said for one in ("用法：", "─ 选项 ─", "显示本说明后退出"))
    assert re.findall(r"Usage|Options|OPTIONS|Arguments|Commands|COMMAND|Show this|required|default|env var", said) == []
