"""A draw, from its announcement to its history."""

from typing import Any

from staging import Camera, Studio

DIGITS = ("7409315208", "81647", "02359")
PICTURES = ("draw-announce", "draw-seed", "draw-result", "draw-teams", "draw-left-out", "draw-earlier", "draw-history", "draw-like")


def take(studio: Studio) -> None:
    """Take the pictures."""
    services = _furnish(studio)
    with studio.opened(services) as camera:
        _pictures(camera)


def _furnish(studio: Studio) -> Any:
    """Make an office with pharmacies and hospitals, inspectors, and an approved plan of two groups."""
    import dataclasses

    from app.core.draws import Wish
    from app.core.ids import InstitutionId, PersonId, RowId
    from app.core.places import Institution, InstitutionKind, Person
    from app.core.plan_objects import Clause, ObjectFilter, Ratio
    from app.core.plans import Content, Group, StaffRule, Weights

    services, _ = studio.office()
    names = ["康宁", "仁和", "百草", "同德", "益民", "济世", "永安", "春晖", "惠民", "长青", "和顺", "福寿", "广济", "天元"]
    for n, name in enumerate(names):
        services.institutions.save(
            Institution(
                InstitutionId(""), f"青禾区{name}大药房（演练）", InstitutionKind.PHARMACY, chain="康宁连锁" if n % 5 == 0 else "",
                complaints=2 if n % 4 == 1 else 0, status="closed" if n == 9 else "active",
            )
        )  # fmt: skip
    for n, name in enumerate(["林知远", "苏问渠", "韩清和", "陆见深", "白行简", "叶听澜"]):
        services.people.save(Person(PersonId(""), name, licence_no=f"99010{n}"))
    plan = services.plans.create("SSJ", year=2026).value
    groups = (
        Group(RowId("draw-1"), "零售药店", ObjectFilter((Clause(kinds=(InstitutionKind.PHARMACY,)),)), contents=(Content("SGF"),),
              ratio=Ratio("1/3"), weights=Weights(complaint=1, violation=2, credit=1), staff=StaffRule(max_load=4)),
        Group(RowId("draw-3"), "进销存专项", ObjectFilter((Clause(kinds=(InstitutionKind.PHARMACY,)),)), contents=(Content("AHY"),),
              ratio=Ratio("1/4"), staff=StaffRule(max_load=4)),
        Group(RowId("draw-2"), "医院", ObjectFilter((Clause(kinds=(InstitutionKind.HOSPITAL,)),)), contents=(Content("SGF"),),
              ratio=Ratio("1/2"), staff=StaffRule(2)),
    )  # fmt: skip
    plan = services.plans.edit(dataclasses.replace(plan, groups=groups, once=True)).value
    services.plans.submit(plan.id)
    services.plans.approve(plan.id, by="赵局长（演练）", approval_no="青禾医保批〔2026〕3号")
    services.plans.start(plan.id)
    studio.clock.go_on(hours=12, minutes=5)  # a lottery is drawn in the evening
    first = services.draws.freeze(plan.id, Wish(studio.clock.at.date(), (("dice10", "十面骰子二十次"),))).value
    studio.clock.go_on(minutes=6)
    services.draws.withdraw(first.id, "名录中有两家已注销的药店未更新")
    return services


def _pictures(camera: Camera) -> None:
    from app.core.draws import SourceKind

    screen = camera.go("draw", new=True)
    announcing = screen.announcing
    announcing.chain.setChecked(True)
    announcing.rows[0].words.setText("红色骰子十次")
    announcing.add_source(SourceKind.LOTTERY, "体彩排列5第26310期")
    announcing.add_source(SourceKind.PERSON, "见证人报五位数")
    announcing.look()
    camera.settle()
    camera.take("draw-announce")
    announcing.freeze()
    camera.settle()
    camera.studio.clock.go_on(minutes=3)  # not long enough for the lock
    for row, digits in zip(screen.page.digits, DIGITS, strict=True):
        row.digits.setText(digits)
    screen.page.digits[1].clock.setText("21:25")
    screen.page.witnesses.setText("周见证、吴见证")
    camera.settle()
    camera.take("draw-seed")
    screen.page.draw()
    camera.settle()
    camera.take("draw-result")
    for name in ("teams", "left_out", "earlier"):
        screen.page.result.pills.choose(name)
        camera.settle()
        camera.take(f"draw-{name.replace('_', '-')}")
    screen.show_list()
    camera.settle()
    camera.take("draw-history")
    beside = _approved(camera.window.frame.screen_now.context.services, "零售药店专项抽查（演练）", screen.page.shown.draw.plan)
    screen = camera.go("draw", new=True)
    screen.announcing.plan.setCurrentIndex(screen.announcing.plan.findData(beside))
    screen.announcing.reason.setText("市局另行部署零售药店专项抽查")
    camera.settle()
    camera.take("draw-like")


def _approved(services: Any, title: str, like: str) -> str:
    """Make a second plan for the same pharmacies; return its id."""
    import dataclasses

    from app.core.ids import RowId

    group = dataclasses.replace(services.plans.get(like).groups[0], id=RowId("draw-4"))
    plan = services.plans.create(title=title, year=2026).value
    plan = services.plans.edit(dataclasses.replace(plan, groups=(group,), basis="年度检查计划")).value
    services.plans.submit(plan.id)
    services.plans.approve(plan.id, by="赵局长（演练）", approval_no="青禾医保批〔2026〕4号")
    services.plans.start(plan.id)
    return str(plan.id)
