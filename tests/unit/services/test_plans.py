"""Plans from the template to the end, over a real store."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from app.core.coverage import PastCheck
from app.core.errors import Refused
from app.core.ids import InstitutionId, PastCheckId, PlanId, RowId
from app.core.places import Institution, InstitutionKind
from app.core.plan_checks import Weight
from app.core.plans import Content, Exemption, Frequency, Ground, Group, Plan, PlanState
from app.core.tasks import Nature
from app.services.coverage import PastChecks
from app.services.plans import Plans
from tests.unit.services.desks import YEAR, Desk


def plans_of(desk: Desk) -> Plans:
    return desk.services.plans


def refused(desk: Desk, step: str, *args: object, **more: object) -> str:
    with pytest.raises(Refused) as caught:
        getattr(plans_of(desk), step)(*args, **more)
    return caught.value.code


def exempt(note: str = "信访〔2026〕7号") -> Exemption:
    return Exemption(RowId(""), Ground.COMPLAINT, note)


def approved(desk: Desk, template: str = "SSJ") -> Plan:
    plans = plans_of(desk)
    made = plans.create(template).value
    plans.submit(made.id)
    return plans.approve(made.id, by="赵局长", approval_no="医保批〔2026〕3号").value


@pytest.mark.parametrize(
    "template", ["SSJ", "XCJ", "HTS", "YBQ", "QFG", "WHS", "ZXP", "XQF", "YDZ", "ZCZ", "BRX"]
)
def test_every_template_makes_a_plan_that_is_stored_whole(office: Desk, template: str) -> None:
    made = plans_of(office).create(template, year=2026)
    assert plans_of(office).get(made.value.id) == made.value
    assert {one.table for one in made.changed} >= {"plan", "plan_stage", "plan_group"}
    assert made.value.origin == f"{template}@1"


def test_an_unknown_template_and_an_unlikely_year_are_refused(office: Desk) -> None:
    assert refused(office, "create", "XXX") == "plan.template_unknown"
    assert refused(office, "create", "SSJ", year=20260) == "plan.year_unusual"
    assert refused(office, "create", title=" ") == "plan.title_missing"
    assert plans_of(office).lines() == ()


def test_an_edit_writes_only_what_differs_and_keeps_the_order_of_the_lines(office: Desk) -> None:
    plan = plans_of(office).create("BRX", year=2026).value
    turned = dataclasses.replace(plan, goal="新目标", groups=(*plan.groups[1:], plan.groups[0]))
    outcome = plans_of(office).edit(turned)
    assert outcome.value == turned
    assert sorted(one.table for one in outcome.changed) == ["plan"] + ["plan_group"] * 6
    assert plans_of(office).edit(turned).changed == frozenset()


def test_a_line_taken_out_is_gone_and_one_put_in_is_there(office: Desk) -> None:
    plans = plans_of(office)
    plan = plans.create("SSJ", year=2026).value
    new = Group(plans.new_id(), "民营诊所组", contents=(Content("AHC", 1),), frequency=Frequency("1"))
    edited = plans.edit(
        dataclasses.replace(plan, groups=(new, *plan.groups[2:]), stages=plan.stages[:1])
    ).value
    assert [one.title for one in edited.groups] == ["民营诊所组", "定点零售药店组", "长期护理保险机构组"]
    assert len(edited.stages) == 1
    assert plans.get(plan.id) == edited


def test_a_field_that_is_cleared_stays_clear(office: Desk) -> None:
    plan = plans_of(office).create("XQF", year=2026).value
    bare = dataclasses.replace(
        plan.groups[2], owner="", nature=None, minimum=0, words="", weights=plan.groups[0].weights
    )
    clear = dataclasses.replace(plan, goal="", period_to=None, discipline=(), groups=(bare,), reports=())
    assert plans_of(office).edit(clear).value == clear


def test_a_state_is_not_set_by_an_edit(office: Desk) -> None:
    plan = plans_of(office).create("SSJ").value
    forged = dataclasses.replace(
        plan, state=PlanState.APPROVED, approved_by="我自己", approval_no="1号", origin="别的"
    )
    assert plans_of(office).edit(forged).value == plan


def test_a_plan_goes_from_draft_to_its_end(office: Desk) -> None:
    plans = plans_of(office)
    plan = plans.create("SSJ", year=2026).value
    assert plans.submit(plan.id).value.state is PlanState.SUBMITTED
    passed = plans.approve(plan.id, by=" 赵局长 ", approval_no="医保批〔2026〕3号").value
    assert (passed.state, passed.approved_by, passed.approval_no) == (
        PlanState.APPROVED,
        "赵局长",
        "医保批〔2026〕3号",
    )
    assert passed.approved_at is not None
    assert passed.number.endswith("检计〔2026〕1号")
    assert plans.start(plan.id).value.state is PlanState.RUNNING
    assert plans.close(plan.id).value.state is PlanState.CLOSED


def test_each_step_is_refused_out_of_turn(office: Desk) -> None:
    plan = plans_of(office).create("SSJ").value
    assert refused(office, "approve", plan.id, by="赵", approval_no="1") == "plan.state"
    assert refused(office, "start", plan.id) == "plan.state"
    assert refused(office, "close", plan.id) == "plan.state"
    assert refused(office, "send_back", plan.id, "改") == "plan.state"
    plans_of(office).submit(plan.id)
    assert refused(office, "submit", plan.id) == "plan.state"
    assert refused(office, "submit", PlanId("nobody")) == "plan.unknown"


def test_an_approval_names_the_head_and_a_number_nobody_else_has(office: Desk) -> None:
    first = approved(office)
    plan = plans_of(office).create("SSJ").value
    plans_of(office).submit(plan.id)
    assert refused(office, "approve", plan.id, by=" ", approval_no="1号") == "plan.approver_missing"
    assert refused(office, "approve", plan.id, by="赵", approval_no="") == "plan.approval_no_missing"
    assert (
        refused(office, "approve", plan.id, by="赵", approval_no="1", number=first.number)
        == "plan.number_taken"
    )
    assert plans_of(office).approve(plan.id, by="赵", approval_no="1").value.number != first.number


def test_a_submitted_plan_is_not_edited_and_comes_back_with_a_reason(office: Desk) -> None:
    plans = plans_of(office)
    plan = plans.create("SSJ").value
    plans.submit(plan.id)
    assert refused(office, "edit", dataclasses.replace(plan, goal="改")) == "plan.submitted"
    assert refused(office, "send_back", plan.id, " ") == "plan.reason_missing"
    back = plans.send_back(plan.id, "比例请再研究").value
    assert (back.state, back.reason) == (PlanState.DRAFT, "比例请再研究")


def test_in_force_only_undecided_days_exemptions_and_the_note_change(office: Desk) -> None:
    plans = plans_of(office)
    plan = approved(office, "ZCZ")
    stages = (plan.stages[0], dataclasses.replace(plan.stages[1], to_on=dt.date(2026, 6, 10)), plan.stages[2])
    assert plans.edit(dataclasses.replace(plan, stages=stages, note="已发文")).value.stages[
        1
    ].to_on == dt.date(2026, 6, 10)
    assert plans.exempt(plan.id, exempt()).value.exemptions[0].note == "信访〔2026〕7号"
    assert refused(office, "edit", dataclasses.replace(plan, groups=plan.groups[:1])) == "plan.in_force"
    assert refused(office, "edit", dataclasses.replace(plan, lock_days=1)) == "plan.in_force"


def test_a_cancelled_plan_says_why_and_takes_nothing_more(office: Desk) -> None:
    plan = approved(office)
    assert refused(office, "cancel", plan.id, "") == "plan.reason_missing"
    assert plans_of(office).cancel(plan.id, "上级另有安排").value.state is PlanState.CANCELLED
    assert refused(office, "edit", plan) == "plan.ended"
    assert refused(office, "exempt", plan.id, exempt()) == "plan.ended"
    assert refused(office, "cancel", plan.id, "再来") == "plan.ended"


def test_a_running_plan_with_open_tasks_ends_only_with_a_reason(office: Desk) -> None:
    plan = approved(office)
    plans_of(office).start(plan.id)
    task = office.services.tasks.lines("assigned")[0].task
    office.services.tasks.edit(dataclasses.replace(task, plan=plan.id))
    with office.services.institutions._store.db.write() as unit:
        unit.put("task", task.id, {"plan": plan.id})
    assert refused(office, "close", plan.id) == "plan.tasks_open"
    assert plans_of(office).lines()[0].tasks == (0, 1)
    assert plans_of(office).close(plan.id, "剩余任务并入下期").value.reason == "剩余任务并入下期"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "plan.title_missing"), ({"basis": ""}, "plan.basis_missing"), ({"groups": ()}, "plan.no_group"),
        ({"period_from": dt.date(2027, 1, 1)}, "plan.days_reversed"),
    ],
)  # fmt: skip
def test_what_is_missing_stops_submitting(office: Desk, change: dict[str, object], code: str) -> None:
    plan = plans_of(office).create("SSJ", year=2026).value
    plans_of(office).edit(dataclasses.replace(plan, **change))
    assert refused(office, "submit", plan.id) == code
    assert plans_of(office).get(plan.id).state is PlanState.DRAFT


def test_four_checks_a_year_stand_beside_the_cap_until_a_ground_is_given(office: Desk) -> None:
    plans = plans_of(office)
    plan = plans.create("WHS", year=2026).value
    assert plan.yearly_cap == 1
    told = [one for one in plans.remarks(plan) if one.code == "plan.over_cap"]
    assert [dict(one.params) for one in told] == [
        {"group": "定点医疗机构“五合理”组", "frequency": "4", "cap": "1"},
        {"group": "定点零售药店“四规范”组", "frequency": "4", "cap": "1"},
    ]
    assert refused(office, "submit", plan.id) == "plan.over_cap"
    assert refused(office, "exempt", plan.id, exempt(" ")) == "plan.ground_missing"
    plan = plans.exempt(plan.id, exempt("市局交办〔2026〕12号")).value
    assert {one.weight for one in plans.remarks(plan)} <= {Weight.WARN, Weight.HINT}
    assert plans.submit(plan.id).value.state is PlanState.SUBMITTED


def test_the_cap_of_the_law_is_no_cap_of_agreement_audits(office: Desk) -> None:
    plan = plans_of(office).create("BRX", year=2026).value
    assert (plan.nature, plan.yearly_cap) == (Nature.AGREEMENT, 0)
    assert plans_of(office).remarks(plan) == ()


def test_terms_of_the_past_are_pointed_out_with_those_of_today(office: Desk) -> None:
    plan = plans_of(office).create("SSJ", year=2026).value
    old = dataclasses.replace(plan, goal="对新农合资金，违规的取消定点资格")
    told = [dict(one.params) for one in plans_of(office).remarks(old) if one.code == "plan.former_term"]
    assert told == [
        {"old": "取消定点资格", "now": "解除服务协议"}, {"old": "新农合", "now": "城乡居民基本医疗保险"},
    ]  # fmt: skip


def test_counts_are_those_of_the_register_and_say_what_is_locked_capped_and_meant_twice(office: Desk) -> None:
    services = office.services
    for n in range(1, 8):
        fields = (
            {"level": "二级", "pooling": "closed", "ownership": "private"}
            if n > 5
            else {"level": "一级", "pooling": "open"}
        )
        services.institutions.save(
            Institution(InstitutionId(""), f"验方{n}号医院", InstitutionKind.HOSPITAL, **fields)
        )
    gone = Institution(
        InstitutionId(""), "停业医院", InstitutionKind.HOSPITAL, level="一级", pooling="open", status="closed"
    )
    services.institutions.save(gone)
    seen = services.institutions.find("验方1号医院")[0]
    PastChecks(services.institutions._store).save(
        PastCheck(PastCheckId(""), seen.id, services.clock().date() - dt.timedelta(30), "市局")
    )
    plan = plans_of(office).create("BRX").value
    plan = dataclasses.replace(
        plan, lock_days=90, yearly_cap=1, year=(services.clock() - dt.timedelta(30)).year
    )
    counts = plans_of(office).counts(plan)
    pooled, private, below = counts[0], counts[3], counts[4]
    assert (pooled.objects, pooled.size, pooled.shared) == (2, 1, 2)
    assert (private.objects, private.size) == (4, 2)
    assert (below.objects, below.size, below.visits, below.locked, below.capped) == (8, 4, 4, 1, 1)


def test_a_plan_goes_to_another_office_as_a_draft_without_people_and_approval(office: Desk) -> None:
    plans = plans_of(office)
    plan = approved(office, "SSJ")
    plans.exempt(plan.id, exempt())
    text = plans.export(plan.id)
    assert json.loads(text)["approval_no"] == "医保批〔2026〕3号"
    taken = plans.take(text).value
    assert (taken.state, taken.number, taken.approved_by, taken.exemptions) == (PlanState.DRAFT, "", "", ())
    assert [one.title for one in taken.groups] == [one.title for one in plan.groups]
    assert not {one.id for one in taken.groups} & {one.id for one in plan.groups}


def test_a_damaged_file_makes_no_plan(office: Desk) -> None:
    assert refused(office, "take", '{"format": "yanfang-plan/1", "id": "x"}') == "plan_file.missing"
    assert plans_of(office).lines() == ()


def test_a_copy_is_a_new_draft(office: Desk) -> None:
    plan = approved(office)
    copied = plans_of(office).copy(plan.id, title="下一年").value
    assert (copied.state, copied.title, copied.approval_no) == (PlanState.DRAFT, "下一年", "")
    assert plans_of(office).get(plan.id) == plan


def test_the_list_says_what_is_due_next(office: Desk) -> None:
    day = office.services.clock().date()
    plan = plans_of(office).create("HTS", year=day.year).value
    line = plans_of(office).lines()[0]
    assert line.report is not None
    report, due = line.report
    assert report.title == "“回头看”进展情况"
    assert (due.on.isoweekday(), due.at) == (4, "17:00")
    assert 0 <= (due.on - day).days <= 7
    plans_of(office).cancel(plan.id, "不做了")
    assert plans_of(office).lines()[0].report is None


def test_submitting_names_the_versions_of_the_checklists(office: Desk) -> None:
    plan = plans_of(office).create("SSJ").value
    assert str(plan.groups[0].contents[0]) == "CGH"
    submitted = plans_of(office).submit(plan.id).value
    assert {str(one) for group in submitted.groups for one in group.contents} == {
        "CGH@1",
        "CGY@1",
        "CGX@1",
        "YLF@1",
        "CHX@1",
    }


def test_a_plan_is_printed_whole_and_the_print_is_on_record(office: Desk, tmp_path: Path) -> None:
    plan = approved(office, "BRX")
    file = plans_of(office).print_to(plan.id, tmp_path / "计划.pdf")
    text = "".join(page.get_textpage().get_text_bounded() for page in PdfDocument(file)).replace("\r\n", "")
    for words in (
        "百日稽核",
        "非统筹定点医疗机构组",
        "医疗管理二科",
        "不低于1/2",
        "每组检查人员2人",
        "赵局长",
        f"{YEAR}-07-20",
    ):
        assert words in text, words
    with office.services.institutions._store.db.read() as unit:
        assert unit.sql("SELECT 1 FROM sync_op WHERE kind = 'custody' AND row = ?", (plan.id,))
    assert refused(office, "print_to", plan.id, tmp_path / "none" / "x.pdf") == "document.export_failed"


def test_a_copy_and_a_file_take_the_newest_checklists_again(office: Desk) -> None:
    plan = approved(office)
    copied = plans_of(office).copy(plan.id).value
    taken = plans_of(office).take(plans_of(office).export(plan.id)).value
    for one in (copied, taken):
        assert {content.version for group in one.groups for content in group.contents} == {0}


def test_a_plan_that_a_newer_program_wrote_does_not_hide_the_others(office: Desk) -> None:
    plan, other = plans_of(office).create("SSJ").value, plans_of(office).create("BRX").value
    with office.services.institutions._store.db.write() as unit:
        unit.put("plan_group", plan.groups[0].id, {"method": "by_satellite"})
    assert {line.plan.title for line in plans_of(office).lines()} == {plan.title, other.title}
    assert refused(office, "get", plan.id) == "plan_file.value"
    assert plans_of(office).get(other.id) == other
