"""Write docs/cli.md from the commands themselves: `.venv/bin/python docs/make_cli.py`."""

import subprocess
import sys
from pathlib import Path

_HEAD = """# Command line

Generated from the commands by `docs/make_cli.py`; do not edit.

Every command takes `--json` (one JSON object on standard output; refusals as `{"code", "params", "message"}` on
standard error with exit code 1, wrong usage with exit code 2). Commands about an office take `--home DIR`, and the
environment variable `YANFANG_PIN` unlocks it.
"""

_RUN = "from resources.help_words import speak_chinese; from typer.cli import main; speak_chinese(); main()"


def text() -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for module, name in (("app.cli.program", "yanfang"), ("sync.server.cli", "yanfang-server")):
        made = subprocess.run(
            [sys.executable, "-c", _RUN, module, "utils", "docs", "--name", name],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env=None,
        )
        parts.append(made.stdout.strip().replace("\n#", "\n##").replace(f"# `{name}`", f"## `{name}`", 1) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(text(), encoding="utf-8", newline="\n")
