"""The person behind a laptop, against a real server process: asked, let in, logged in, with rights and terms."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.bootstrap import Services
from app.core.clock import now
from app.core.errors import Refused
from app.core.ids import InspectionId, InstitutionId, PersonId
from app.core.inspections import Party
from app.core.membership import Deed, Limit
from app.core.places import Institution, InstitutionKind, Person
from app.core.places import Role as Place
from app.services.demo import cast
from app.services.demo.furnish import furnish
from app.services.demo.play import check, findings, interview, sign_all
from app.services.syncing import SyncFailed
from app.services.syncing import _sum as summed
from sync.client.errors import Refused as Turned
from sync.client.runs import SyncResult
from sync.protocol.policy import Role, Standing
from tests.e2e.conftest import Clock
from tests.unit.services.bureau import PASSWORD, Bureau
from tests.unit.services.desks import Desk, photo, whole
from tests.unit.sync.kit import ServerProcess


@pytest.fixture
def bureau(server: ServerProcess) -> Iterator[Bureau]:
    """Give an office of its own to each test; the server is the same."""
    made = Bureau(server)
    yield made
    made.close()


@contextmanager
def opened(bureau: Bureau, folder: Path, clock: Clock | None = None, player: int = 0) -> Iterator[Services]:
    services = bureau.laptop(folder, clock or Clock(), player)
    try:
        yield services
    finally:
        services.close()


def begun(services: Services, name: str = "青禾区百草堂大药房（演练）") -> InspectionId:
    people = [
        services.people.save(
            Person(PersonId(""), who.name, Place.INSPECTOR, who.licence_no, licence_to=dt.date(2099, 12, 31))
        ).value.id
        for who in cast.PEOPLE[:2]
    ]
    place = services.institutions.save(Institution(InstitutionId(""), name, InstitutionKind.PHARMACY)).value
    task = services.tasks.create(
        title="专项检查（演练）", nature="administrative", kind="random", institution=place.id, templates=["SGF"],
        members=people,
    ).value  # fmt: skip
    return services.inspections.start(
        task.id, inspectors=people, recorder=people[1], place="店内", party=Party("周其真", "男", "", "店长"),
        licence_shown=True, recusal_answer="不申请回避。",
    ).value  # fmt: skip


def said(services: Services, user: str, password: str, totp: str = "") -> Turned:
    with pytest.raises(Turned) as problem:
        services.memberships.log_in(user, password, totp)
    return problem.value


def test_a_laptop_asks_waits_quietly_is_let_in_and_goes_on_by_itself(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as one:
        begun(one)
        asking = one.memberships.ask(bureau.url + "/").value.asking
        assert asking is not None
        assert one.sync.is_enrolled
        assert one.sync.run().value.pushed == 0
        assert one.sync.status().enrolment is None
        assert bureau.approve(one, li) == asking.fingerprint
        with pytest.raises(SyncFailed) as problem:
            one.sync.run()
        assert (problem.value.code, problem.value.retryable) == ("auth.login_needed", False)
        assert one.sync.status().enrolment is not None
        known = one.memberships.get()
        assert (known.user, known.needs_login, known.asking) == (li, True, None)
        assert not one.memberships.log_in(f" {li} ", PASSWORD).value.needs_login
        assert one.sync.run().value.is_complete
        assert one.sync.status().pending == 0
        assert one.sync.status().stuck is None


def test_the_password_is_kept_nowhere(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as one:
        bureau.join(one, li)
        with one.memberships._store.db.read() as unit:
            tables = [row.name for row in unit.sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                for row in unit.tuples(f'SELECT * FROM "{table}"'):
                    assert not any(PASSWORD in value for value in row if isinstance(value, str)), table
                    assert not any(PASSWORD.encode() in value for value in row if isinstance(value, bytes)), table


def test_a_laptop_that_is_turned_away_is_told_and_asks_no_more(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as one:
        one.memberships.ask(bureau.url)
        bureau.people.admissions.refuse(bureau.waiting(one).device, bureau.boss)
        assert one.sync.run().value.pushed == 0
        asking = one.memberships.get().asking
        assert asking is not None
        assert asking.is_refused
        assert not one.sync.is_enrolled
        with pytest.raises(Refused, match="not_enrolled"):
            one.sync.run()
        assert one.memberships.withdraw().value.asking is None
        one.sync.enrol(bureau.url, bureau.server.code(user=li))
        assert one.memberships.get().needs_login


def test_what_is_wrong_with_a_login_is_said_and_work_goes_on(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    other = bureau.person(Role.LEAD)
    with opened(bureau, tmp_path / "a") as one:
        one.memberships.ask(bureau.url)
        bureau.approve(one, li)
        one.memberships.poll()
        assert said(one, other, PASSWORD).code == "login.refused"
        for _ in range(5):
            assert said(one, li, "wrong").code == "login.refused"
        locked = said(one, li, "wrong")
        assert locked.code == "login.locked"
        assert 0 < int(locked.params["wait_s"]) <= 60
        begun(one)
        assert one.memberships.get().needs_login


def test_a_lead_is_asked_for_digits(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.LEAD)
    with opened(bureau, tmp_path / "a") as one:
        one.memberships.ask(bureau.url)
        bureau.approve(one, li)
        one.memberships.poll()
        assert one.memberships.get().needs_digits
        assert said(one, li, PASSWORD).code == "login.totp_missing"


def test_rights_follow_the_server_at_the_next_sync(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.STATISTICS)
    with opened(bureau, tmp_path / "a") as one:
        bureau.join(one, li)
        one.sync.run()
        known = one.memberships.get()
        assert known.roles == (("statistics", bureau.code),)
        assert known.denied == {Deed.FILL, Deed.SIGN, Deed.VOID, Deed.RESOLVE}
        bureau.people.registers.grant(li, Standing(Role.REVIEWER, bureau.code))
        one.sync.run()
        assert one.memberships.get().denied == {Deed.VOID}


def test_a_laptop_of_another_office_than_its_user_is_told_so(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as one:
        bureau.join(one, li)
        assert not one.memberships.get().is_elsewhere
        with one.memberships._store.db.write() as unit:
            unit.local("UPDATE sync_self SET scope = 's:elsewhere'")
        known = one.memberships.get()
        assert (known.is_elsewhere, known.office) == (True, "elsewhere")


def test_logging_out_makes_sync_wait_for_the_password(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as one:
        bureau.join(one, li)
        assert one.memberships.log_out().value.needs_login
        with pytest.raises(SyncFailed, match="login_needed"):
            one.sync.run()


def test_an_office_without_a_server_is_never_limited(office: Desk, clock: Clock) -> None:
    clock.ahead = dt.timedelta(days=2000)
    assert office.services.memberships.get().limit is Limit.NONE
    begun(office.services)


def test_after_30_days_nothing_new_begins_and_what_was_begun_is_finished(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    clock = Clock()
    with opened(bureau, tmp_path / "a", clock) as one:
        visit = check(one, furnish(one, now()).tasks[0], now())
        tasks = len(one.tasks.lines())
        bureau.join(one, li)
        one.sync.run()
        clock.ahead = dt.timedelta(days=29, hours=23)
        assert one.memberships.get().limit is Limit.NONE
        clock.ahead = dt.timedelta(days=31)
        known = one.memberships.get()
        assert known.limit is Limit.READ_ONLY
        with pytest.raises(Refused, match=r"lease\.read_only"):
            begun(one)
        assert len(one.tasks.lines()) == tasks
        _finish(one, visit)
        one.people.save(Person(PersonId(""), "新来的", Place.ASSISTANT, ""))
        whole(one)


def test_after_60_days_only_visits_under_way_go_on_until_the_server_is_reached(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    clock = Clock()
    with opened(bureau, tmp_path / "a", clock) as one:
        tasks = furnish(one, now()).tasks
        visit = check(one, tasks[0], now())
        bureau.join(one, li)
        one.sync.run()
        clock.ahead = dt.timedelta(days=61)
        assert one.memberships.get().limit is Limit.LOCKED
        for new in (
            lambda: begun(one),
            lambda: one.tasks.cancel(tasks[1], "不再检查"),
            lambda: one.people.save(Person(PersonId(""), "新来的", Place.ASSISTANT, "")),
            lambda: one.institutions.save(Institution(InstitutionId(""), "另一家", InstitutionKind.PHARMACY)),
        ):
            with pytest.raises(Refused, match=r"lease\.locked"):
                new()
        _finish(one, visit)
        assert one.inspections.view(visit)
        one.sync.set_policy(one.sync.policy())
        assert one.sync.run().value.is_complete
        clock.ahead = dt.timedelta()
        assert one.memberships.get().limit is Limit.NONE
        begun(one, "另一家药房")


def test_a_laptop_that_was_locked_out_begins_nothing_new_from_the_moment_it_hears_of_it(
    bureau: Bureau, tmp_path: Path
) -> None:
    li = bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as one:
        tasks = furnish(one, now()).tasks
        visit = check(one, tasks[0], now())
        bureau.join(one, li)
        one.sync.run()
        one.people.save(Person(PersonId(""), "停用前写的", Place.ASSISTANT, ""))
        bureau.revoke(one)
        assert one.memberships.get().limit is Limit.NONE, "nobody has told it yet"
        for _ in range(2):
            with pytest.raises(SyncFailed, match=r"auth\.revoked"):
                one.sync.run()
        known = one.memberships.get()
        assert (known.limit, known.limit_at) == (Limit.REVOKED, None)
        for new in (
            lambda: begun(one),
            lambda: one.tasks.cancel(tasks[1], "不再检查"),
            lambda: one.people.save(Person(PersonId(""), "新来的", Place.ASSISTANT, "")),
        ):
            with pytest.raises(Refused, match=r"lease\.revoked"):
                new()
        _finish(one, visit)
        assert one.inspections.view(visit)
        assert one.sync.status().refused > 0, "what it wrote before has gone to the server's quarantine"


def test_a_clock_set_back_prolongs_nothing(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    clock = Clock()
    with opened(bureau, tmp_path / "a", clock) as one:
        visit = begun(one)
        bureau.join(one, li)
        one.sync.run()
        clock.ahead = dt.timedelta(days=31)
        one.inspections.set_details(visit, situation="查看营业场所。")
        clock.ahead = dt.timedelta(days=-3)
        assert one.memberships.get().limit is Limit.READ_ONLY


def test_a_clock_that_once_stood_far_ahead_locks_nobody_out_for_ever(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    clock = Clock()
    with opened(bureau, tmp_path / "a", clock) as one:
        clock.ahead = dt.timedelta(days=4000)
        begun(one)
        clock.ahead = dt.timedelta()
        bureau.join(one, li)
        one.sync.run()
        assert one.memberships.get().limit is Limit.NONE
        begun(one, "另一家药房")


def test_a_receipt_that_came_by_a_packet_renews_the_lease(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as one:
        bureau.join(one, li)
        begun(one)
        one.sync.run()
        long_ago = 40 * 24 * 3_600_000
        with one.memberships._store.db.write() as unit:  # as if the lines had their receipts from packets alone
            unit.local("UPDATE membership SET contact_ms = contact_ms - ?", (long_ago,))
        assert one.memberships.get().limit is Limit.NONE
        with one.memberships._store.db.write() as unit:
            unit.local("UPDATE sync_op SET state = 'quarantined' WHERE state = 'done'")
        assert one.memberships.get().limit is Limit.READ_ONLY


def test_a_feed_that_was_taken_away_leaves_only_after_own_lines_were_sent(bureau: Bureau, tmp_path: Path) -> None:
    li = bureau.person(Role.INSPECTOR)
    wang = bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as mine, opened(bureau, tmp_path / "b", player=1) as other:
        bureau.join(mine, li)
        bureau.join(other, wang)
        theirs, own = begun(other), begun(mine, "另一家药房")
        other.evidence.take(theirs, [("货架.jpg", photo("别人拍的"))])
        mine.evidence.take(own, [("库房.jpg", photo("自己拍的"))])
        for one in (mine, other, mine):
            assert one.sync.run().value.is_complete
        assert mine.inspections.view(theirs)
        stored = _stored(mine)
        assert len(stored) == 4  # two photos and their previews
        before = _journal(mine)
        mine.inspections.set_details(own, situation="还没有送出。")
        bureau.people.registers.end(li, Standing(Role.INSPECTOR, bureau.code))
        mine.sync.run()
        known = mine.memberships.get()
        assert known.denied == frozenset(Deed)
        [left] = known.left
        assert (left.feed, left.files) == (f"s:{bureau.code}", 1)
        with pytest.raises(Refused):
            mine.inspections.view(theirs)
        assert before <= _journal(mine)
        kept = _stored(mine)
        assert len(kept) == 2
        assert kept < stored
        assert mine.sync.status().pending == 0
        assert mine.sync.status().refused > 0
        checks = {one.code: one.ok for one in mine.doctor.run()}
        assert all(checks.values()), checks
        assert mine.memberships.read().value.left == ()
        bureau.people.registers.grant(li, Standing(Role.INSPECTOR, bureau.code))
        mine.sync.run()
        mine.sync.run()
        assert mine.inspections.view(theirs)
        assert mine.inspections.view(own)


def test_a_person_whose_account_was_stopped_loses_what_others_wrote(bureau: Bureau, tmp_path: Path) -> None:
    li, wang = bureau.person(Role.INSPECTOR), bureau.person(Role.INSPECTOR)
    with opened(bureau, tmp_path / "a") as mine, opened(bureau, tmp_path / "b", player=1) as other:
        bureau.join(mine, li)
        bureau.join(other, wang)
        theirs = begun(other)
        other.sync.run()
        mine.sync.run()
        assert mine.inspections.view(theirs)
        bureau.people.registers.disable(li)
        with pytest.raises(SyncFailed, match="login_needed"):
            mine.sync.run()
        known = mine.memberships.get()
        assert known.needs_login
        assert [one.feed for one in known.left] == [f"s:{bureau.code}"]
        with pytest.raises(Refused):
            mine.inspections.view(theirs)


def test_what_several_slices_of_a_run_did_is_counted_together() -> None:
    one = SyncResult(lines_resupplied=2, rows_pulled=3, incidents=1, lines_sent=5)
    more = summed(one, SyncResult(lines_resupplied=10, rows_pulled=20, incidents=4, lines_sent=7))
    assert (more.lines_resupplied, more.rows_pulled, more.incidents, more.lines_sent) == (12, 23, 5, 12)


def _finish(services: Services, visit: InspectionId) -> None:
    """Do everything on a begun visit that its end needs."""
    members = services.inspections.view(visit).inspection.inspectors
    interview(services, visit, *members[:2])
    findings(services, visit)
    services.inspections.set_details(visit, situation="查看营业场所和票据。", party_opinion="情况属实。")
    services.evidence.take(visit, [("货架.jpg", photo())])
    sign_all(services, services.documents.freeze_record(visit).value.id)
    services.inspections.close(visit)


def _journal(services: Services) -> set[bytes]:
    with services.memberships._store.db.read() as unit:
        return {bytes(row.line) for row in unit.sql("SELECT line FROM sync_op")}


def _stored(services: Services) -> set[str]:
    store = services.memberships._store
    with store.db.read() as unit:
        rows = unit.sql("SELECT sha256, stored FROM sync_blob WHERE stored IS NOT NULL AND mime LIKE 'image/%'")
    return {row.sha256 for row in rows if store.files.has(row.stored)}
