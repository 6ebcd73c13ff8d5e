"""Take the pictures of the README and the guides from the real program: a rehearsal office, the real window, a real server.

    .venv/bin/python docs/images/take.py [--only NAME | --set NAME] [--out DIR] [--size 1190x696] [--scale 1.5] [--theme dark]

The clock of program and server stands at one moment, so that dates, deadlines and times are the same in each run; ids
and hashes are not.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from staging import Clock, Studio, serve  # noqa: E402

SETS = ("week", "members", "tasks", "plans", "coverage", "draw", "selfcheck", "admin")


def main() -> None:
    """Take all pictures, or those asked for; each set in a process of its own."""
    wish = _arguments()
    os.environ.setdefault("YANFANG_NO_KEYRING", "1")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if wish.serve:
        serve(wish.serve)
        return
    wish.out.mkdir(parents=True, exist_ok=True)
    if wish.set or wish.only:
        _take(wish, _module(wish))
        return
    for name in SETS:
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--set", name], check=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="one picture")
    parser.add_argument("--set", default="", choices=("", *SETS), help="the pictures of one set")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--size", type=_size, default=(1366, 768))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--language", default="zh_cn")
    parser.add_argument("--all", action="store_true", help="the pages that no guide shows, too")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _module(wish: argparse.Namespace) -> ModuleType:
    if wish.set:
        return import_module(f"scenes.{wish.set}")
    for name in SETS:
        found = import_module(f"scenes.{name}")
        if wish.only in (*found.PICTURES, *getattr(found, "IN_NO_GUIDE", ())):
            return found
    sys.exit(f"there is no picture {wish.only}")


def _take(wish: argparse.Namespace, scenes: ModuleType) -> None:
    clock = Clock()
    import app.core.clock
    import app.services.sync_schedule

    app.core.clock.now = clock
    app.services.sync_schedule.BEGIN_S = 86_400.0  # the pictures show what waits, not a run that happens to be under way
    with tempfile.TemporaryDirectory() as folder:
        scenes.take(Studio(wish, Path(folder), clock))


if __name__ == "__main__":
    main()
