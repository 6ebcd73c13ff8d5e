import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_cli.py"))["text"]()
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == made
