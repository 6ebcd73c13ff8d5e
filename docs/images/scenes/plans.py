"""Plans, their groups, stages and approval."""

from typing import Any

from staging import Camera, Studio

POOLED = ("open", "closed", "open")
PICTURES = ("plans", "plan-new", "plan-groups", "plan-stages", "plan-approval", "plan-exempt")


def take(studio: Studio) -> None:
    """Take the pictures."""
    services, plans = _furnish(studio)
    with studio.opened(services) as camera:
        _pictures(camera, plans)


def _furnish(studio: Studio) -> tuple[Any, dict[str, Any]]:
    """Make an office with institutions and plans in several states."""
    import dataclasses

    services, _ = studio.office()
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
