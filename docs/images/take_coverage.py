"""Take the pictures of coverage, progress and reports from the real program: a plan under way in a rehearsal office.

    .venv/bin/python docs/images/take_coverage.py [--out DIR] [--scale 1.5] [--theme dark] [--language en]

Dates are the same in each run.
"""

import argparse
import dataclasses
import datetime as dt
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

from take import HEIGHT, WIDTH, Camera, Clock, _cheap  # noqa: E402

DIVISIONS = ("330106", "330108", "330109", "330110")


def main() -> None:
    """Take all pictures."""
    wish = _arguments()
    os.environ.setdefault("YANFANG_NO_KEYRING", "1")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    clock = Clock()
    import app.core.clock

    app.core.clock.now = clock
    wish.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _take(wish, clock, Path(folder))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--language", default="zh_cn")
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
    services = _office(folder / "office", clock)
    window.open_with(lambda: services)
    camera.settle()
    screen = camera.go("coverage")
    camera.take("coverage")
    screen.panes["cover"].list.table.opened.emit(screen.panes["cover"].list.model.at(0))
    camera.take("coverage-rows")
    camera.go("coverage", tab="progress")
    camera.take("coverage-progress")
    camera.go("coverage", tab="reports", every="month")
    camera.take("coverage-reports")
    window.close()
    runner.close()
    services.close()


def _office(home: Path, clock: Clock) -> Any:
    """Make an office with a plan of full coverage, some of whose checks were made by the insurer's people."""
    from app.bootstrap import open_services
    from app.core.coverage import PastCheck
    from app.core.ids import PastCheckId
    from app.core.plan_dates import Every, ReportRule
    from app.core.plans import Report
    from app.services.demo import cast, play
    from app.services.demo.furnish import furnish

    services = open_services(home, clock=clock, costs=_cheap())
    first = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    made = furnish(services, clock())
    places = services.institutions.find(limit=100)
    for number, place in enumerate(places):
        services.institutions.save(dataclasses.replace(place, division=DIVISIONS[number % len(DIVISIONS)]))
    plan = services.plans.create("XQF").value
    weekly = Report(services.plans.new_id(), "检查进展情况", ReportRule(Every.WEEK, weekday=4, at="17:00"), "市医疗保障局", "weekly_report")
    day = services.statistics.today()
    services.plans.edit(dataclasses.replace(
        plan, title="青禾区定点医药机构现场检查全覆盖（演练）", reports=(*plan.reports, weekly), stages=(),
        period_from=dt.date(day.year, 3, 1), period_to=dt.date(day.year, 12, 31), lock_days=90,
    ))  # fmt: skip
    services.plans.submit(plan.id)
    services.plans.approve(plan.id, by="顾明岚", approval_no="演练审〔2026〕12号")
    running = services.plans.start(plan.id).value
    with services.statistics._store.db.write() as unit:  # what a draw would say of the tasks
        for task in made.tasks:
            unit.put("task", task, {"plan": running.id, "planned_on": "2026-12-08"})
    play.play(services, made.tasks[0], clock(), home / "record.pdf")
    chance = random.Random(7)
    for number in range(24):
        day = dt.date(2026, 3, 2) + dt.timedelta(chance.randrange(250))
        outcome = ("未发现问题", "责令改正", "责令改正")[number % 3]
        check = PastCheck(PastCheckId(""), chance.choice(places).id, day, "大病保险承办公司（演练）", running.title, outcome, "每月装订册")
        services.past_checks.save(check)
    return services


if __name__ == "__main__":
    main()
