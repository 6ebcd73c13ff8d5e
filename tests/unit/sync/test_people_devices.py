"""Devices in people's hands: let in by somebody else, logged in on, confirmed, revoked, and what a revoked one may bring."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.protocol.admission import Decision
from sync.protocol.errors import SyncError
from sync.protocol.fold import Status
from sync.protocol.lease import LeaseState
from sync.protocol.lines import FieldEdit
from sync.protocol.linked import whole_entries
from sync.protocol.policy import Action, Role, Standing, may
from sync.server.db import schema
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.town import DAY_MS, Box, Town, bound

CASE = "s:610100"
INSPECTOR = (Role.INSPECTOR, "610100")


@pytest.fixture(params=BOTH)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", bound(address(request))).with_offices()
    yield made
    made.close()


@pytest.fixture
def admin(town: Town) -> str:
    return town.person((Role.ORG_ADMIN, "610100"))


def code_of(answer: tuple[int, dict[str, str]]) -> str:
    return answer[1]["code"]


def refused(problem: pytest.ExceptionInfo[SyncError]) -> str:
    return problem.value.code


def test_a_device_that_somebody_else_approved_works_after_its_user_logged_in(town: Town, admin: str) -> None:
    user, box = town.person(INSPECTOR, password=True), Box(town)
    assert box.ask() is Decision.WAITING
    assert [(one.device, one.fingerprint) for one in town.people.admissions.waiting()] == [(box.id, box.digits)]
    town.people.admissions.approve(box.id, user, box.digits, admin)
    assert box.ask() is Decision.APPROVED
    assert code_of(box.send()) == "auth.login_needed"
    assert box.me().needs_login
    assert box.login(user)[0] == 200
    assert box.push(box.line(CASE)).popitem()[1].status is Status.APPLIED


def test_nobody_approves_his_own_device(town: Town) -> None:
    chief, box = town.person((Role.ORG_ADMIN, "610100")), Box(town)
    box.ask()
    with pytest.raises(SyncError) as problem:
        town.people.admissions.approve(box.id, chief, box.digits, chief)
    assert refused(problem) == "people.same_person"


def test_wrong_digits_let_nobody_in(town: Town, admin: str) -> None:
    user, box = town.person(INSPECTOR), Box(town)
    box.ask()
    with pytest.raises(SyncError) as problem:
        town.people.admissions.approve(box.id, user, Box(town).digits, admin)
    assert refused(problem) == "enrol.fingerprint"
    assert code_of(box.call("GET", "/v1/me")) == "auth.unknown_device"


def test_an_administrator_of_another_office_lets_nobody_in(town: Town) -> None:
    other, user, box = town.person((Role.ORG_ADMIN, "610600")), town.person(INSPECTOR), Box(town)
    box.ask()
    with pytest.raises(SyncError) as problem:
        town.people.admissions.approve(box.id, user, box.digits, other)
    assert refused(problem) == "people.not_allowed"


def test_a_refused_device_stays_out(town: Town, admin: str) -> None:
    box = Box(town)
    box.ask()
    town.people.admissions.refuse(box.id, admin)
    assert box.ask() is Decision.REFUSED
    with pytest.raises(SyncError) as problem:
        town.people.admissions.approve(box.id, town.person(INSPECTOR), box.digits, admin)
    assert refused(problem) == "enrol.decided"


def test_the_name_of_a_waiting_device_is_not_taken_by_another_key(town: Town) -> None:
    box = Box(town)
    box.ask()
    with pytest.raises(AssertionError, match=r"enrol\.decided"):
        Box(town, id=box.id).ask()


def test_a_third_device_of_one_person_is_refused_until_one_is_revoked(town: Town, admin: str) -> None:
    user, third = town.person(INSPECTOR), Box(town)
    first, _ = town.device(user), town.device(user)
    third.ask()
    with pytest.raises(SyncError) as problem:
        town.people.admissions.approve(third.id, user, third.digits, admin)
    assert refused(problem) == "people.too_many_devices"
    town.office.devices.revoke(first.id, admin)
    town.people.admissions.approve(third.id, user, third.digits, admin)


def test_a_device_is_confirmed_by_somebody_else_every_90_days(town: Town, admin: str) -> None:
    user = town.person(INSPECTOR)
    box = town.device(user)
    town.now_ms += 90 * DAY_MS
    town.people.logins.open_device(box.id, user)
    assert code_of(box.send(box.line(CASE))) == "auth.unconfirmed"
    with pytest.raises(SyncError) as problem:
        town.people.admissions.confirm(box.id, user)
    assert refused(problem) == "people.same_person"
    town.people.admissions.confirm(box.id, admin)
    assert box.send()[0] == 200


def test_a_log_in_ends_after_30_days_and_nothing_is_lost_by_it(town: Town) -> None:
    user = town.person(INSPECTOR, password=True)
    box = town.device(user)
    town.now_ms += 30 * DAY_MS
    line = box.line(CASE)
    assert code_of(box.send(line)) == "auth.login_needed"
    assert box.login(user)[0] == 200
    assert box.push(line)[line.line.op].status is Status.APPLIED


def test_logging_out_closes_the_device(town: Town) -> None:
    box = town.device(town.person(INSPECTOR))
    assert box.call("POST", "/v1/logout")[0] == 204
    assert code_of(box.send()) == "auth.login_needed"


def test_nobody_logs_in_on_the_device_of_another(town: Town) -> None:
    box, other = town.device(town.person(INSPECTOR), logged_in=False), town.person(INSPECTOR, password=True)
    assert code_of(box.login(other)) == "login.refused"


def test_a_new_password_logs_every_device_out(town: Town) -> None:
    user = town.person(INSPECTOR)
    box = town.device(user)
    town.people.registers.set_password(user, "another horse battery")
    assert code_of(box.send()) == "auth.login_needed"


def test_the_lease_tells_the_device_what_the_server_would_decide(town: Town) -> None:
    lease = town.box(INSPECTOR).me().lease
    assert lease is not None
    assert may(lease.access, Action.SET, CASE)
    assert not may(lease.access, Action.PULL, "s:610600")
    assert lease.state(town.now_ms + 31 * DAY_MS) is LeaseState.READ_ONLY


def test_a_changed_role_raises_the_version_that_every_exchange_tells(town: Town) -> None:
    user = town.person(INSPECTOR)
    box = town.device(user)
    before = box.sync().scopes_ver
    town.people.registers.end(user, Standing(*INSPECTOR))
    assert box.sync().scopes_ver > before


def test_a_role_that_ends_by_itself_raises_the_version_too(town: Town) -> None:
    user = town.person()
    town.people.registers.grant(user, Standing(*INSPECTOR), to_ms=town.now_ms + DAY_MS)
    box = town.device(user)
    box.push(box.line(CASE))
    before = box.sync().scopes_ver
    assert box.feeds() == {CASE}
    town.now_ms += DAY_MS
    assert box.feeds() == set()
    assert box.sync().scopes_ver > before


def test_a_lost_role_takes_the_feed_away_and_lines_go_into_quarantine(town: Town) -> None:
    user = town.person(INSPECTOR)
    box = town.device(user)
    box.push(box.line(CASE))
    town.people.registers.end(user, Standing(*INSPECTOR))
    line = box.line(CASE)
    receipt = box.push(line)[line.line.op]
    assert (receipt.status, receipt.reason) == (Status.QUARANTINED, "forbidden")
    assert box.feeds() == set()


def test_a_disabled_person_has_no_rights_and_gets_them_back(town: Town) -> None:
    user = town.person(INSPECTOR)
    box = town.device(user)
    box.push(box.line(CASE))
    town.people.registers.disable(user)
    assert code_of(box.send()) == "auth.login_needed"
    town.people.logins.open_device(box.id, user)
    assert box.feeds() == set()
    town.people.registers.enable(user)
    assert box.feeds() == {CASE}


# Revocation
def test_a_revoked_device_brings_its_lines_into_quarantine_and_reads_nothing(town: Town, admin: str) -> None:
    box = town.box(INSPECTOR)
    box.push(box.line(CASE))
    name = box.put(CASE, b"photo")
    line = box.line(CASE)
    town.now_ms += 1000
    town.office.devices.revoke(box.id, admin)
    answer = box.sync(line)
    assert (answer.taken, answer.pages) == (1, ())
    assert box.push(line)[line.line.op].reason == "revoked"
    assert code_of(box.send()) == "auth.revoked"
    for call in (("GET", "/v1/me"), ("GET", f"/v1/blobs/{name}"), ("POST", "/v1/login"), ("POST", "/v1/logout")):
        assert code_of(box.call(*call)) == "auth.revoked"
    assert code_of(box.snapshot(CASE)) == "auth.revoked"
    assert code_of(box.offer(CASE, b"another")) == "auth.revoked"


def test_files_from_before_the_revocation_stay_and_later_ones_are_refused_at_every_step(town: Town, admin: str) -> None:
    box, reader = town.box(INSPECTOR), town.box(INSPECTOR)
    before, begun, late = box.put(CASE, b"before"), b"begun before", b"late"
    name = hashlib.sha256(begun).hexdigest()
    assert box.offer(CASE, begun)[0] == 200
    town.now_ms += 1000
    town.office.devices.revoke(box.id, admin)
    for answer in (
        box.call("PUT", f"/v1/blobs/{name}/0", begun), box.call("POST", f"/v1/blobs/{name}/commit"),
        box.call("PUT", f"/v1/blobs/{name}", begun), box.call("POST", "/v1/blobs", b"{}"),
        box.offer(CASE, begun), box.offer(CASE, late), box.offer(CASE, b"before"), box.call("GET", f"/v1/blobs/{before}"),
    ):  # fmt: skip
        assert code_of(answer) == "auth.revoked"
    assert reader.get(before) == 200
    assert reader.get(name) == 404
    with town.office.database.read() as unit:
        given = unit.execute(select(schema.receipt.c.subject).where(schema.receipt.c.kind == "file")).scalars().all()
    assert given == [before]


def test_a_file_whose_chunks_came_before_the_revocation_is_not_committed_after_it(town: Town, admin: str) -> None:
    box, reader, data = town.box(INSPECTOR), town.box(INSPECTOR), b"all chunks here"
    name = hashlib.sha256(data).hexdigest()
    assert box.offer(CASE, data)[0] == 200
    assert box.call("PUT", f"/v1/blobs/{name}/0", data)[0] == 204
    device = town.office.devices.find(box.id)
    town.office.devices.revoke(box.id, admin)
    assert code_of(box.call("POST", f"/v1/blobs/{name}/commit")) == "auth.revoked"
    with pytest.raises(SyncError) as problem:  # a request that was let in just before
        town.office.blobs.commit(town.office.devices.find(device.id), name)
    assert refused(problem) == "feed.forbidden"
    assert reader.get(name) == 404
    assert reader.put(CASE, data) == name, "who may bring it brings it"
    assert reader.get(name) == 200


def test_a_lead_releases_what_was_signed_before_the_revocation(town: Town, admin: str) -> None:
    box, reader = town.box(INSPECTOR), town.box(INSPECTOR)
    line = box.line(CASE, fields=(FieldEdit("value", "不符合"),))
    town.now_ms += 1000
    town.office.devices.revoke(box.id, admin)
    box.push(line)
    assert reader.feeds() == set()
    done = town.quarantine.release(box.id, town.person((Role.LEAD, "610100")))
    assert (done.released, done.kept) == (1, {})
    entries = [entry for page in reader.sync().pages for entry in page.entries]
    assert [entry.line for entry in entries] == [line.data.decode()]
    assert box.push(line)[line.line.op].status is Status.APPLIED
    assert town.quarantine.aside() == ()


def test_a_line_written_after_the_revocation_stays_in_quarantine(town: Town, admin: str) -> None:
    box = town.box(INSPECTOR)
    before = box.line(CASE)
    town.now_ms += 1000
    town.office.devices.revoke(box.id, admin)
    town.now_ms += 1000
    after = box.line(CASE)
    box.push(before, after)
    done = town.quarantine.release(box.id, town.person((Role.LEAD, "610100")))
    assert (done.released, done.kept) == (1, {"after_revocation": 1})
    assert [(one.reason, one.lines) for one in town.quarantine.aside()] == [("after_revocation", 1)]
    assert box.push(after)[after.line.op].status is Status.QUARANTINED


@pytest.mark.parametrize(
    "role", [(Role.INSPECTOR, "610100"), (Role.LEAD, "610600"), (Role.LEAD, "610000"), (Role.SYSTEM_ADMIN, "610000"),
             (Role.AUDITOR, "610100")],
)  # fmt: skip
def test_whoever_has_no_right_releases_nothing(town: Town, role: tuple[Role, str]) -> None:
    box = town.box(INSPECTOR)
    line = box.line(CASE)
    town.now_ms += 1000
    town.office.devices.revoke(box.id)
    box.push(line)
    done = town.quarantine.release(box.id, town.person(role))
    assert (done.released, done.kept) == (0, {"not_allowed": 1})


def test_the_console_releases_nothing(town: Town) -> None:
    box = town.box(INSPECTOR)
    with pytest.raises(SyncError) as problem:
        town.quarantine.release(box.id, "console")
    assert refused(problem) == "people.not_allowed"


def test_a_release_is_written_down(town: Town, admin: str) -> None:
    box, lead = town.box(), town.person((Role.LEAD, "610100"))
    line = box.line(CASE)
    box.push(line)
    town.quarantine.release(box.id, lead)
    with town.office.database.read() as unit:
        row = unit.execute(schema.released.select()).one()
    assert (row.op, row.reason, row.released_by) == (line.line.op, "forbidden", lead)


def test_a_line_that_waited_for_another_comes_out_with_it_and_only_once(town: Town) -> None:
    user, lead = town.person(), town.person((Role.LEAD, "610100"))
    box = town.device(user)
    first = box.line(CASE, row="r1", fields=(FieldEdit("x", 1),))
    assert box.push(first)[first.line.op].reason == "forbidden"
    town.people.registers.grant(user, Standing(*INSPECTOR))
    second = box.line(CASE, row="r1", fields=(FieldEdit("x", 2, first.line.op),))
    assert box.push(second)[second.line.op].reason == "no_parent"
    done = town.quarantine.release(box.id, lead)
    assert (done.released, done.kept) == (2, {})
    assert {one.status for one in box.receipts().values()} == {Status.APPLIED}
    with town.office.database.read() as unit:
        written = {row.op: row.reason for row in unit.execute(schema.released.select())}
    assert written == {first.line.op: "forbidden", second.line.op: "no_parent"}


def test_one_line_is_let_in_and_the_others_stay(town: Town, admin: str) -> None:
    box, lead = town.box(INSPECTOR), town.person((Role.LEAD, "610100"))
    wanted, other = box.line(CASE), box.line(CASE)
    town.now_ms += 1000
    town.office.devices.revoke(box.id, admin)
    box.push(wanted, other)
    done = town.quarantine.release(box.id, lead, wanted.line.op)
    assert (done.released, done.kept) == (1, {})
    assert [one.op for one in town.quarantine.lines(box.id)] == [other.line.op]
    assert box.push(wanted)[wanted.line.op].status is Status.APPLIED
    assert box.push(other)[other.line.op].status is Status.QUARANTINED
    with pytest.raises(SyncError) as problem:
        town.quarantine.release(box.id, lead, wanted.line.op)
    assert refused(problem) == "people.line_unknown"


def test_a_line_in_quarantine_tells_whose_it_is_and_not_what_it_says(town: Town, admin: str) -> None:
    user = town.person(INSPECTOR)
    box, written_ms = town.device(user), town.now_ms
    line = box.line(CASE, row="r1", fields=(FieldEdit("value", "不符合"),))
    town.now_ms += 1000
    town.office.devices.revoke(box.id, admin)
    box.push(line)
    told = town.quarantine.line(line.line.op)
    assert (told.device, told.device_name, told.owner) == (box.id, "laptop", f"name of {user}")
    assert (told.author, told.feed, told.table, told.row, told.kind) == ("author", CASE, "t", "r1", "set")
    assert (told.reason, told.written_ms, told.received_ms) == ("revoked", written_ms, town.now_ms)
    assert "不符合" not in repr(told)
    assert town.quarantine.lines(box.id) == (told,)
    with pytest.raises(SyncError) as problem:
        town.quarantine.line("nothing")
    assert refused(problem) == "people.line_unknown"


def test_a_line_that_belongs_to_another_feed_stays_whoever_asks_and_says_why(town: Town) -> None:
    box, reader = town.box(), town.box((Role.INSPECTOR, "610600"), org="610600")
    reader.push(reader.line("s:610600", row="r1"))
    line = box.line(CASE, row="r1")
    assert box.push(line)[line.line.op].reason == "forbidden"
    done = town.quarantine.release(box.id, town.person((Role.LEAD, "610100")), line.line.op)
    assert (done.released, done.kept) == (0, {"other_scope": 1})


def test_a_line_is_left_in_quarantine_with_a_reason_by_who_could_let_it_in(town: Town) -> None:
    box, lead, other = town.box(), town.person((Role.LEAD, "610100")), town.person((Role.LEAD, "610600"))
    line = box.line(CASE)
    box.push(line)
    for by, why, code in (
        (lead, "  ", "people.why_missing"), (lead, "x" * 201, "people.why_missing"), (other, "no", "people.not_allowed"),
        ("console", "no", "people.not_allowed"),
    ):  # fmt: skip
        with pytest.raises(SyncError) as problem:
            town.quarantine.leave(line.line.op, by, why)
        assert refused(problem) == code
    assert town.quarantine.line(line.line.op).left is None
    town.quarantine.leave(line.line.op, lead, "与现场情况不符")
    town.now_ms += 1000
    town.quarantine.leave(line.line.op, lead, "已询问本人")
    left = town.quarantine.line(line.line.op).left
    assert left is not None
    assert (left.by, left.why, left.at_ms) == (lead, "已询问本人", town.now_ms)
    assert town.quarantine.release(box.id, lead).released == 1, "who thinks better of it lets it in"
    with pytest.raises(SyncError) as problem:
        town.quarantine.leave(line.line.op, lead, "no")
    assert refused(problem) == "people.line_unknown"


def test_released_lines_come_into_their_feed_in_the_order_of_their_chain(town: Town) -> None:
    box, reader = town.box(), town.box(INSPECTOR)
    sent = [box.line(CASE, row="r1", fields=(FieldEdit("x", number),)) for number in range(5)]
    box.push(*sent)
    town.quarantine.release(box.id, town.person((Role.LEAD, "610100")))
    (page,) = reader.sync().pages
    assert [entry.line for entry in whole_entries(page.entries)] == [one.data.decode() for one in sent]


# Alarms
def test_a_key_on_a_second_machine_raises_an_alarm(town: Town) -> None:
    box = town.box(INSPECTOR)
    box.machine = "m1"
    box.sync()
    box.sync()
    assert town.people.admissions.alarms() == ()
    box.machine = "m2"
    box.sync()
    assert [(one.device, one.kind, one.detail) for one in town.people.admissions.alarms()] == [
        (box.id, "two_machines", "m2")
    ]


# A server without offices
def test_without_offices_a_code_alone_lets_a_device_work(tmp_path: Path) -> None:
    town = Town(tmp_path / "plain")
    box = town.device("u", "s:office")
    assert box.push(box.line("s:office")).popitem()[1].status is Status.APPLIED
    assert box.push(box.line("s:other")).popitem()[1].status is not None
    assert box.feeds() == {"s:office"}
    town.close()


def test_with_the_first_office_only_registered_people_get_codes_and_old_devices_lose_their_rights(tmp_path: Path) -> None:
    town = Town(tmp_path / "growing")
    box = town.device("u", "s:office")
    box.push(box.line("s:office"))
    town.people.registers.add_org("610100", "office")
    with pytest.raises(SyncError) as problem:
        town.office.devices.issue_code("u", ("*",), DAY_MS)
    assert refused(problem) == "people.user_unknown"
    line = box.line("s:office")
    assert box.push(line)[line.line.op].reason == "forbidden"
    assert box.feeds() == set()
    town.close()


def test_two_histories_of_one_device_raise_an_alarm(town: Town) -> None:
    box = town.box(INSPECTOR)
    box.push(box.line(CASE))
    copy = Box(town, id=box.id, key=box.key, replica=box.replica)
    status, answer = copy.send(copy.line(CASE))
    assert (status, answer["problem"]["code"]) == (200, "push.fork")
    assert [(one.device, one.kind) for one in town.people.admissions.alarms()] == [(box.id, "push.fork")]
