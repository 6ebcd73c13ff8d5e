"""Take the pictures of the administrators' page from a real server in a real Chromium.

    .venv/bin/python docs/images/take_admin.py [--out DIR]
"""

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Name of the picture, page, in dark colours.
PICTURES = (
    ("admin-overview", "", False),
    ("admin-devices", "/devices", False),
    ("admin-approve", "/devices/{asking}/approve", False),
    ("admin-person", "/people/liqiang", False),
    ("admin-quarantine", "/quarantine", False),
    ("admin-line", "/quarantine/line/{line}", False),
    ("admin-overview-dark", "", True),
)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    out: Path = parser.parse_args().out
    sys.path.insert(0, str(ROOT))
    from tests.e2e.admin_stage import browser, chromium, log_in, stage, window

    path = chromium()
    if path is None:
        sys.exit("no Chromium is installed: the pictures of the administrators' page stay as they are")
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder) / "town") as at, browser(path) as opened:
        asking = at.asking().id
        line = at.town.quarantine.lines(at.town.quarantine.aside()[0].device)[0].op
        for name, page_path, dark in PICTURES:
            page = window(opened, dark=dark).new_page()
            log_in(page, at, "wanglei")
            page.goto(f"{at.url}/admin{page_path.format(asking=asking, line=line)}")
            page.screenshot(path=out / f"{name}.png")
            print(out / f"{name}.png")


if __name__ == "__main__":
    main()
