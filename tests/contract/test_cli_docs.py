import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_cli.py"))["text"]()
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == made


def test_what_a_file_of_strokes_holds_is_said() -> None:
    assert "每点四个数：x、y、毫秒、压力" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
