"""Coverage, progress and reports of a plan under way."""

import dataclasses
import datetime as dt
import random
from typing import Any

from staging import Studio

DIVISIONS = ("330106", "330108", "330109", "330110")
PICTURES = ("coverage", "coverage-rows", "coverage-progress", "coverage-reports")


def take(studio: Studio) -> None:
    """Take the pictures."""
    with studio.opened(_office(studio)) as camera:
        screen = camera.go("coverage")
        camera.take("coverage")
        screen.panes["cover"].list.table.opened.emit(screen.panes["cover"].list.model.at(0))
        camera.take("coverage-rows")
        camera.go("coverage", tab="progress")
        camera.take("coverage-progress")
        camera.go("coverage", tab="reports", every="month")
        camera.take("coverage-reports")


def _office(studio: Studio) -> Any:
    """Make an office with a plan of full coverage, some of whose checks were made by the insurer's people."""
    from app.core.coverage import PastCheck
    from app.core.ids import PastCheckId
    from app.core.plan_dates import Every, ReportRule
    from app.core.plans import Report
    from app.services.demo import play

    services, made = studio.office()
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
    play.play(services, made.tasks[0], studio.clock(), studio.folder / "record.pdf")
    chance = random.Random(7)
    for number in range(24):
        day = dt.date(2026, 3, 2) + dt.timedelta(chance.randrange(250))
        outcome = ("未发现问题", "责令改正", "责令改正")[number % 3]
        check = PastCheck(PastCheckId(""), chance.choice(places).id, day, "大病保险承办公司（演练）", running.title, outcome, "每月装订册")
        services.past_checks.save(check)
    return services
