"""Measure, print one table, and write docs/performance.md: `python -m bench`."""

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bench import machine, report
from bench.method import Section

MEASURED = (
    "saving", "opening", "printing", "intake", "starting", "blocking", "syncing", "beside", "files", "ingest", "signing_pdf", "importing",
    "counting", "searching",
)  # fmt: skip
ON_REQUEST = ("devices", "sync_memory")  # minutes long, and no comparison
_ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure what is asked for; only a whole run rewrites the page. With `--strict` a missed goal ends it with code 1."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    asked = _arguments()
    names = tuple(asked.only or MEASURED)
    # Not the system's temporary folder: that may lie in memory, where nothing costs what it costs on a disk.
    build = asked.dir or _ROOT / "build"
    build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix="bench-") as folder:
        found = f"{machine.line(Path(folder))}; {machine.load()} when it began"
        sections = [_measured(name, Path(folder) / name) for name in names]
    rows = [row for section in sections for row in section.rows]
    print(found)
    print(report.table(rows))
    for section in sections:
        print(*section.notes, sep="\n")
    if names == MEASURED:
        report.write(_ROOT / "docs" / "performance.md", report.page(sections, found, dt.date.today()))
    sys.exit(1 if asked.strict and any("missed" in row.verdict for row in rows) else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Compare the program with its goals.")
    parser.add_argument(
        "--only", action="append", choices=MEASURED + ON_REQUEST, help="measure this alone; may be repeated"
    )
    parser.add_argument("--dir", type=Path, help="folder on the disk to measure on (build/)")
    parser.add_argument("--strict", action="store_true", help="end with code 1 where a goal was missed")
    return parser.parse_args()


def _measured(name: str, folder: Path) -> Section:
    folder.mkdir()
    start = time.perf_counter()
    print(f"… {name}", file=sys.stderr, flush=True)
    measure: Callable[[Path], Section] = import_module(f"bench.{name}").measure
    section = measure(folder)
    print(f"  {time.perf_counter() - start:.0f} s, {machine.load()}", file=sys.stderr, flush=True)
    return section


if __name__ == "__main__":
    main()
