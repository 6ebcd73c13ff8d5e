"""The administrators' page, from a real server in a real Chromium."""

from staging import Studio

# Name of the picture, page, in dark colours.
PAGES = (
    ("admin-overview", "", False),
    ("admin-devices", "/devices", False),
    ("admin-approve", "/devices/{asking}/approve", False),
    ("admin-person", "/people/liqiang", False),
    ("admin-quarantine", "/quarantine", False),
    ("admin-line", "/quarantine/line/{line}", False),
    ("admin-overview-dark", "", True),
)
PICTURES = tuple(name for name, _, _ in PAGES)


def take(studio: Studio) -> None:
    """Take the pictures, if there is a Chromium."""
    from tests.e2e.admin_stage import browser, chromium, log_in, stage, window

    path = chromium()
    if path is None:
        print("no Chromium is installed: the pictures of the administrators' page stay as they are")
        return
    with stage(studio.folder) as at, browser(path) as opened:
        asking = at.asking().id
        line = at.town.quarantine.lines(at.town.quarantine.aside()[0].device)[0].op
        for name, page_path, dark in PAGES:
            if not studio.wants(name):
                continue
            page = window(opened, dark=dark).new_page()
            log_in(page, at, "wanglei")
            page.goto(f"{at.url}/admin{page_path.format(asking=asking, line=line)}")
            page.screenshot(path=studio.wish.out / f"{name}.png")
            print(f"{name}.png")
