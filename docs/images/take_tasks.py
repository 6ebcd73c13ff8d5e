"""Take the pictures of task briefs, recusals, the calendar and leads, from the real window over a rehearsal office.

    .venv/bin/python docs/images/take_tasks.py [--out DIR] [--scale 1.5] [--theme dark] [--language en]
"""

import argparse
import datetime as dt
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

from take import HEIGHT, WIDTH, Camera, Clock, _cheap  # noqa: E402

KEEPER = "rehearsal-keeper"


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
    services, task, lead = _furnish(folder / "office", clock)
    window.open_with(lambda: services)
    camera.settle()
    _tasks(camera, task)
    _leads(camera, lead)
    window.close()
    runner.close()
    services.close()


def _furnish(home: Path, clock: Clock) -> tuple[Any, Any, Any]:
    """Make an office with planned tasks, one of them of a lead, and leads in every state."""
    from app.bootstrap import open_services
    from app.core.leads import Decision, Reporter
    from app.services.demo import cast, play
    from app.services.demo.furnish import furnish

    services = open_services(home, clock=clock, costs=_cheap())
    first = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    made = furnish(services, clock())
    play.play(services, made.tasks[2], clock(), home / "record.pdf")
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


if __name__ == "__main__":
    main()
