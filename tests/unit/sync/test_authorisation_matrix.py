"""Every endpoint × role × relation × state, asked of a real server, against the policy table read by hand.

What is expected is looked up in the table with relations that this file states of its own; the server finds them out.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.protocol import codec, policy
from sync.protocol.errors import SyncError
from sync.protocol.files import (
    BundleAnswer,
    BundleRequest,
    FileOffer,
    OffersRequest,
    SizesRequest,
    bundled,
    unbundled,
)
from sync.protocol.fold import Status
from sync.protocol.lines import Kind
from sync.protocol.messages import ResupplyRequest, SuppliedLine, SyncAnswer, SyncRequest
from sync.protocol.policy import TABLE, Action, Area, Relation, Role, Standing
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.town import DAY_MS, Box, Town, bound

HOME = "610100"
NEAR = {
    "610100": Relation.OWN,
    "610102": Relation.CHILD,
    "610600": Relation.SIBLING,
    "610000": Relation.PARENT,
    "610602": Relation.FOREIGN,
    "620100": Relation.FOREIGN,
}
# Everybody is a member of x:member and of x:excluded, and kept out of the latter.
TASKS = {
    "x:member": Relation.OWN,
    "x:opened": Relation.OWN,
    "x:above": Relation.PARENT,
    "x:below": Relation.CHILD,
    "x:beside": Relation.SIBLING,
    "x:foreign": Relation.FOREIGN,
}
OPENED = {"x:opened": "610100", "x:above": "610000", "x:below": "610102", "x:beside": "610600", "x:foreign": "620100"}
FEEDS: dict[str, tuple[Area, Relation] | None] = (
    {f"s:{org}": (Area.CASE, relation) for org, relation in NEAR.items()}
    | {f"lib:{org}": (Area.LIBRARY, relation) for org, relation in NEAR.items()}
    | {feed: (Area.TASK, relation) for feed, relation in TASKS.items()}
    | {"x:excluded": None}
)
NOBODYS = ("s:999999", "x:unknown", "lib:999999", "d:somebody", "q:somebody", "org:610100", "z:610100", "610100")
OFFERING = [role for role in Role if any(who is role and Action.BLOB_PUT in can for (who, _, _), can in TABLE.items())]
MEMBERS = frozenset({Role.INSPECTOR, Role.LEAD, Role.REVIEWER, Role.LEGAL_REVIEWER, Role.AUDITOR})


class Filled:
    """A town in which every feed holds a line and a photo, and one device of each role."""

    def __init__(self, folder: Path, place: str | None) -> None:
        self.town = Town(folder, place).with_offices()
        registers = self.town.people.registers
        for feed, org in OPENED.items():
            registers.open_task(feed, org)
        self.lines: dict[str, SuppliedLine] = {}
        self.photos: dict[str, str] = {}
        for feed in FEEDS:
            self._fill(feed)
        self.boxes = {role: self._box(role) for role in Role}

    def _fill(self, feed: str) -> None:
        kind, _, org = feed.partition(":")
        place = feed if kind == "x" else org
        writer = self.town.box((Role.AUTHOR if kind == "lib" else Role.INSPECTOR, place))
        line = writer.line(feed)
        assert writer.push(line)[line.line.op].status is Status.APPLIED
        self.lines[feed] = SuppliedLine(writer.id, line.data.decode(), line.sig)
        self.photos[feed] = writer.put(feed, f"photo of {feed}".encode())

    def _box(self, role: Role) -> Box:
        user = self.town.person((role, HOME))
        if role in MEMBERS:
            self.town.people.registers.grant(user, Standing(role, "x:member"))
            self.town.people.registers.grant(user, Standing(role, "x:excluded"))
            self.town.people.registers.grant(user, Standing(role, f"x:own-{role}"))
        self.town.people.registers.exclude(user, "x:excluded", "回避")
        return self.town.device(user)


@pytest.fixture(scope="module", params=BOTH)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    made = Filled(tmp_path_factory.mktemp("matrix") / "town", bound(address(request)))
    yield made
    made.town.close()


def allowed(role: Role, action: Action, feed: str) -> bool:
    cell = FEEDS.get(feed)
    if cell is None or (feed == "x:member" and role not in MEMBERS):
        return False
    return action in TABLE.get((role, *cell), ())


@pytest.mark.parametrize("role", list(Role))
def test_every_endpoint_decides_as_the_table_says(filled: Filled, role: Role) -> None:
    box, town = filled.boxes[role], filled.town
    wrong, asked = [], 0

    def note(action: Action, feed: str, did: bool, by: str) -> None:
        nonlocal asked
        asked += 1
        if did is not allowed(role, action, feed):
            wrong.append((by, str(action), feed, did))

    lines = {(kind, feed): box.line(feed, kind) for kind in Kind for feed in (*FEEDS, *NOBODYS)}
    receipts = box.push(*lines.values())
    for (kind, feed), line in lines.items():
        note(policy.pushing(kind), feed, receipts[line.line.op].status is not Status.QUARANTINED, "sync: lines")
    request = SyncRequest(town.epoch, (), digests=True, own=True)
    status, said = box.call("POST", "/v1/sync", codec.dump(request))
    answer = codec.load(SyncAnswer, codec.dump(said))
    assert status == 200
    pulled, digested = {page.feed for page in answer.pages}, {one.feed for one in answer.digests}
    for feed in (*FEEDS, *NOBODYS):
        note(Action.PULL, feed, feed in pulled, "sync: pages")
        note(Action.PULL, feed, feed in digested, "sync: digests")
        note(Action.PULL, feed, _did(box.snapshot(feed), "feed.forbidden"), "snapshot")
        note(Action.BLOB_PUT, feed, _did(box.offer(feed, f"{role} to {feed}".encode()), "feed.forbidden"), "offer")
    names = {feed: hashlib.sha256(f"{role} with others to {feed}".encode()).hexdigest() for feed in (*FEEDS, *NOBODYS)}
    offers = OffersRequest(tuple(FileOffer(name, feed, 9, "image/jpeg") for feed, name in names.items()))
    _, said = box.call("POST", "/v1/blobs", codec.dump(offers))
    for feed, state in zip(names, said["files"], strict=True):
        assert state["problem"] is None or state["problem"]["code"] == "feed.forbidden"
        note(Action.BLOB_PUT, feed, state["problem"] is None, "offers")
    small = {feed: f"{role} small to {feed}".encode() for feed in (*FEEDS, *NOBODYS)}
    announced = (FileOffer(hashlib.sha256(data).hexdigest(), feed, len(data), "image/jpeg") for feed, data in small.items())
    _, said = box.call("PUT", "/v1/bundles", bundled(OffersRequest(tuple(announced)), small.values()))
    for feed, state in zip(small, said["files"], strict=True):
        assert state["problem"] is None or state["problem"]["code"] == "feed.forbidden"
        note(Action.BLOB_PUT, feed, state["complete"], "bundle sent")
    _, told = box.call("POST", "/v1/bundles", codec.dump(BundleRequest(tuple(filled.photos.values()))))
    for feed, size in zip(filled.photos, unbundled(BundleAnswer, told)[0].sizes, strict=True):
        note(Action.BLOB_GET, feed, size > 0, "bundle fetched")
    _, said = box.call("POST", "/v1/sizes", codec.dump(SizesRequest(tuple(filled.photos.values()))))
    for feed, size in zip(filled.photos, said["sizes"], strict=True):
        assert size in (-1, len(f"photo of {feed}"))
        note(Action.BLOB_GET, feed, size > 0, "sizes")
    for feed, photo in filled.photos.items():
        status, _ = box.call("GET", f"/v1/blobs/{photo}")
        note(Action.BLOB_GET, feed, status == 200, "fetch")
        assert status in (200, 404)
        assert box.call("GET", f"/v1/blobs/{photo}/prolonged")[0] == 404
        supplied = ResupplyRequest(town.epoch, (filled.lines[feed],))
        _, said = box.call("POST", "/v1/resupply", codec.dump(supplied))
        note(Action.PULL, feed, said["known"] == 1, "resupply")
    assert wrong == []
    assert asked == len(Kind) * (len(FEEDS) + len(NOBODYS)) + 6 * (len(FEEDS) + len(NOBODYS)) + 4 * len(FEEDS)


def _did(answer: tuple[int, Any], refusal: str) -> bool:
    status, said = answer
    if status == 403:
        assert said["code"] == refusal
        return False
    assert status == 200, said
    return True


@pytest.mark.parametrize("role", OFFERING)
def test_a_known_digest_opens_no_file_of_a_feed_that_is_not_read(filled: Filled, role: Role) -> None:
    """The offer of a file that the server has is answered "complete" to those alone who may fetch it."""
    box = filled.boxes[role]
    own = f"x:own-{role}" if role in MEMBERS else f"lib:{HOME}"  # what is offered there, others do not get to read
    told = []
    for feed in FEEDS:
        data = f"photo of {feed}".encode()
        status, said = box.offer(own, data)
        assert status == 200
        if said["complete"]:
            told.append(feed)
    assert told == [feed for feed in FEEDS if allowed(role, Action.BLOB_GET, feed)]


# What administrators do, by the same table
OFFICES = dict(NEAR)


def _code(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except SyncError as problem:
        return problem.code
    return ""


def _attempts(town: Town, by: str, org: str) -> dict[Action, Callable[[], object]]:
    registers, admissions = town.people.registers, town.people.admissions
    user = town.person(org=org)
    waiting, inside, lost = Box(town), town.device(user), town.device(town.person(org=org))
    admissions.ask(town.server, waiting.wish(), f"10.0.0.{next(town.numbers)}")
    return {
        Action.MANAGE_USERS: lambda: registers.add_person(f"n{next(town.numbers)}", "name", org, by),
        Action.MANAGE_DEVICES: lambda: (
            admissions.approve(waiting.id, user, waiting.digits, by),
            admissions.confirm(inside.id, by),
            town.office.devices.revoke(lost.id, by),
        ),
        Action.MANAGE_TASKS: lambda: registers.open_task(f"x:new{next(town.numbers)}", org, by),
        Action.MANAGE_ORGS: lambda: registers.add_org(f"{org}-{next(town.numbers)}", "name", org, by),
    }


@pytest.mark.parametrize("role", list(Role))
def test_every_administrative_deed_is_decided_by_the_table(filled: Filled, role: Role) -> None:
    town, wrong = filled.town, []
    by = town.person((role, HOME))
    for org, relation in OFFICES.items():
        for action, attempt in _attempts(town, by, org).items():
            said = _code(attempt)
            did = said == ""
            assert did or said == "people.not_allowed"
            if did is not (action in TABLE.get((role, Area.OFFICE, relation), ())):
                wrong.append((str(action), org, did))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_every_release_is_decided_by_the_table(filled: Filled, role: Role) -> None:
    town, wrong = filled.town, []
    by, stranger = town.person((role, HOME)), town.box()
    lines = {feed: stranger.line(feed) for feed in FEEDS if feed not in ("x:member", "x:excluded")}
    stranger.push(*lines.values())
    town.quarantine.release(stranger.id, by)
    receipts = stranger.receipts()
    for feed, line in lines.items():
        did = receipts[line.line.op].status is not Status.QUARANTINED
        if did is not allowed(role, Action.RELEASE, feed):
            wrong.append((feed, did))
    assert wrong == []


# States of a device, at every endpoint
ENDPOINTS: tuple[tuple[str, str], ...] = (
    ("GET", "/v1/me"),
    ("POST", "/v1/login"),
    ("POST", "/v1/logout"),
    ("POST", "/v1/sync"),
    ("POST", "/v1/snapshot"),
    ("POST", "/v1/resupply"),
    ("POST", "/v1/cards"),
    ("POST", "/v1/leases/numbers"),
    ("POST", "/v1/checkpoint"),
    ("POST", "/v1/blobs"),
    ("POST", "/v1/sizes"),
    ("PUT", "/v1/bundles"),
    ("POST", "/v1/bundles"),
    ("POST", f"/v1/blobs/{'0' * 64}"),
    ("PUT", f"/v1/blobs/{'0' * 64}"),
    ("GET", f"/v1/blobs/{'0' * 64}"),
    ("GET", f"/v1/blobs/{'0' * 64}/prolonged"),
    ("POST", f"/v1/blobs/{'0' * 64}/commit"),
    ("PUT", f"/v1/blobs/{'0' * 64}/0"),
)
OPEN_WITHOUT_LOGIN = {"/v1/me", "/v1/login", "/v1/logout"}


def test_no_address_of_devices_is_forgotten_here(filled: Filled) -> None:
    from sync.server.routes import Endpoints

    public = {"/healthz", "/v1/hello", "/v1/enrol", "/v1/admission", "/v1/openapi.json"}
    known = {target.replace("0" * 64, "{sha256}").replace("}/0", "}/{number:int}") for _, target in ENDPOINTS}
    assert {route.path for route in Endpoints(filled.town.office).routes()} - public == known


def _stranger(town: Town) -> Box:
    return Box(town)


def _waiting(town: Town) -> Box:
    box = Box(town)
    box.ask()
    return box


def _impostor(town: Town) -> Box:
    return Box(town, id=town.box((Role.LEAD, HOME)).id)


def _revoked(town: Town) -> Box:
    box = town.box((Role.LEAD, HOME))
    town.office.devices.revoke(box.id)
    return box


def _unconfirmed(town: Town) -> Box:
    user = town.person((Role.LEAD, HOME))
    box = town.device(user)
    town.now_ms += 91 * DAY_MS
    town.people.logins.open_device(box.id, user)
    return box


def _logged_out(town: Town) -> Box:
    return town.device(town.person((Role.LEAD, HOME)), logged_in=False)


def _expired(town: Town) -> Box:
    box = town.box((Role.LEAD, HOME))
    town.now_ms += 31 * DAY_MS
    return box


def _disabled(town: Town) -> Box:
    user = town.person((Role.LEAD, HOME))
    box = town.device(user)
    town.people.registers.disable(user)
    return box


STATES: dict[str, tuple[Callable[[Town], Box], str, set[str]]] = {
    "unknown": (_stranger, "auth.unknown_device", set()),
    "waiting": (_waiting, "auth.unknown_device", set()),
    "impostor": (_impostor, "auth.signature", set()),
    "revoked": (_revoked, "auth.revoked", {"/v1/sync"}),
    "unconfirmed": (_unconfirmed, "auth.unconfirmed", OPEN_WITHOUT_LOGIN),
    "logged out": (_logged_out, "auth.login_needed", OPEN_WITHOUT_LOGIN),
    "log-in expired": (_expired, "auth.login_needed", OPEN_WITHOUT_LOGIN),
    "disabled": (_disabled, "auth.login_needed", OPEN_WITHOUT_LOGIN),
}


@pytest.mark.parametrize("state", list(STATES))
def test_a_device_in_no_good_standing_is_refused_everywhere_by_its_own_name(tmp_path: Path, state: str) -> None:
    make, code, open_to_it = STATES[state]
    town = Town(tmp_path / "town").with_offices()
    box = make(town)
    said = {target: box.call(method, target) for method, target in ENDPOINTS}
    refusals = {target: answer[1].get("code", "") if isinstance(answer[1], dict) else "" for target, answer in said.items()}
    town.close()
    for target in open_to_it:
        assert not refusals.pop(target, "").startswith("auth.")
    assert set(refusals.values()) == {code}


@pytest.mark.parametrize("header", ["Device", "Time", "Nonce", "Sha256", "Signature"])
def test_a_request_that_lacks_a_part_of_its_proof_is_refused(filled: Filled, header: str) -> None:
    box = filled.boxes[Role.LEAD]
    for method, target in ENDPOINTS:
        status, said = box.call(method, target, **{f"Yanfang-{header}": ""})
        assert (status, said["code"]) == (401, "auth.missing")
