"""People, absences, interests and third parties in the window; institutions found as one types."""

import dataclasses
import datetime as dt

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.core.ids import PersonId
from app.core.places import InstitutionKind, Person, Role
from app.core.staff import Absence, Interest, ThirdParty, ThirdPartyKind
from app.gui.screens.inspection.prepare import PersonBox
from app.gui.screens.registers.institution_form import InstitutionForm
from app.gui.screens.registers.people_pane import PeoplePane
from app.gui.screens.registers.staff_lists import AbsenceDialog, InterestDialog
from app.gui.screens.registers.today import today
from app.gui.screens.registers.view import RegistersScreen
from tests.gui.registers_office import Desk, judge_models, nameless


def _names(pane: object) -> list[str]:
    model = pane.list.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def _type(desk: Desk, pane: object, text: str) -> None:
    pane.list.search.setText(text)
    QTest.qWait(120)
    desk.settle()


def test_an_institution_is_found_by_initials_of_any_reading_and_by_its_code(desk: Desk) -> None:
    desk.institution("仁和大药房", medins_code="P42010200001")
    desk.institution("长乐卫生院", InstitutionKind.COMMUNITY, address="解放路 7 号")
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    for typed, found in (("rhdyf", ["仁和大药房"]), ("zlwsy", ["长乐卫生院"]), ("p4201", ["仁和大药房"]), ("解放路7", [])):
        _type(desk, pane, typed)
        assert _names(pane) == found
    assert pane.list.not_found.isVisible()
    _type(desk, pane, "解放路 7")
    assert _names(pane) == ["长乐卫生院"]
    assert pane.list.count.text() == "符合 1 家，共 2 家"


def test_institutions_are_narrowed_and_sorted_by_any_column(desk: Desk) -> None:
    desk.institution("甲诊所", InstitutionKind.CLINIC, level="一级", division="220605", complaints=2)
    desk.institution("乙诊所", InstitutionKind.CLINIC, level="二级", division="220602", complaints=9)
    desk.institution("丙诊所", InstitutionKind.CLINIC, status="closed", division="220602")
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    assert "江源区 220605" in [pane.division.itemText(at) for at in range(pane.division.count())]
    pane.division.setCurrentIndex(pane.division.findData("220602"))
    desk.settle()
    assert _names(pane) == ["丙诊所", "乙诊所"]
    pane.status.setCurrentIndex(pane.status.findData("closed"))
    desk.settle()
    assert _names(pane) == ["丙诊所"]
    pane.list.clear()
    desk.settle()
    column = next(at for at, name in enumerate(pane._fields) if name == "complaints")
    pane.list.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
    desk.settle()
    assert _names(pane) == ["乙诊所", "甲诊所", "丙诊所"]


def test_every_field_of_an_institution_is_kept_as_it_was_filled_in(desk: Desk) -> None:
    head = desk.institution("康宁堂总店")
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    pane.new()
    form: InstitutionForm = pane.form
    form.name.setText("康宁堂解放路店")
    for name, line in form.lines.items():
        line.setText({"division": "220605", "medins_code": "P22060500001"}.get(name, f"{name} 值"))
    for name, value in (("status", "suspended"), ("credit_grade", "B"), ("agreement", "active"), ("pooling", "open")):
        form.choices[name].setCurrentIndex(form.choices[name].findData(value))
    form.joint.setChecked(True)
    form.agreement_to.set_value(dt.date(2027, 3, 31))
    form.complaints.setText("3")
    form.violations.setText("1")
    form.paid.setText("12.5万")
    form.paid_year.setText("2025")
    form.parent_place.take(head)
    form.save()
    desk.settle()
    saved = next(one for one in desk.services.institutions.find() if one.name == "康宁堂解放路店")
    assert (saved.status, saved.credit_grade, saved.agreement, saved.pooling) == ("suspended", "B", "active", "open")
    assert (saved.complaints, saved.violations, saved.paid_fen, saved.paid_year) == (3, 1, 12_500_000, 2025)
    assert (saved.joint, saved.agreement_to, saved.parent) == (True, dt.date(2027, 3, 31), head.id)
    assert (saved.division, saved.medins_code, saved.chain) == ("220605", "P22060500001", "chain 值")
    desk.settle()
    assert form.parent_place.text() == "康宁堂总店"
    assert not form.is_changed
    assert desk.errors == []


def test_codes_that_look_wrong_are_doubted_and_divisions_named(desk: Desk) -> None:
    desk.institution("仁和大药房")
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    form = pane.form
    form.lines["medins_code"].setText("P4201")
    assert "12 位" in form.lines["medins_code"].accessibleDescription()
    form.lines["division"].setText("220605")
    assert form._division_row.hint.endswith("江源区")
    form.lines["division"].setText("999999")
    assert "没有这个代码" in form.lines["division"].accessibleDescription()


def test_an_absence_and_an_interest_are_entered_shown_and_taken_back(desk: Desk) -> None:
    place = desk.institution("江源区人民医院", InstitutionKind.HOSPITAL)
    person = desk.person("李卓", "22060013")
    screen = desk.open(RegistersScreen, person=person.id)
    pane: PeoplePane = screen.people
    pane.absences.add_button.click()
    dialog = pane.findChild(AbsenceDialog)
    dialog.last.set_value(today() - dt.timedelta(1))
    dialog._tell()
    assert dialog.isVisible()  # it would end before it begins
    dialog.last.set_value(today())
    dialog.reason.setText("公休")
    dialog._tell()
    desk.settle()
    assert pane.absences.texts == [f"{today()} 至 {today()} 公休"]
    assert pane._duty_words(person) == "请假中"

    pane.interests.add_button.click()
    asked = pane.findChild(InterestDialog)
    asked._tell()
    assert asked.isVisible()  # neither an institution nor a ground
    asked.place.take(place)
    asked.ground.setText("配偶任职")
    asked._tell()
    desk.settle()
    assert pane.interests.texts == [f"江源区人民医院：配偶任职（{today()} 申报）"]
    assert pane._interest_count(person) == "1"

    pane.interests.removed.emit(pane.interests._entries[0])
    pane.absences.removed.emit(pane.absences._entries[0])
    desk.settle()
    assert (pane.absences.texts, pane.interests.texts) == ([], [])
    assert desk.services.staff.all().interests == ()
    assert desk.errors == []


def test_somebody_from_a_third_party_can_only_assist(desk: Desk) -> None:
    party = desk.services.staff.save_third_party(ThirdParty("", "正信会计师事务所", ThirdPartyKind.ACCOUNTING)).value
    screen = desk.open(RegistersScreen, tab="people")
    pane = screen.people
    pane.new()
    pane.form.name.setText("钱审计")
    pane.form.organisation.setCurrentIndex(pane.form.organisation.findData(party.id))
    assert not pane.form.role.isEnabled()
    pane.form.save()
    desk.settle()
    saved = next(one for one in desk.services.people.find() if one.name == "钱审计")
    assert (saved.role, saved.organisation) == (Role.ASSISTANT, party.id)
    screen.pills.choose("parties")
    desk.settle()
    assert _names(screen.parties) == ["正信会计师事务所"]
    assert screen.parties.form._people.text() == "钱审计"
    assert desk.errors == []


def test_a_third_party_is_entered_with_its_contract(desk: Desk) -> None:
    screen = desk.open(RegistersScreen, tab="parties")
    assert screen.parties.list.empty.isVisible()
    screen.new_button.click()
    form = screen.parties.form
    form.save()
    assert desk.services.staff.third_parties() == ()
    form.name.setText("众安保险服务")
    form.contract.setText("江医保购〔2026〕3号")
    form.valid_to.set_value(today() - dt.timedelta(1))
    form.save()
    desk.settle()
    (party,) = desk.services.staff.third_parties()
    assert party.contract == "江医保购〔2026〕3号"
    assert "已到期" in str(screen.parties.list.model.index(0, 3).data())


def test_a_third_party_that_sent_nobody_is_removed_and_one_with_people_is_not(desk: Desk) -> None:
    party = desk.services.staff.save_third_party(ThirdParty("", "众安保险服务")).value
    helper = desk.services.people.save(Person(PersonId(""), "卓航", Role.ASSISTANT, organisation=party.id)).value
    screen = desk.open(RegistersScreen, tab="parties")
    for is_refused in (True, False):
        screen.parties.list.table.choose(party.id)
        desk.settle()
        screen.parties.form.remove_button.click()
        screen.parties.question.yes.click()
        desk.settle()
        assert [error.code for error in desk.errors] == ["third_party.has_people"] * is_refused
        desk.errors.clear()
        assert len(desk.services.staff.third_parties()) == is_refused
        if is_refused:
            desk.services.people.save(dataclasses.replace(helper, organisation=""))
            screen.refresh(())
            desk.settle()
    assert screen.parties.list.model.rowCount() == 0


def test_every_control_of_all_registers_has_a_name(desk: Desk) -> None:
    person = desk.person("李卓" * 20, "22060013")
    desk.services.staff.save_absence(Absence("", person.id, today(), None, "长" * 60))
    desk.services.staff.save_interest(Interest("", person.id, desk.institution("甲").id, "", "持股" * 30))
    desk.services.people.save(Person(PersonId(""), "陈可", Role.EXPERT, specialities=("骨科",) * 9))
    screen = desk.open(RegistersScreen, person=person.id)
    for tab in ("people", "parties", "institutions"):
        screen.pills.choose(tab)
        desk.settle()
    judge_models(screen)
    screen.refresh(())
    desk.settle()
    assert nameless(screen) == []
    assert desk.errors == []


def test_somebody_from_a_third_party_is_not_offered_where_inspectors_begin_a_visit(desk: Desk) -> None:
    party = desk.services.staff.save_third_party(ThirdParty("", "正信会计师事务所")).value
    sent = desk.services.people.save(
        Person(PersonId(""), "钱审计", Role.ASSISTANT, organisation=party.id)
    ).value
    own = desk.person("李卓", "22060013")
    box = PersonBox("记录人", licensed=False)
    desk.qtbot.addWidget(box)
    box.offer(desk.services.people.find(), today())
    offered = {box.itemData(place) for place in range(box.count())}
    assert own.id in offered
    assert sent.id not in offered
