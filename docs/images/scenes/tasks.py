"""Task briefs, recusals, the calendar and leads."""

import datetime as dt
from typing import Any

from staging import Camera, Studio

KEEPER = "rehearsal-keeper"
PICTURES = ("task-brief", "task-recuse", "calendar", "leads", "lead-look", "lead-new")


def take(studio: Studio) -> None:
    """Take the pictures."""
    services, task, lead = _furnish(studio)
    with studio.opened(services) as camera:
        _tasks(camera, task)
        _leads(camera, lead)


def _furnish(studio: Studio) -> tuple[Any, Any, Any]:
    """Make an office with planned tasks, one of them of a lead, and leads in every state."""
    from app.core.leads import Decision, Reporter
    from app.services.demo import cast, play

    services, made = studio.office()
    play.play(services, made.tasks[2], studio.clock(), studio.folder / "record.pdf")
    services.leads.wall.become_keeper(KEEPER)
    day, people = dt.date(2026, 11, 18), made.inspectors
    told = (
        ("phone", 1, "反映该店留存多张参保人凭证连续刷卡，串换日用品。", 0, "（演练）举报人甲"),
        ("letter", 17, "反映该院低标准收治、挂床住院。", 6, ""),
        ("web", 4, "反映该店为非本人刷卡购药。", 12, "（演练）举报人乙"),
        ("referred", 23, "转办：村卫生室虚记诊疗项目。", 27, ""),
    )
    leads = []
    for channel, place, content, ago, who in told:
        leads.append(services.leads.add(
            channel=channel, content=content, institution=services.institutions.find(cast.PLACES[place].name)[0].id,
            received_on=day - dt.timedelta(ago), reporter=Reporter(who, "000-0000-0000") if who else None,
        ).value)  # fmt: skip
    services.leads.accept(leads[1])
    services.leads.accept(leads[2])
    services.leads.checked(leads[2], "调取监控和结算记录，查实为他人刷卡购药3次。", Decision.FILED)
    task = services.leads.task(
        leads[0], templates=("SGF",), members=people[:2], leader=people[0], due_on=dt.date(2026, 11, 27),
        experts=people[4:5], planned_on=day + dt.timedelta(1),
    ).value  # fmt: skip
    for n, place in enumerate((5, 6, 8, 9, 12, 18)):
        services.tasks.create(
            title="2026年第二批双随机检查（演练）", nature="administrative", kind="random",
            institution=services.institutions.find(cast.PLACES[place].name)[0].id, templates=("SGF",),
            members=people[n % 2 : n % 2 + 2], leader=people[n % 2], planned_on=day + dt.timedelta((0, 1, 2, 2, 5, 7)[n]),
            due_on=dt.date(2026, 11, 30),
        )  # fmt: skip
    return services, task.id, leads[0]


def _tasks(camera: Camera, task: Any) -> None:
    screen = camera.go("tasks", task=task, brief=True)
    camera.take("task-brief")
    screen.brief.recuse()
    camera.settle()
    dialog = screen.brief.dialog
    dialog.person.setCurrentIndex(1)
    camera.settle()
    dialog.by.setCurrentIndex(0)
    dialog.reason.setText("近亲属在该店任职，同组人员接替")
    camera.over(dialog)
    camera.take("task-recuse")
    dialog.reject()
    camera.over(None)
    camera.go("calendar")
    camera.take("calendar")


def _leads(camera: Camera, lead: Any) -> None:
    camera.go("leads")
    camera.take("leads")
    screen = camera.go("leads", lead=lead)
    screen.detail.look()
    dialog = screen.detail.dialog
    dialog.reason.setText("电话核实举报内容")
    dialog.password.setText(KEEPER)
    camera.over(dialog)
    camera.take("lead-look")
    dialog.reject()
    camera.over(None)
    screen.new()
    camera.take("lead-new")
