"""Take the pictures of plans, from the real window over a rehearsal office.

    .venv/bin/python docs/images/take_plans.py [--out DIR] [--scale 1.5] [--theme dark] [--language en]
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

from take import HEIGHT, WIDTH, Camera, Clock, _cheap  # noqa: E402

POOLED = ("open", "closed", "open")


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--language", default="zh_cn")
    wish = parser.parse_args()
    wish.factor = 1
    os.environ.setdefault("YANFANG_NO_KEYRING", "1")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    clock = Clock()
    import app.core.clock

    app.core.clock.now = clock
    wish.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _take(wish, clock, Path(folder))


def _take(wish: argparse.Namespace, clock: Clock, folder: Path) -> None:
    from app.gui.prefs import Prefs
    from app.gui.run import application, build

    app = application(["yanfang"])
    prefs = Prefs(folder / "window.ini")
    for name in ("language", "scale", "theme"):
        prefs.set(name, getattr(wish, name))
    window, runner = build(app, prefs, now=clock)
    window.resize(WIDTH, HEIGHT)
    window.show()
    camera = Camera(app, window, runner, wish)
    services, plans = _furnish(folder / "office", clock)
    window.open_with(lambda: services)
    camera.settle()
    _pictures(camera, plans)
    window.close()
    runner.close()
    services.close()


def _furnish(home: Path, clock: Clock) -> tuple[Any, dict[str, Any]]:
    """Make an office with institutions and plans in several states."""
    import dataclasses

    from app.bootstrap import open_services
    from app.services.demo import cast
    from app.services.demo.furnish import furnish

    services = open_services(home, clock=clock, costs=_cheap())
    first = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    furnish(services, clock())
    for n, place in enumerate(services.institutions.find()):
        if place.kind != "pharmacy":
            services.institutions.save(dataclasses.replace(place, pooling=POOLED[n % len(POOLED)]))
    made = {one: services.plans.create(one, year=2026).value.id for one in ("SSJ", "XQF", "WHS", "HTS", "BRX")}
    services.plans.submit(made["HTS"])
    services.plans.submit(made["SSJ"])
    services.plans.approve(made["SSJ"], by="赵局长（演练）", approval_no="青禾医保批〔2026〕3号")
    services.plans.start(made["SSJ"])
    return services, made


def _pictures(camera: Camera, plans: dict[str, Any]) -> None:
    screen = camera.go("plans")
    camera.take("plans")
    screen.new()
    camera.settle()
    screen.making.table.selectRow(10)
    camera.take("plan-new")
    screen = camera.go("plans", plan=plans["BRX"])
    screen.page.groups.choose(4)
    camera.take("plan-groups")
    screen = camera.go("plans", plan=plans["XQF"], tab="stages")
    camera.take("plan-stages")
    screen = camera.go("plans", plan=plans["WHS"], tab="approval")
    camera.take("plan-approval")
    screen.page.exempt()
    dialog = screen.page._question
    dialog.ground.setCurrentIndex(1)
    dialog.note.setPlainText("市局交办〔2026〕12号：对全部定点医药机构按季度开展“五合理”“四规范”检查")
    camera.over(dialog)
    camera.take("plan-exempt")
    dialog.reject()
    camera.over(None)


if __name__ == "__main__":
    main()
