"""Take the pictures of being let in, logging in, and terms, from the real program with a real server beside it.

    .venv/bin/python docs/images/take_members.py [--out DIR] [--scale 1.5] [--theme dark] [--language en] [--all]

Dates are the same in each run; the digits of the fingerprint are not, for each office makes a new key.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

from take import HEIGHT, WIDTH, Camera, Clock, _cheap, _still_world  # noqa: E402

USER, PASSWORD = "zhangsan", "a password of the rehearsal"


def main() -> None:
    """Take all pictures."""
    wish = _arguments()
    os.environ.setdefault("YANFANG_NO_KEYRING", "1")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    clock = Clock()
    clock.go_on(minutes=20)
    import app.core.clock

    app.core.clock.now = clock
    import app.services.sync_schedule

    app.services.sync_schedule.BEGIN_S = 86_400.0
    wish.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _take(wish, clock, Path(folder))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--language", default="zh_cn")
    parser.add_argument("--all", action="store_true", help="the pages that no guide shows, too")
    wish = parser.parse_args()
    wish.factor = 1
    return wish


def _take(wish: argparse.Namespace, clock: Clock, folder: Path) -> None:
    from app.gui.prefs import Prefs
    from app.gui.run import application, build

    app = application(["yanfang"])
    prefs = Prefs(folder / "window.ini")
    for name, value in (("language", wish.language), ("scale", wish.scale), ("theme", wish.theme)):
        prefs.set(name, value)
    window, runner = build(app, prefs, now=clock)
    window.resize(WIDTH, HEIGHT)
    window.show()
    camera = Camera(app, window, runner, wish)
    data = folder / "server"
    process = subprocess.Popen(
        [sys.executable, str(HERE / "take.py"), "--serve", str(data)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        services = _office(folder / "office", clock)
        window.open_with(lambda: services)
        camera.settle()
        _play(camera, services, clock, url, data, wish.all)
        window.close()
        runner.close()
        services.close()
    finally:
        process.terminate()
        process.wait(10)


def _office(home: Path, clock: Clock) -> Any:
    from app.bootstrap import open_services
    from app.services.demo import cast
    from app.services.demo.furnish import furnish

    services = open_services(home, clock=clock, costs=_cheap())
    first = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    furnish(services, clock())
    return services


def _play(camera: Camera, services: Any, clock: Clock, url: str, data: Path, everything: bool) -> None:
    from app.services.demo import cast
    from sync.protocol.policy import Role, Standing
    from sync.server.app import open_office

    server = open_office(data, _still_world())
    people = server.devices.people
    people.passwords.memory_kib = 64
    people.registers.add_org(cast.CODE, cast.OFFICE)
    for user, role in ((USER, Role.INSPECTOR), ("boss", Role.ORG_ADMIN)):
        people.registers.add_person(user, user, cast.CODE)
        people.registers.set_password(user, PASSWORD)
        people.registers.grant(user, Standing(role, cast.CODE))
    if everything:
        camera.go("sync")
        camera.take("sync-enrol")
    services.memberships.ask(url)
    camera.window.frame.refresh_facts()
    camera.go("home")
    camera.go("sync")
    camera.take("sync-asking")
    [asked] = people.admissions.waiting()
    people.admissions.approve(asked.device, USER, asked.fingerprint, "boss")
    services.memberships.poll()
    camera.go("home")
    camera.go("sync")
    camera.window.frame.refresh_facts()
    camera.take("sync-login")
    services.memberships.log_in(USER, PASSWORD)
    services.sync.run()
    if everything:
        camera.go("settings", part="account")
        camera.take("settings-account")
        people.registers.grant(USER, Standing(Role.STATISTICS, cast.CODE))
        people.registers.end(USER, Standing(Role.INSPECTOR, cast.CODE))
        services.sync.run()
        camera.window.frame.refresh_facts()
        camera.go("tasks")
        camera.take("tasks-denied")
        camera.window.idle.stop()
        clock.at += dt.timedelta(days=31)
        camera.go("sync")
        camera.window.frame.refresh_facts()
        camera.take("sync-limit")
    server.database.close()


if __name__ == "__main__":
    main()
