"""The life of a paper over a real store: drafted from the data, completed, issued, frozen, signed, voided, amended."""

import dataclasses
import datetime as dt
import threading
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import local
from app.core.documents import Correction, DocumentState
from app.core.errors import Refused
from app.core.findings import Finding
from app.core.ids import FindingId
from app.core.papers import Origin, PaperId, PaperState, Standing
from app.core.tasks import Nature
from app.services.demo import cast
from app.services.papers import kinds
from tests.e2e.conftest import Clock
from tests.unit.services.desks import HAND, YEAR, Desk, Templates, open_home, photo, whole
from tests.unit.services.filled_papers import complete, drafted, issued, sign_everybody, take, word

NOTICE = "inspection_notice"


@pytest.fixture
def ready(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("ready")


def field(desk: Desk, paper: Any, name: str) -> Any:
    return next(one for one in desk.services.papers.view(paper).fields if one.id == name)


def test_a_draft_says_what_the_data_says_and_follows_it(ready: Desk) -> None:
    papers = ready.services.papers
    made = papers.draft(NOTICE, ready.tasks[0]).value
    shown = field(ready, made.id, "institution")
    assert (shown.origin, shown.value) == (Origin.DATA, ready.services.inspections.view(ready.inspection).institution_name)
    assert len(field(ready, made.id, "inspectors").value) == 2
    assert field(ready, made.id, "materials").origin is Origin.EMPTY
    place = ready.services.institutions.find(shown.value)[0]
    ready.services.institutions.save(dataclasses.replace(place, name="青禾区新店名（演练）"))
    assert field(ready, made.id, "institution").value == "青禾区新店名（演练）"


def test_what_a_person_wrote_stands_until_he_gives_it_back(ready: Desk) -> None:
    papers = ready.services.papers
    made = papers.draft(NOTICE, ready.tasks[0]).value.id
    before = field(ready, made, "institution").value
    papers.fill(made, {"institution": "百草堂"})
    place = ready.services.institutions.find(before)[0]
    ready.services.institutions.save(dataclasses.replace(place, name="新店名（演练）"))
    shown = field(ready, made, "institution")
    assert (shown.value, shown.data, shown.data_then) == ("百草堂", "新店名（演练）", before)
    assert (shown.origin, shown.is_outdated) == (Origin.PERSON, True)
    assert not any(one.is_outdated for one in papers.view(made).fields if one.id != "institution")
    papers.refill(made)
    shown = field(ready, made, "institution")
    assert (shown.value, shown.origin, shown.is_outdated) == ("新店名（演练）", Origin.DATA, False)
    papers.fill(made, {"institution": "又写了"})
    assert field(ready, made, "institution").value == "又写了"
    with pytest.raises(Refused, match=r"paper\.field_unknown"):
        papers.refill(made, ["no_such"])


def test_writing_what_stands_there_anyway_changes_nothing(ready: Desk) -> None:
    papers = ready.services.papers
    made = papers.draft(NOTICE, ready.tasks[0]).value.id
    assert papers.fill(made, {"institution": field(ready, made, "institution").value}).changed == frozenset()
    assert field(ready, made, "institution").origin is Origin.DATA


@pytest.mark.parametrize(
    ("kind", "name", "value", "code"),
    [
        (NOTICE, "no_such", "x", "unknown"),
        (NOTICE, "issued_on", "3月5日", "not_a_day"),
        (NOTICE, "planned", "2026-03-05T10:00", "not_an_instant"),
        (NOTICE, "times_this_year", "three", "wrong_kind"),
        (NOTICE, "inspectors", (("甲",),), "row_width"),
        ("inspection_approval", "task_source", "想查就查", "not_an_option"),
        ("sampling_record", "samples", (("a",),), "row_width"),
    ],
)
def test_a_value_that_cannot_stand_in_a_field_is_refused(ready: Desk, kind: str, name: str, value: Any, code: str) -> None:
    made = ready.services.papers.draft(kind, ready.tasks[0]).value.id
    with pytest.raises(Refused, match=rf"paper\.field_{code}"):
        ready.services.papers.fill(made, {name: value})
    assert all(one.origin is not Origin.PERSON for one in ready.services.papers.view(made).fields)


def test_every_kind_can_be_drafted_completed_and_shown(ready: Desk) -> None:
    papers = ready.services.papers
    for kind, title in papers.kinds():
        made = papers.draft(kind, ready.tasks[0]).value.id
        assert papers.preview(made).startswith(b"%PDF"), title
        complete(ready.services, made)
        assert [one.id for one in papers.view(made).fields if one.problem] == [], title
    assert {one.state for one in papers.of_task(ready.tasks[0])} == {PaperState.DRAFT}
    whole(ready.services)


def test_records_and_companions_are_not_drafted_alone(ready: Desk) -> None:
    papers = ready.services.papers
    for kind, code in (("onsite_record", "composed_elsewhere"), ("sealing_list", "companion_alone"), ("x", "kind_unknown")):
        with pytest.raises(Refused, match=rf"paper\.{code}"):
            papers.draft(kind, ready.tasks[0])


def test_a_paper_that_is_not_complete_is_not_issued_and_the_refusal_names_the_fields(ready: Desk) -> None:
    made = ready.services.papers.draft(NOTICE, ready.tasks[0]).value.id
    with pytest.raises(Refused, match=r"paper\.incomplete") as refused:
        ready.services.papers.issue(made)
    assert "需提供的资料" in str(refused.value.params["fields"])
    assert ready.services.papers.get(made).state is PaperState.DRAFT


def test_issued_is_frozen_whatever_becomes_of_the_data(ready: Desk) -> None:
    papers, documents = ready.services.papers, ready.services.documents
    take(ready.services, NOTICE)
    made = issued(ready.services, NOTICE, ready.tasks[0])
    assert made.document is not None
    pdf, view = documents.pdf(made.document), papers.view(made.id)
    assert (made.state, made.number) == (PaperState.ISSUED, f"青禾医保检通〔{YEAR}〕1号")
    assert documents.view(made.document).document.pdf_sha256
    place = ready.services.institutions.find("百草堂")[0]
    ready.services.institutions.save(dataclasses.replace(place, name="改名（演练）"))
    ready.services.papers.set_office_facts({"contact": "别人"})
    assert documents.pdf(made.document) == pdf
    assert papers.view(made.id).fields == view.fields
    for change in (
        lambda: papers.fill(made.id, {"materials": "x"}), lambda: papers.refill(made.id, ["institution"]),
        lambda: papers.discard(made.id), lambda: papers.issue(made.id),
    ):  # fmt: skip
        with pytest.raises(Refused, match=r"paper\.issued"):
            change()
    with pytest.raises(Refused, match=r"paper\.void_instead"):
        documents.discard(made.document)
    with pytest.raises(Refused, match=r"record\.locked"), ready.services.papers._store.db.write() as unit:
        unit.put("paper", made.id, {"title": "x"})
    whole(ready.services)


def test_an_issued_paper_is_the_same_after_the_program_was_closed(ready: Desk) -> None:
    take(ready.services, NOTICE)
    made = issued(ready.services, NOTICE, ready.tasks[0])
    assert made.document is not None
    pdf = ready.services.documents.pdf(made.document)
    ready.services.close()
    again = open_home(ready.home)
    again.vault.unlock(cast.SECRET)
    try:
        assert again.papers.get(made.id) == made
        assert again.documents.pdf(made.document) == pdf
    finally:
        again.close()


def test_signed_place_by_place_a_seal_comes_back_on_paper(ready: Desk, tmp_path: Path) -> None:
    take(ready.services, NOTICE)
    made = issued(ready.services, NOTICE, ready.tasks[0])
    assert made.document is not None
    view = ready.services.documents.view(made.document)
    assert [line.label for line in view.signers] == ["机关印章", "签收人（签名或者盖章）"]
    with pytest.raises(Refused, match=r"document\.seal_drawn"):
        ready.services.documents.sign(made.document, view.signers[0].role, view.signers[0].pages, HAND)
    sign_everybody(ready.services, made, tmp_path)
    assert ready.services.papers.get(made.id).state is PaperState.SIGNED
    kept = ready.services.documents.exported(made.document)
    assert kept.startswith(b"%PDF")
    # a paper never counts among the records of the visit
    assert all(one.title != made.title for one in ready.services.documents.of(ready.inspection))
    whole(ready.services)


def test_who_works_for_the_office_does_not_refuse_and_the_receiver_may(ready: Desk, tmp_path: Path) -> None:
    take(ready.services, NOTICE)
    made = issued(ready.services, NOTICE, ready.tasks[0])
    assert made.document is not None
    seal, receiver = ready.services.documents.view(made.document).signers
    with pytest.raises(Refused, match=r"document\.inspector_refuses"):
        ready.services.documents.refuse(made.document, seal.role, "不盖", "见证人")
    scan = tmp_path / "a.jpg"
    scan.write_bytes(photo())
    ready.services.documents.paper(made.document, seal.role, scan)
    ready.services.documents.refuse(made.document, receiver.role, "拒绝签收", "居委会老赵")
    at = next(one for one in ready.services.papers.needed(ready.tasks[0]) if one.kind == NOTICE)
    assert at.served_on is None  # a refusal is no receipt: leaving it there is noted as service
    view = ready.services.documents.view(made.document)
    assert [line.refused_reason for line in view.signers if line.role is receiver.role] == ["拒绝签收"]
    assert [line.name for line in view.signers if line.role == "witness"] == ["居委会老赵"]


def test_companions_are_issued_and_voided_with_their_paper_under_its_number(ready: Desk) -> None:
    papers = ready.services.papers
    take(ready.services, "sealing_decision")
    bare = papers.draft("sealing_decision", ready.tasks[0]).value.id
    assert "sealing_list" in {papers.get(one).kind for one in papers.view(bare).incomplete}
    papers.fill(bare, {one.id: word(one) for one in papers.view(bare).fields if one.problem})
    assert not papers.view(bare).is_issuable
    with pytest.raises(Refused, match=r"paper\.incomplete"):
        papers.issue(bare)
    complete(ready.services, bare)
    assert papers.view(bare).is_issuable
    made = issued(ready.services, "sealing_decision", ready.tasks[0])
    companions = [papers.get(one) for one in papers.view(made.id).companions]
    assert {one.kind for one in companions} == {"sealing_list", "seal_strip"}
    assert {one.number for one in companions} == {made.number}
    assert all(one.document for one in companions)
    for one in companions:
        with pytest.raises(Refused, match=r"paper\.companion_alone"):
            papers.void(one.id, "x")
    papers.void(made.id, "事实有误")
    assert {papers.get(one.id).state for one in (made, *companions)} == {PaperState.VOID}
    assert [line.state for line in ready.services.numbers.register(YEAR) if line.paper] == ["used"]


def test_void_keeps_pages_and_number_and_says_why(ready: Desk) -> None:
    papers = ready.services.papers
    take(ready.services, NOTICE, 1, 2)
    made = issued(ready.services, NOTICE, ready.tasks[0])
    assert made.document in [one.document.id for one in ready.services.documents.recent()]
    with pytest.raises(Refused, match=r"paper\.reason_missing"):
        papers.void(made.id, " ")
    gone = papers.void(made.id, "对象有误").value
    assert (gone.state, gone.void_reason, gone.number) == (PaperState.VOID, "对象有误", made.number)
    assert papers.preview(made.id).startswith(b"%PDF")
    assert made.document not in [one.document.id for one in ready.services.documents.recent()]
    with pytest.raises(Refused, match=r"paper\.void\("):
        papers.void(made.id, "again")
    assert issued(ready.services, NOTICE, ready.tasks[0]).number.endswith("〕2号")
    draft = papers.draft(NOTICE, ready.tasks[0]).value
    with pytest.raises(Refused, match=r"paper\.draft"):
        papers.void(draft.id, "x")
    papers.discard(draft.id)
    with pytest.raises(Refused, match=r"paper\.unknown"):
        papers.get(draft.id)


def test_a_signed_paper_is_amended_and_stays_as_it_is(ready: Desk, tmp_path: Path) -> None:
    take(ready.services, NOTICE)
    made = issued(ready.services, NOTICE, ready.tasks[0])
    correction = Correction("联系电话", "0571", "0572", "笔误")
    with pytest.raises(Refused, match=r"document\.unsigned"):
        ready.services.papers.amend(made.id, [correction])
    sign_everybody(ready.services, made, tmp_path)
    assert made.document is not None
    before = ready.services.documents.pdf(made.document)
    amendment = ready.services.papers.amend(made.id, [correction]).value
    assert amendment.amends == made.document
    assert ready.services.documents.pdf(made.document) == before


def test_issuing_is_stopped_by_what_the_law_holds_against_it(ready: Desk) -> None:
    papers, people = ready.services.papers, ready.services.people
    take(ready.services, NOTICE)
    made = drafted(ready.services, NOTICE, ready.tasks[0])
    second = next(one for one in people.find() if one.id == ready.inspectors[1])
    people.save(dataclasses.replace(second, licence_from=dt.date(2019, 1, 1), licence_to=dt.date(2020, 1, 1)))
    assert [one.code for one in papers.view(made).guards if one.is_block] == ["officers_too_few"]
    assert not papers.view(made).is_issuable
    with pytest.raises(Refused, match=r"paper\.blocked") as refused:
        papers.issue(made)
    assert refused.value.params["codes"] == "officers_too_few"
    people.save(dataclasses.replace(second, licence_from=None, licence_to=None))
    assert papers.view(made).is_issuable
    papers.issue(made)


def test_a_decision_waits_for_the_notice_its_service_and_the_days_of_the_hearing(ready: Desk, clock: Any, tmp_path: Path) -> None:
    services = ready.services
    for kind in ("penalty_prior_notice", "penalty_decision"):
        take(services, kind)
    finding = services.findings.of(ready.inspection)[0]
    services.findings.save(dataclasses.replace(finding, amount_cny=Decimal(100)))
    decision = drafted(services, "penalty_decision", ready.tasks[0])

    def blocks() -> set[str]:
        return {one.code for one in services.papers.view(decision).guards if one.is_block}

    assert "decision_without_notice" in blocks()
    notice = issued(services, "penalty_prior_notice", ready.tasks[0])
    assert "decision_without_notice" in blocks()
    services.papers.serve(
        notice.id, "direct", served_at=clock(), receiver="周其真", servers=(("程砚秋", "1"), ("陆知遥", "2"))
    )
    assert blocks() & {"decision_without_notice", "hearing_still_open"} == {"hearing_still_open"}
    clock.ahead = dt.timedelta(days=16)
    assert "hearing_still_open" not in blocks()


def test_needed_follows_nature_and_path_and_how_far_each_paper_is(ready: Desk, tmp_path: Path) -> None:
    services, task = ready.services, ready.tasks[0]
    take(services, NOTICE)

    def line(kind: str) -> Any:
        return next((one for one in services.papers.needed(task) if one.kind == kind), None)

    assert (line(NOTICE).standing, line(NOTICE).is_warned) == (Standing.MISSING, True)
    assert line("penalty_decision") is None
    made = drafted(services, NOTICE, task)
    assert (line(NOTICE).standing, line(NOTICE).is_warned) == (Standing.DRAFTED, False)
    paper = services.papers.issue(made).value
    assert (line(NOTICE).standing, len(line(NOTICE).waiting)) == (Standing.ISSUED, 2)
    sign_everybody(services, paper, tmp_path)
    # the receiver has signed the paper itself: that day is the date of service
    assert (line(NOTICE).standing, line(NOTICE).waiting, len(line(NOTICE).signed_by)) == (Standing.SERVED, (), 2)
    day = line(NOTICE).served_on
    assert day == (services.clock() + dt.timedelta(hours=8)).date()
    services.papers.serve(paper.id, "announced", served_at=services.clock(), tracking="本局网站")
    assert line(NOTICE).served_on > day  # what was noted goes before it
    services.papers.void(paper.id, "重发")
    assert (line(NOTICE).standing, line(NOTICE).is_warned) == (Standing.MISSING, True)
    # one of a group of papers that do for one another is enough, and the lack of all is said once
    group = [one for one in services.papers.needed(task) if "working_sheet" in (one.kind, *one.or_one_of)]
    assert sum(one.is_warned for one in group) == 1
    drafted(services, "working_sheet", task)
    group = [one for one in services.papers.needed(task) if "working_sheet" in (one.kind, *one.or_one_of)]
    assert not any(one.is_warned for one in group)
    # records composed from the visit count as the papers they are
    assert line("onsite_record").standing is Standing.MISSING
    assert line("interview_record").standing is Standing.SIGNED
    # a case that was filed asks for the papers of the penalty procedure as well
    drafted(services, "case_filing_approval", task)
    assert line("penalty_decision").level == "required"
    assert line("penalty_decision").is_warned


@pytest.mark.parametrize("nature", ["agreement", "self_check", "supervision"])
def test_other_natures_forbid_what_belongs_to_the_penalty_track(ready: Desk, nature: str) -> None:
    services = ready.services
    old = services.tasks.get(ready.tasks[0])
    task = services.tasks.create(
        title="稽核（演练）", nature=nature, kind="routine", institution=old.institution, templates=old.templates,
        members=old.members,
    ).value  # fmt: skip
    for kind in ("preservation_decision", "sealing_decision", "penalty_prior_notice", "penalty_decision"):
        if not kinds.forbidden(kinds.kind(kind), kinds.path_of(task)):
            assert nature != "agreement"
            continue
        with pytest.raises(Refused, match=r"paper\.forbidden"):
            services.papers.draft(kind, task.id)
    asked = {one.kind for one in services.papers.needed(task.id) if one.level == "required"}
    assert {"agreement": "audit_notice", "self_check": "self_check_report"}.get(nature, NOTICE) in asked | {NOTICE}
    assert nature == "administrative" or NOTICE not in asked


@pytest.mark.parametrize(
    ("kind", "name"), [(NOTICE, "planned"), ("hearing_notice", "held_at"), ("talk_notice", "talk_at"), ("audit_notice", "planned")]
)
def test_a_notice_of_a_time_on_a_day_that_is_over_is_not_issued(
    desk_of: Callable[[str], Desk], clock: Clock, kind: str, name: str
) -> None:
    desk, code = desk_of("office"), "paper.field_over"
    services, task, nature = desk.services, desk.tasks[0], "agreement" if kind == "audit_notice" else "administrative"
    services.tasks.edit(dataclasses.replace(services.tasks.get(task), nature=Nature(nature)))
    take(services, kind)
    made, at = drafted(services, kind, task), local(clock()).replace(hour=0, minute=0, second=0, microsecond=0)
    services.papers.fill(made, {name: (at - dt.timedelta(minutes=1)).isoformat(timespec="minutes")})
    assert [(one.id, one.problem) for one in services.papers.view(made).fields if one.problem] == [(name, code)]
    with pytest.raises(Refused, match=r"paper\.incomplete"):
        services.papers.issue(made)
    services.papers.fill(made, {name: at.isoformat(timespec="minutes")})
    assert not any(one.problem for one in services.papers.view(made).fields)
    clock.ahead = dt.timedelta(1)
    assert field(desk, made, name).problem == code


def test_a_notice_that_was_handed_over_at_the_visit_is_issued_on_a_later_day(ready: Desk, clock: Clock) -> None:
    take(ready.services, NOTICE)
    clock.ahead = dt.timedelta(3)
    made = drafted(ready.services, NOTICE, ready.tasks[0])
    assert field(ready, made, "planned").origin is Origin.DATA
    assert ready.services.papers.issue(made).value.state is PaperState.ISSUED


def test_a_notice_before_the_visit_is_issued_signed_and_served_without_one(desk_of: Callable[[str], Desk], tmp_path: Path) -> None:
    desk = desk_of("office")
    take(desk.services, NOTICE)
    made = desk.services.papers.draft(NOTICE, desk.tasks[0]).value
    assert made.inspection is None
    complete(desk.services, made.id)
    paper = desk.services.papers.issue(made.id).value
    sign_everybody(desk.services, paper, tmp_path)
    assert paper.document is not None
    assert desk.services.documents.view(paper.document).document.state is DocumentState.SIGNED
    assert [one.document.id for one in desk.services.documents.recent()] == [paper.document]
    with pytest.raises(Refused, match=r"paper\.amend_needs_visit"):
        desk.services.papers.amend(paper.id, [Correction("a", "b", "c", "d")])
    desk.services.documents.export(paper.document, tmp_path / "notice.pdf")
    whole(desk.services)


def test_two_windows_that_issue_at_once_never_give_one_number(ready: Desk) -> None:
    take(ready.services, NOTICE)
    drafts = [drafted(ready.services, NOTICE, ready.tasks[0]) for _ in range(4)]
    numbers: list[str] = []
    threads = [
        threading.Thread(target=lambda one=one: numbers.append(ready.services.papers.issue(one).value.number)) for one in drafts
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(numbers) == [f"青禾医保检通〔{YEAR}〕{n}号" for n in (1, 2, 3, 4)]


def test_a_finding_drafted_later_enters_a_draft_and_no_issued_paper(ready: Desk) -> None:
    take(ready.services, "result_notice")
    made = drafted(ready.services, "result_notice", ready.tasks[0])
    first = ready.services.papers.issue(made).value
    fields = ready.services.papers.view(first.id).fields
    ready.services.findings.save(Finding(FindingId(""), ready.inspection, "V13", "重复收费", facts="多收"))
    assert ready.services.papers.view(first.id).fields == fields


def test_the_index_lists_what_was_issued_in_the_order_of_the_file_with_its_pages(ready: Desk) -> None:
    services, task = ready.services, ready.tasks[0]
    take(services, NOTICE)
    take(services, "inspection_approval")
    notice, approval = issued(services, NOTICE, task), issued(services, "inspection_approval", task)
    services.papers.void(issued(services, NOTICE, task).id, "重发")
    made = services.papers.draft("file_index", task).value.id
    rows = field(ready, made, "papers").value
    assert [row[1] for row in rows[:2]] == [approval.number, notice.number]
    assert [row[0] for row in rows] == ["行政检查审批表", "行政检查通知书", "询问笔录"]
    spans = [row[3].split("—") for row in rows]
    assert [int(one[0]) for one in spans[1:]] == [int(one[-1]) + 1 for one in spans[:-1]]
    assert sum(int(row[4]) for row in rows) == int(spans[-1][-1])
    complete(services, made)
    services.papers.issue(made)


def test_the_ledger_lists_the_services_of_the_month(ready: Desk) -> None:
    services, task = ready.services, ready.tasks[0]
    take(services, NOTICE)
    notice = issued(services, NOTICE, task)
    done = services.papers.serve(notice.id, "mail", served_at=services.clock(), receiver="周其真", tracking="EMS1").value
    made = services.papers.draft("service_ledger", task).value.id
    (row,) = field(ready, made, "services").value
    assert row[2:5] == ("邮寄送达", done.effective_on.isoformat(), "周其真")
    assert notice.number in row[0]
    services.papers.void_service(done.id, "写错")
    assert field(ready, made, "services").value[0][-1] == "作废：写错"
    complete(services, made)
    assert services.papers.issue(made).value.document


@pytest.fixture(scope="module")
def office(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = templates.copy("office", tmp_path_factory.mktemp("papers") / "office")
    yield desk
    desk.services.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40), cells=st.lists(st.text(max_size=8), min_size=2, max_size=2))
def test_any_text_is_kept_as_written_and_printed_or_refused(office: Desk, text: str, cells: list[str]) -> None:
    papers = office.services.papers
    drafts = papers.of_task(office.tasks[0]) or (papers.draft(NOTICE, office.tasks[0]).value,)
    paper = drafts[0].id
    try:
        papers.fill(paper, {"materials": text, "assistants": ((cells[0], cells[1]),)})
    except Refused as error:
        code, odd = error.code, [unicodedata.category(sign) for sign in (*text, *cells[0], *cells[1])]
        if code not in ("value.control_character", "value.invalid") or not {"Cc", "Cs", "Zl", "Zp", "Cn"} & set(odd):
            raise
        return
    kept = {one.id: one.value for one in papers.view(paper).fields}
    clean = [unicodedata.normalize("NFC", one.replace("\r\n", "\n").replace("\r", "\n")) for one in (text, *cells)]
    assert (kept["materials"], kept["assistants"]) == (clean[0], ((clean[1], clean[2]),))
    assert papers.preview(paper).startswith(b"%PDF")


def test_a_paper_of_a_kind_that_only_a_newer_program_knows_stops_nothing(ready: Desk) -> None:
    take(ready.services, NOTICE)
    made = issued(ready.services, NOTICE, ready.tasks[0])
    with ready.services.papers._store.db.write() as unit:
        fields: dict[str, Any] = {"task": made.task, "kind": "of_tomorrow", "title": "新文书", "drafted_at": 1}
        unit.put("paper", "p-draft", fields)
        unit.put("paper", "p-issued", {**fields, "document": made.document, "issued_at": 2, "number": "新〔2026〕1号"})
    assert len(ready.services.papers.of_task(ready.tasks[0])) == 3
    assert ready.services.papers.needed(ready.tasks[0])
    assert ready.services.inspections.blockers(ready.inspection) is not None
    with pytest.raises(Refused, match=r"paper\.kind_unknown"):
        ready.services.papers.view(PaperId("p-issued"))
    with pytest.raises(Refused, match=r"sync\.not_enrolled"):
        ready.services.numbers.top_up()
