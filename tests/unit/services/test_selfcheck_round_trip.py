"""A self-check from the office to the institution and back, and everything that must not come back."""

import datetime as dt
import hashlib
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from app.bootstrap import Services
from app.core.clock import today
from app.core.errors import Refused
from app.core.places import InstitutionKind
from app.core.self_checks import Anomaly, CheckedKind, PromiseState, Reply, SelfCheckState
from app.services.bundles.archive import CaseWriter
from app.services.demo import cast
from app.services.selfcheck import packing
from app.services.selfcheck.filling import visit_of
from app.services.verifying import verify
from app.sheets.reading import read_book
from tests.e2e.conftest import Clock
from tests.unit.services import selfchecks as world
from tests.unit.services.desks import Desk, Templates, open_home, photo, whole
from tests.unit.services.selfchecks import Asked, Made, answer, ask


@pytest.fixture(scope="session")
def made(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return world.make(templates, tmp_path_factory.mktemp("selfcheck"))


@pytest.fixture
def office(made: Made, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """The office that has asked; nothing has come back."""
    services = world.reopened(made.office, tmp_path / "office", clock, cast.SECRET)
    yield services
    services.close()


@pytest.fixture
def hospital(made: Made, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """The hospital that has filled everything in."""
    services = world.reopened(made.hospital, tmp_path / "hospital", clock, world.SECRET)
    yield services
    services.close()


@pytest.fixture
def asked(made: Made) -> Asked:
    return made.asked


@pytest.fixture
def returned(made: Made) -> Path:
    return made.returned


def refused(code: str, call: object, *args: object, **more: object) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    assert caught.value.code == code
    return caught.value


def test_what_a_hospital_fills_in_arrives_at_the_office(
    office: Services, asked: Asked, returned: Path, tmp_path: Path
) -> None:
    desk = office.self_checks
    back = desk.take_back(returned).value
    assert (back.open_items, back.unreplied, back.is_late, back.was_known) == (0, 0, False, False)
    view = desk.view(asked.check.id)
    check, filled = view.line.check, view.filled
    assert check.state is SelfCheckState.RETURNED
    assert check.declared_cny == Decimal("1300.50")  # item and anomaly speak of the same money
    assert check.statement.responsible == "闻一舟"
    assert check.returned_key.count(" ") == 5
    assert (check.returned_by, check.filled_on is not None) == (office.office.get().me, True)
    item = next(one for one in filled.answers if one.item == "ZCM-03")
    assert (item.state, item.amount_cny, item.rows[0]["fact"]) == ("fail", Decimal("1300.50"), "重复收取护理费")
    denied, confirmed = filled.anomalies
    assert (denied.reply, confirmed.reply, confirmed.declared_cny) == (Reply.DENIED, Reply.CONFIRMED, Decimal("1200.50"))
    files = {one.sha256: one for one in filled.files}
    assert [files[one].file_name for one in (*item.evidence, *denied.evidence)] == ["清单.jpg", "病历.jpg"]
    assert [one.file_name for one in filled.files if one.is_seal_page] == ["盖章页.jpg"]
    assert [(one.amount_cny, one.state) for one in filled.promises] == [(Decimal("1000.50"), PromiseState.PROMISED)]
    desk.save_file(asked.check.id, item.evidence[0], tmp_path / "out.jpg")
    assert (tmp_path / "out.jpg").read_bytes() == photo("清单")
    whole(office)


def test_an_anomaly_of_an_item_that_is_not_asked_is_refused_with_its_reason(office: Services, tmp_path: Path) -> None:
    before = len(office.self_checks.lines())
    wrong = ("ZCM-99", "ZCY-02", "zcm－3", "ZCM-03 重复收费", "ICD-10")
    asked = [Anomaly("", f"疑点{n}", item) for n, item in enumerate((*wrong, "ZCM-03", ""), 1)]
    error = refused("selfcheck.list_items", ask, office, tmp_path, anomalies=tuple(asked))
    assert error.params["count"] == 5
    assert error.params["rows"] == "；".join(f"第 {n} 条“{item}”（疑点{n}）" for n, item in enumerate(wrong, 1))
    assert len(office.self_checks.lines()) == before


def test_an_anomaly_names_its_item_as_the_checklist_does_or_says_anything_else(office: Services, tmp_path: Path) -> None:
    said = ("ZCM-03", " zcm-03", "ＺＣＭ－０１", "血液透析", "ICD-10 编码", "")
    made = ask(office, tmp_path, anomalies=tuple(Anomaly("", "疑点", item) for item in said)).check
    kept = [one.item for one in office.self_checks.view(made.id).filled.anomalies]
    assert kept == ["ZCM-03", "ZCM-03", "ZCM-01", "血液透析", "ICD-10 编码", ""]


def test_a_contractor_is_not_told_an_anomaly_of_an_item_for_other_contractors(office: Services, tmp_path: Path) -> None:
    insurer = world.hospital(office, "演练保险公司", InstitutionKind.OTHER)
    asked = {"institution": insurer, "kind": "contractor", "contractor": "it"}
    refused("selfcheck.list_items", ask, office, tmp_path, anomalies=(Anomaly("", "疑点", "ZCS-1.1"),), **asked)
    for item in ("ZCS-2.1", "ZCS-4.1"):
        assert ask(office, tmp_path, anomalies=(Anomaly("", "疑点", item),), **asked).check.contractor == "it"


def test_the_register_is_written_as_a_table_with_problems_refunds_and_measures(
    office: Services, asked: Asked, returned: Path, tmp_path: Path
) -> None:
    desk = office.self_checks
    desk.take_back(returned)
    ask(office, tmp_path, institution=world.hospital(office, "另一家医院（演练）"))
    assert desk.export_register(tmp_path / "登记.xlsx").value == 2
    [sheet] = read_book(tmp_path / "登记.xlsx").sheets
    heading, *rows = sheet.rows[1:]
    told = {row[0]: dict(zip(heading, row, strict=False)) for row in rows}
    back, waiting = told[world.HOSPITAL], told["另一家医院（演练）"]
    assert (back["自查金额（元）"], back["发现的问题"], back["承诺退回（元）"]) == ("1300.5", "重复收费", "1000.5")
    assert back["整改措施"] == "退回违规费用，修订收费复核制度。"
    assert (waiting["状态"], waiting["自查金额（元）"]) == ("待交回", "")


def test_a_team_is_told_what_the_institution_said_of_itself(office: Services, asked: Asked, returned: Path) -> None:
    me = office.office.get().me
    task = office.tasks.create(
        title="检查", nature="administrative", kind="random", institution=asked.check.institution, templates=["WHL"], members=[me]
    ).value
    assert [one.text[:5] for one in office.tasks.view(task.id).self_check] == ["自查待交回"]
    office.self_checks.take_back(returned)
    assert [one.text for one in office.tasks.view(task.id).self_check] == [
        "自查不符合：重复收费（ZCM-03），￥1,300.50",
        "异常数据称不属实：同一患者出院当日再入院 12 人次（均为不同病种，病历附后）",
        "异常数据属实：血液透析与住院同日收费，￥1,200.50",
    ]
    assert office.tasks.view(task.id).self_check[0].source == "自查 2026年医保基金使用问题自查自纠"


def test_the_same_return_twice_changes_nothing(office: Services, asked: Asked, returned: Path) -> None:
    desk = office.self_checks
    desk.take_back(returned)
    before = desk.view(asked.check.id)
    again = desk.take_back(returned)
    assert (again.value.was_known, again.changed) == (True, frozenset())
    assert desk.view(asked.check.id) == before


def test_a_further_return_replaces_only_when_that_is_said(
    office: Services, hospital: Services, asked: Asked, returned: Path, tmp_path: Path
) -> None:
    desk = office.self_checks
    desk.take_back(returned)
    promise = desk.view(asked.check.id).filled.promises[0]
    desk.paid(asked.check.id, promise.id, Decimal("400"), today(office.clock()))
    hospital.inspections.answer(visit_of(asked.check.id), "ZCM", "ZCM-05", state="fail", amount_cny=Decimal("9"))
    visit = visit_of(asked.check.id)
    first = hospital.evidence.of(visit)[0]
    hospital.evidence.void(first.id, "重拍")
    hospital.evidence.take(visit, [("重拍.jpg", photo("重拍"))], links=first.links)
    hospital.filling.export(asked.check.id, tmp_path / "second.zip")
    refused("selfcheck.returned_already", desk.take_back, tmp_path / "second.zip")
    desk.take_back(tmp_path / "second.zip", replace=True)
    view = desk.view(asked.check.id)
    assert view.line.check.declared_cny == Decimal("1309.50")
    assert sorted(one.file_name for one in view.filled.files) == ["病历.jpg", "盖章页.jpg", "重拍.jpg"]
    with office.self_checks._store.db.read() as unit:  # what was appended is fixed: the server would refuse to change it
        written = unit.sql("SELECT kind FROM sync_op WHERE tbl = 'self_check_file'")
    assert {row.kind for row in written} == {"append", "delete"}
    assert [(one.paid_cny, one.state) for one in view.filled.promises] == [(Decimal("400.00"), PromiseState.PART)]


def test_an_old_file_given_again_later_is_told_to_be_one(
    office: Services, hospital: Services, asked: Asked, returned: Path, tmp_path: Path, clock: Clock
) -> None:
    desk, check = office.self_checks, asked.check.id
    desk.take_back(returned)
    clock.ahead += dt.timedelta(2)
    hospital.inspections.answer(visit_of(check), "ZCM", "ZCM-05", state="fail", amount_cny=Decimal("9"))
    hospital.filling.export(check, tmp_path / "second.zip")
    refused("selfcheck.returned_already", desk.take_back, tmp_path / "second.zip")
    desk.take_back(tmp_path / "second.zip", replace=True)
    refused("selfcheck.returned_newer", desk.take_back, returned)
    assert desk.view(check).line.check.declared_cny == Decimal("1309.50")
    desk.take_back(returned, replace=True)
    assert desk.view(check).line.check.declared_cny == Decimal("1300.50")


def test_what_was_paid_stays_with_its_promise_or_nothing_is_taken(
    office: Services, hospital: Services, asked: Asked, returned: Path, tmp_path: Path, clock: Clock
) -> None:
    desk, check, day = office.self_checks, asked.check.id, today(office.clock())
    hospital.filling.promise(check, Decimal("500"), day + dt.timedelta(60))
    hospital.filling.export(check, tmp_path / "two.zip")
    desk.take_back(tmp_path / "two.zip")
    first, second = desk.view(check).filled.promises
    refused("selfcheck.paid_later", desk.paid, check, second.id, Decimal("1"), day + dt.timedelta(1))
    desk.paid(check, second.id, Decimal("500"), day)
    mine = next(one for one in hospital.filling.view(check).promises if one.amount_cny == Decimal("1000.50"))
    hospital.filling.withdraw(check, mine.id)
    hospital.filling.export(check, tmp_path / "one.zip")
    desk.paid(check, first.id, Decimal("400"), day)
    before = desk.view(check)
    refused("selfcheck.paid_promise_gone", desk.take_back, tmp_path / "one.zip", replace=True)
    assert desk.view(check) == before
    desk.paid(check, first.id, Decimal("0"), day)
    desk.take_back(tmp_path / "one.zip", replace=True)
    assert [(one.amount_cny, one.paid_cny, one.state) for one in desk.view(check).filled.promises] == [
        (Decimal("500.00"), Decimal("500.00"), PromiseState.PAID)
    ]


def test_a_late_return_needs_a_note(office: Services, asked: Asked, returned: Path, clock: Clock) -> None:
    desk = office.self_checks
    clock.ahead += dt.timedelta(23)
    assert [one.is_overdue for one in desk.lines()] == [True]
    assert refused("selfcheck.late", desk.take_back, returned).params["days"] == 3
    back = desk.take_back(returned, late_note="院方来函说明").value
    assert (back.is_late, back.check.late_note) == (True, "院方来函说明")
    assert [one.is_overdue for one in desk.lines()] == [False]


def test_a_return_to_another_office_is_refused(desk_of: Callable[[str], Desk], returned: Path) -> None:
    other = desk_of("office").services.self_checks
    refused("selfcheck.foreign", other.take_back, returned)
    assert other.lines() == ()


def test_a_package_is_no_return_and_a_return_is_no_package(
    office: Services, asked: Asked, returned: Path, tmp_path: Path
) -> None:
    refused("selfcheck.is_a_package", office.self_checks.take_back, asked.file)
    refused("selfcheck.is_a_return", open_home(tmp_path / "x").filling.read, returned)
    (tmp_path / "notes.txt").write_text("不是自查包", "utf-8")
    refused("selfcheck.not_a_package", office.self_checks.take_back, tmp_path / "notes.txt")
    refused("selfcheck.not_a_package", office.self_checks.take_back, tmp_path / "missing.zip")


def test_one_changed_byte_anywhere_is_refused(office: Services, asked: Asked, returned: Path, tmp_path: Path) -> None:
    """Each class of bytes: headers, answers, report, evidence, the list, the directory of the archive, the seal."""
    chance, content = random.Random(5), returned.read_bytes()
    with zipfile.ZipFile(returned) as box:
        starts = {one.filename: one.header_offset for one in box.infolist()}
        directory = box.start_dir
    places = [at + offset for at in starts.values() for offset in (0, 8, 14, 20, 28, 32, 60, 90)]
    places += [directory, directory + 12, directory + 50, len(content) - 3, len(content) - 90, len(content) - 200]
    places += [chance.randrange(len(content)) for _ in range(60)]
    desk, broken = office.self_checks, tmp_path / "broken.zip"
    for at in places:
        broken.write_bytes(world.flipped(content, at, chance))
        with pytest.raises(Refused) as caught:
            desk.take_back(broken)
        assert caught.value.code in ("selfcheck.tampered", "selfcheck.not_a_package"), at
    for cut in (10, 1000, len(content) // 2, len(content) - 1):
        broken.write_bytes(content[:cut])
        with pytest.raises(Refused) as caught:
            desk.take_back(broken)
        assert caught.value.code in ("selfcheck.tampered", "selfcheck.not_a_package")
    broken.write_bytes(content + b"\0")
    refused("selfcheck.tampered", desk.take_back, broken)
    assert desk.view(asked.check.id).line.check.state is SelfCheckState.ISSUED
    assert desk.take_back(returned).value.open_items == 0


def test_answers_sealed_anew_to_another_package_are_refused(
    office: Services, hospital: Services, asked: Asked, returned: Path, tmp_path: Path
) -> None:
    """Somebody with a key of his own may seal anything: what is inside must still answer what was asked."""
    key = hospital.filling._store.db.writer.key
    with zipfile.ZipFile(returned) as box:
        result = json.loads(box.read(packing.RESULT))
        package, report = box.read(packing.PACKAGE), box.read(packing.REPORT)

    def sealed(name: str, package: bytes, result: dict[str, object]) -> Path:
        with CaseWriter(tmp_path / name) as box:
            for path, body in ((packing.PACKAGE, package), (packing.RESULT, json.dumps(result).encode()), (packing.REPORT, report)):
                box.add(path, [body], len(body), "file")
            about = {"format": "yanfang.self-check-return/1", "title": "", "absent": [], "checkpoints": []}
            box.finish(about, lambda covered: (key.public_hex, key.sign(covered.message())))
        return tmp_path / name

    desk = office.self_checks
    without_files = {**result, "filled": {**result["filled"], "files": [], "anomalies": []}}
    for one in without_files["filled"]["answers"]:
        one.pop("evidence", None)
    milder = json.loads(package)
    milder["package"]["anomalies"] = []
    changed = json.dumps(milder).encode()
    refused("selfcheck.foreign", desk.take_back, sealed("a.zip", package, {**without_files, "package": "0" * 64}))
    other = {**without_files, "package": hashlib.sha256(changed).hexdigest()}
    refused("selfcheck.foreign", desk.take_back, sealed("b.zip", changed, other))
    strange = json.loads(json.dumps(without_files))
    strange["filled"]["answers"][0]["item"] = "ZCM-99"
    refused("selfcheck.damaged", desk.take_back, sealed("c.zip", package, strange))
    poor = json.loads(json.dumps(without_files))
    poor["filled"]["answers"][2]["amount_cny"] = "-5.00"
    refused("selfcheck.damaged", desk.take_back, sealed("d.zip", package, poor))
    cheaper = json.loads(json.dumps(without_files))
    cheaper["filled"]["answers"][2]["amount_cny"] = "0.01"
    desk.take_back(sealed("e.zip", package, cheaper))
    item = next(one for one in desk.view(asked.check.id).filled.answers if one.item == "ZCM-03")
    assert item.amount_cny == Decimal("1300.50")  # computed from its rows, whatever was said


def test_anyone_can_check_the_two_files_with_the_verifier(asked: Asked, returned: Path) -> None:
    assert [one.is_good for one in verify([asked.file, returned])] == [True, True]


def test_the_package_tells_an_institution_nothing_of_what_the_office_thinks(asked: Asked) -> None:
    with zipfile.ZipFile(asked.file) as box:
        said = json.loads(box.read(packing.PACKAGE))["package"]
        assert "credit_grade" not in said["place"]
        assert set(box.namelist()) == {"自查包.json", "自查表.xlsx", "使用说明.txt", "核验/清单.json"}
        assert "机构自查" in box.read("使用说明.txt").decode("utf-8-sig")


def test_each_of_the_three_kinds_is_asked_what_concerns_it(office: Services, tmp_path: Path) -> None:
    desk, services = office.self_checks, office
    pharmacy = world.hospital(services, "演练药房", InstitutionKind.PHARMACY)
    agency = world.hospital(services, "演练经办中心", InstitutionKind.AGENCY)
    insurer = world.hospital(services, "演练保险公司", InstitutionKind.OTHER)
    offered = desk.offered(pharmacy, CheckedKind.INSTITUTION)
    assert [one.template for one in offered][-1] == "ZCY"
    assert [one.template for one in desk.offered(agency, CheckedKind.AGENCY)] == ["ZCJ"]
    parts = [desk.offered(insurer, CheckedKind.CONTRACTOR, kind)[0].sections for kind in ("insurer", "it", "accounting")]
    assert parts == [("ZCS-1", "ZCS-4"), ("ZCS-2", "ZCS-4"), ("ZCS-3", "ZCS-4")]
    made = ask(office, tmp_path, institution=insurer, kind="contractor", contractor="it", anomalies=())
    company = answer(made, tmp_path / "company")
    view = company.filling.view(made.check.id)
    assert (view.items, view.assessed) == (10, 0)
    company.close()


def test_a_promise_is_kept_in_parts_and_a_broken_one_is_shown(
    office: Services, asked: Asked, returned: Path, clock: Clock
) -> None:
    desk = office.self_checks
    desk.take_back(returned)
    promise = desk.view(asked.check.id).filled.promises[0]
    day = today(office.clock())
    refused("selfcheck.paid_too_much", desk.paid, asked.check.id, promise.id, Decimal("1000.51"), day)
    assert desk.paid(asked.check.id, promise.id, Decimal("500"), day).value.state is PromiseState.PART
    clock.ahead += dt.timedelta(31)
    assert [(one.is_broken, one.paid_cny) for one in desk.lines()] == [(True, Decimal("500.00"))]
    desk.paid(asked.check.id, promise.id, Decimal("1000.50"), day)
    assert [one.is_broken for one in desk.lines()] == [False]


def test_reminders_stay_on_record_and_a_withdrawn_request_takes_nothing_back(
    office: Services, asked: Asked, returned: Path
) -> None:
    desk = office.self_checks
    refused("selfcheck.method_missing", desk.remind, asked.check.id, " ")
    assert desk.remind(asked.check.id, "电话", "已通知医保办").value.line.reminders == 1
    desk.cancel(asked.check.id, "机构已停业")
    refused("selfcheck.cancelled", desk.take_back, returned)
    assert desk.of_institution(asked.check.institution) == ()
    assert "约谈" in desk.neglected()[0].text


def test_an_institution_cannot_fill_in_for_another(
    office: Services, hospital: Services, asked: Asked, tmp_path: Path
) -> None:
    other = ask(office, tmp_path, institution=world.hospital(office, "另一家医院（演练）"))
    refused("selfcheck.other_institution", hospital.filling.take_in, other.file)
    again = ask(office, tmp_path, institution=asked.check.institution)
    assert hospital.filling.take_in(again.file).value == again.check.id
    assert hospital.filling.take_in(asked.file).value == asked.check.id
    assert [one.id for one in hospital.filling.all()] == [again.check.id, asked.check.id]


def test_a_return_without_a_responsible_person_is_not_written(asked: Asked, tmp_path: Path) -> None:
    services = answer(asked, tmp_path / "hospital")
    services.filling.say(asked.check.id, responsible=" ")
    refused("selfcheck.responsible_missing", services.filling.export, asked.check.id, tmp_path / "r.zip")
    assert not (tmp_path / "r.zip").exists()
    assert services.filling.missing(asked.check.id) == ("responsible", "items", "anomalies", "course", "seal")
    assert services.filling.report_pdf(asked.check.id)[:5] == b"%PDF-"
    services.close()


def test_what_cannot_be_asked_is_refused(office: Services) -> None:
    desk, day = office.self_checks, today(office.clock())
    place = world.hospital(office)
    refused("selfcheck.title_missing", desk.issue, place, kind="institution", due_on=day, title=" ")
    refused("selfcheck.due_past", desk.issue, place, kind="institution", due_on=day - dt.timedelta(1), title="自查")
    other = world.hospital(office, "演练药企", InstitutionKind.SUPPLIER)
    refused("selfcheck.nothing_asked", desk.issue, other, kind="institution", due_on=day, title="自查")
