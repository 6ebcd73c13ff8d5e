"""Leads over a real store: numbered, due by working days, taken through their states, made into tasks."""

import datetime as dt
from decimal import Decimal

import pytest

from app.core.clock import today
from app.core.errors import Refused
from app.core.leads import Decision, LeadId, LeadState, Reporter, has_personal_number
from app.core.tasks import TaskKind
from app.core.workdays import DayKind, deadline
from app.services.papers import law
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk

TOLD = "反映该店留存多张参保人凭证连续刷卡。"
PASSWORD = "keeper-2468"


def _added(office: Desk, **more: object) -> LeadId:
    place = office.services.institutions.find("康宁")[0]
    given: dict[str, object] = {"channel": "phone", "content": TOLD, "institution": place.id} | more
    return office.services.leads.add(**given).value


def _known(office: Desk, **more: object) -> LeadId:
    office.services.leads.wall.become_keeper(PASSWORD)
    return _added(office, reporter=Reporter("范小棠", "13900001234"), **more)


def test_leads_are_numbered_one_after_the_other_within_the_year(office: Desk, clock: Clock) -> None:
    year = today(clock()).year
    numbers = [office.services.leads.line(_added(office)).lead.number for _ in range(3)]
    assert numbers == [f"青禾医保举〔{year}〕{n}号" for n in (1, 2, 3)]
    used = [one.number for one in office.services.numbers.register(year, "青禾医保举")]
    assert used == numbers  # the register of numbers knows them


def test_a_lead_given_again_in_another_spelling_is_shown_beside_the_first(office: Desk) -> None:
    leads = office.services.leads
    first = _added(office)
    name = leads.line(first).institution_name
    wide = _added(office, institution=None, named=f" {name.replace('（演练）', '(演练)')} ", content="该店连续刷卡")
    _added(office, institution=None, named="另一家药店")
    assert leads.line(first).alike == (leads.line(wide).lead.number,)
    assert leads.line(wide).alike == (leads.line(first).lead.number,)


def test_the_check_is_due_after_fifteen_working_days_and_fifteen_more_once(office: Desk) -> None:
    received = dt.date(2026, 9, 21)  # the holidays of October lie in between
    lead = _added(office, received_on=received)
    first = deadline(law.calendar(), received, 15, DayKind.WORKING).due
    line = office.services.leads.line(lead)
    assert line.check is not None
    assert line.check.due == line.lead.due_on == first
    assert (first - received).days > 21
    office.services.leads.extend(lead, "负责人批准延长")
    longer = deadline(law.calendar(), first, 15, DayKind.WORKING).due
    assert office.services.leads.line(lead).lead.due_on == longer
    with pytest.raises(Refused, match=r"lead\.extended_already"):
        office.services.leads.extend(lead, "再延")


def test_a_lead_goes_from_registered_to_closed_and_the_reporter_is_told_in_five_working_days(office: Desk) -> None:
    leads, lead = office.services.leads, _known(office, received_on=dt.date(2026, 9, 1), amount_cny=Decimal("1200.50"))
    leads.accept(lead)
    leads.checked(lead, "查实连续刷卡7次。", Decision.FILED, dt.date(2026, 9, 10))
    line = leads.line(lead)
    assert line.check is None
    assert line.answer is not None
    assert line.answer.due == deadline(law.calendar(), dt.date(2026, 9, 10), 5, DayKind.WORKING).due
    with pytest.raises(Refused, match=r"lead\.unanswered"):
        leads.close(lead)
    leads.reply(lead, "电话告知已立案。", dt.date(2026, 9, 14))
    assert leads.line(lead).answer is None
    done = leads.close(lead).value
    assert (done.state, done.decision, done.amount_cny) == (LeadState.CLOSED, Decision.FILED, Decimal("1200.50"))
    with pytest.raises(Refused, match=r"lead\.step"):
        leads.accept(lead)


def test_an_anonymous_lead_has_nobody_to_be_told(office: Desk) -> None:
    leads, lead = office.services.leads, _added(office)
    leads.accept(lead)
    leads.checked(lead, "未发现。", "not_filed")
    assert leads.line(lead).answer is None
    assert leads.close(lead).value.state is LeadState.CLOSED


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"content": "  "}, "lead.content_missing"),
        ({"institution": None}, "lead.institution_missing"),
        ({"received_on": dt.date(2099, 1, 1)}, "lead.received_later"),
        ({"reporter": Reporter("范小棠")}, "lead.no_keeper"),
        ({"content": "范 小棠反映刷卡", "reporter": Reporter("范小棠")}, "lead.reporter_in_content"),
        ({"content": "范\u200b小·棠反映刷卡", "reporter": Reporter("范小棠")}, "lead.reporter_in_content"),
        ({"content": "请回１３９-1234-５６７８", "reporter": Reporter(phone="13912345678")}, "lead.reporter_in_content"),
        ({"content": "证件42010119900101１２3Ｘ", "reporter": Reporter(id_no="42010119900101123x")}, "lead.reporter_in_content"),
    ],
)  # fmt: skip
def test_a_lead_that_cannot_be_registered_leaves_nothing(office: Desk, given: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        _added(office, **given)
    assert refused.value.code == code
    assert office.services.leads.lines() == ()


def test_a_lead_is_rejected_or_transferred_with_a_reason(office: Desk) -> None:
    leads, first, second = office.services.leads, _added(office), _added(office)
    with pytest.raises(Refused, match=r"lead\.reason_missing"):
        leads.reject(first, " ")
    assert leads.reject(first, "不属于医疗保障基金监管范围").value.state is LeadState.REJECTED
    moved = leads.transfer(second, "青禾区市场监督管理局", "属于价格违法线索").value
    assert (moved.state, moved.transfer) == (LeadState.TRANSFERRED, "青禾区市场监督管理局")
    assert [line.lead.id for line in leads.lines("transferred")] == [second]


def test_the_task_of_a_lead_knows_what_was_reported_and_nothing_of_who_did(office: Desk) -> None:
    lead = _known(office)
    made = office.services.leads.task(lead, templates=("SGF",), members=office.inspectors[:2]).value
    line = office.services.leads.line(lead)
    assert line.lead.state is LeadState.ACCEPTED
    assert line.task_numbers == (made.number,)
    seen = office.services.tasks.view(made.id)
    assert (seen.task.kind, seen.lead_number) == (TaskKind.COMPLAINT, line.lead.number)
    assert [one.text for one in seen.task.brief.known] == [TOLD]
    assert "范小棠" not in repr(seen)
    assert "13900001234" not in repr(seen)
    assert seen.task.due_on == line.lead.due_on


def test_a_lead_is_accepted_and_its_task_made_together_or_not_at_all(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads, lead, before = office.services.leads, _known(office), len(office.services.tasks.lines())

    def cut(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(leads, "_put", cut)
        with pytest.raises(OSError):
            leads.task(lead, templates=("SGF",), members=office.inspectors[:2])
    assert len(office.services.tasks.lines()) == before
    assert leads.line(lead).lead.state is LeadState.REGISTERED


def test_a_lead_about_a_name_on_no_register_makes_no_task_until_the_institution_is_known(office: Desk) -> None:
    leads, lead = office.services.leads, _added(office, institution=None, named="桥头那家药店")
    with pytest.raises(Refused, match=r"lead\.institution_unknown"):
        leads.task(lead, templates=("SGF",), members=office.inspectors[:2])
    place = office.services.institutions.find("康宁")[0]
    leads.edit(lead, content=TOLD, named="桥头那家药店", institution=place.id)
    assert leads.task(lead, templates=("SGF",), members=office.inspectors[:2]).value.institution == place.id


def test_leads_are_found_by_what_they_say_and_never_by_the_reporter(office: Desk) -> None:
    lead = _known(office)
    find = office.services.leads.lines
    assert [one.lead.id for one in find(text="连续刷卡")] == [lead]
    assert [one.lead.id for one in find(text="康宁")] == [lead]
    assert find(text="范小棠") == find(text="13900001234") == ()


@pytest.mark.parametrize("text", ["打１３９１２３４５６７８", "打 139-1234-5678", "打139\u200b12345678。", "证件 42010119900101123Ｘ"])
def test_a_number_of_a_person_is_noticed_in_whatever_characters(text: str) -> None:
    assert has_personal_number(text)
    assert not has_personal_number("单据 2026-11-23 139 元，机构代码 91420106MA4K00000X")
