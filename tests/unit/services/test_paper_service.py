"""Service: ways, dates, refusal and witness, the receipt filled from it, and the periods that run from it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import Refused
from app.core.papers import Paper, ServiceMethod, Standing
from app.core.workdays import Calendar, CalendarYear
from app.services.papers import law
from tests.e2e.conftest import Clock
from tests.unit.services.desks import YEAR, Desk, whole
from tests.unit.services.filled_papers import complete, drafted, issued, sign_everybody, take

NOTICE, PRESERVATION = "inspection_notice", "preservation_decision"
SERVERS = (("程砚秋", "演练执法990199001"), ("陆知遥", "演练执法990199002"))


@pytest.fixture
def ready(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("ready")


@pytest.fixture
def notice(ready: Desk) -> Paper:
    take(ready.services, NOTICE)
    return issued(ready.services, NOTICE, ready.tasks[0])


GOOD: dict[str, dict[str, Any]] = {
    "direct": {"receiver": "周其真", "servers": SERVERS},
    "mail": {"receiver": "周其真", "tracking": "EMS 1234"},
    "left": {"refused_reason": "拒绝签收", "witness": "居委会老赵", "servers": SERVERS},
    "electronic": {"receiver": "周其真", "consent": True},
    "announced": {"tracking": "本局网站"},
}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("direct", {"receiver": ""}, "receiver_missing"),
    ("direct", {"servers": SERVERS[:1]}, "servers"),
    ("direct", {"servers": (SERVERS[0], SERVERS[0])}, "servers"),
    ("direct", {"witness": SERVERS[0][0]}, "witness_serves"),
    ("mail", {"tracking": ""}, "tracking_missing"),
    ("left", {"refused_reason": ""}, "reason_missing"),
    ("left", {"witness": ""}, "witness_missing"),
    ("left", {"witness": SERVERS[1][0]}, "witness_serves"),
    ("electronic", {"consent": False}, "consent_missing"),
    ("announced", {"tracking": " "}, "tracking_missing"),
    ("by_pigeon", {}, "method"),
]


@pytest.mark.parametrize("method", list(ServiceMethod))
def test_each_way_of_service_is_noted_with_its_date(ready: Desk, notice: Paper, clock: Clock, method: ServiceMethod) -> None:
    done = ready.services.papers.serve(notice.id, method, served_at=clock(), **GOOD[method]).value
    assert ready.services.papers.services(notice.id) == (done,)
    day = (clock() + dt.timedelta(hours=8)).date()
    if method is ServiceMethod.ANNOUNCED:
        assert done.effective_on >= day + dt.timedelta(30)
    else:
        assert done.effective_on == day
    line = next(one for one in ready.services.papers.needed(ready.tasks[0]) if one.kind == NOTICE)
    assert (line.standing, line.served_on) == (Standing.SERVED, done.effective_on)


@pytest.mark.parametrize(("method", "change", "code"), BAD)
def test_what_a_way_of_service_asks_for_cannot_be_left_out(
    ready: Desk, notice: Paper, clock: Clock, method: str, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused, match=rf"service\.{code}"):
        ready.services.papers.serve(notice.id, method, served_at=clock(), **{**GOOD.get(method, {}), **change})
    assert ready.services.papers.services(notice.id) == ()


def test_a_recording_stands_for_the_witness_of_a_paper_that_is_left(ready: Desk, notice: Paper, clock: Clock) -> None:
    given = {**GOOD["left"], "witness": "", "is_recorded": True}
    assert ready.services.papers.serve(notice.id, "left", served_at=clock(), **given).value.is_recorded


def test_the_time_of_service_lies_between_issue_and_now(ready: Desk, notice: Paper, clock: Clock) -> None:
    serve = ready.services.papers.serve
    with pytest.raises(Refused, match=r"service\.too_early"):
        serve(notice.id, "direct", served_at=clock() - dt.timedelta(hours=1), **GOOD["direct"])
    with pytest.raises(Refused, match=r"service\.in_future"):
        serve(notice.id, "direct", served_at=clock() + dt.timedelta(hours=1), **GOOD["direct"])


def test_drafts_void_papers_and_kinds_that_are_kept_are_not_served(ready: Desk, notice: Paper, clock: Clock) -> None:
    papers = ready.services.papers
    draft = papers.draft(NOTICE, ready.tasks[0]).value
    kept = issued(ready.services, "inspection_plan", ready.tasks[0])
    papers.void(notice.id, "有误")
    for paper, code in ((draft, r"paper\.draft"), (notice, r"paper\.void"), (kept, r"service\.not_served")):
        with pytest.raises(Refused, match=code):
            papers.serve(paper.id, "direct", served_at=clock(), **GOOD["direct"])


def test_the_receipt_is_filled_from_the_service_and_signed_by_receiver_and_servers(
    ready: Desk, notice: Paper, clock: Clock, tmp_path: Path
) -> None:
    papers = ready.services.papers
    done = papers.serve(notice.id, "direct", served_at=clock(), place="店内", **GOOD["direct"]).value
    receipt = papers.make_receipt(done.id).value
    values = {one.id: one.value for one in papers.view(receipt.id).fields}
    assert (values["paper_title"], values["paper_number"]) == (notice.title, notice.number)
    assert (values["method"], values["service_place"], values["servers"]) == ("直接送达", "店内", SERVERS)
    assert not any(one.problem for one in papers.view(receipt.id).fields)
    with pytest.raises(Refused, match=r"service\.receipt_made"):
        papers.make_receipt(done.id)
    made = papers.issue(receipt.id, also=["receiver"]).value
    assert made.document is not None
    view = ready.services.documents.view(made.document)
    assert [line.name for line in view.signers] == ["", *(name for name, _ in SERVERS)]
    sign_everybody(ready.services, made, tmp_path)
    whole(ready.services)


def test_a_proxy_and_a_refusal_have_their_places_on_the_receipt(ready: Desk, notice: Paper, clock: Clock) -> None:
    papers = ready.services.papers
    given = {**GOOD["left"], "receiver": "周小妹", "relation": "店员"}
    done = papers.serve(notice.id, "left", served_at=clock(), **given).value
    receipt = papers.make_receipt(done.id).value
    complete(ready.services, receipt.id)
    made = papers.issue(receipt.id).value
    assert made.document is not None
    signers = ready.services.documents.view(made.document).signers
    assert [line.name for line in signers] == ["周小妹", "居委会老赵", *(name for name, _ in SERVERS)]
    values = {one.id: one.value for one in papers.view(receipt.id).fields}
    assert (values["refusal"], values["proxy_relation"]) == ("拒绝签收", "店员")


def test_an_entry_that_was_wrong_is_voided_and_stays_visible(ready: Desk, notice: Paper, clock: Clock) -> None:
    papers = ready.services.papers
    wrong = papers.serve(notice.id, "mail", served_at=clock(), **GOOD["mail"]).value
    papers.void_service(wrong.id, "邮件号码写错")
    right = papers.serve(notice.id, "direct", served_at=clock(), **GOOD["direct"]).value
    assert [one.void_reason for one in papers.services(notice.id)] == ["邮件号码写错", None]
    with pytest.raises(Refused, match=r"service\.unknown"):
        papers.void_service(wrong.id, "again")
    day = right.effective_on
    assert [service.id for _, service in papers.ledger(day, day)] == [wrong.id, right.id]
    assert papers.ledger(day + dt.timedelta(1), day + dt.timedelta(9)) == ()


def test_what_must_follow_a_preservation_is_told_before_and_after_its_seven_working_days(
    ready: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = CalendarYear(frozenset(), frozenset(), "")  # no holidays, whatever day the test is run on
    monkeypatch.setattr(law, "calendar", lambda: Calendar({YEAR: without, YEAR + 1: without}))
    take(ready.services, PRESERVATION)
    take(ready.services, "preservation_disposal")
    issued(ready.services, PRESERVATION, ready.tasks[0])
    probe = ready.services.papers.draft(NOTICE, ready.tasks[0]).value

    def codes() -> set[str]:
        return {one.code for one in ready.services.papers.view(probe.id).guards} & {"overdue", "due_soon", "calendar_unknown"}

    assert codes() == set()
    clock.ahead = dt.timedelta(days=8)
    assert codes() == {"due_soon"}
    clock.ahead = dt.timedelta(days=20)
    assert codes() == {"overdue"}
    complete_and_issue(ready, "preservation_disposal")
    assert codes() == set()


def complete_and_issue(desk: Desk, kind: str) -> Paper:
    return desk.services.papers.issue(drafted(desk.services, kind, desk.tasks[0])).value
