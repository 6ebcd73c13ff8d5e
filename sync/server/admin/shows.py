"""The pages that only show; what a page holds depends on who looks at it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeVar

from sync.protocol.admission import fingerprint
from sync.protocol.policy import Action
from sync.server import errors as refusals
from sync.server.admin import views
from sync.server.admin.audit import Audit
from sync.server.admin.visits import Shown, Visit
from sync.server.people import errors
from sync.server.people.admissions import Asking
from sync.server.people.quarantine import Aside, Quarantine
from sync.server.people.registers import Person
from sync.server.routes import Office
from sync.server.status import status

T = TypeVar("T")
PAGE_ROWS: Final = 100
_MAX_PAGE: Final = 10_000
_CROWDS: Final = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages are made from."""

    office: Office
    quarantine: Quarantine
    audit: Audit


Show = Callable[[Desk, Visit], Shown]


def overview(desk: Desk, visit: Visit) -> Shown:
    """Show how the server fares, in figures that lead to the pages."""
    seen = visit.viewer
    found = views.devices(desk.office.database, seen, visit.now_ms)
    return _shown(
        "overview", visit, devices=[one for one in found if one.revoked_ms is None][:12],
        in_use=sum(one.revoked_ms is None for one in found), waiting=len(_waiting(desk, visit)),
        aside=sum(one.lines for one in _aside(desk, visit)), alarms=views.alarms(desk.office.database, seen),
        backup=views.last_backup(desk.office.database) if seen.sees_all else None,
        free=desk.office.blobs.store.free_bytes() if seen.sees_all else None,
    )  # fmt: skip


def devices(desk: Desk, visit: Visit) -> Shown:
    """Show who asks to be let in, and every device with its last contact."""
    found = [
        one
        for one in views.devices(desk.office.database, visit.viewer, visit.now_ms)
        if _matches(visit, one.name, one.person, one.user)
    ]
    waiting = _waiting(desk, visit)
    crowds = [(one, count) for one, count in Counter(one.source for one in waiting).most_common(_CROWDS) if one and count > 1]
    return _shown("devices", visit, waiting=waiting, crowds=crowds, **_page(visit, found))


def devices_refuse(desk: Desk, visit: Visit) -> Shown:
    """Ask for confirmation before all who wait, or all from one address, are turned away."""
    source = visit.query.get("source", "")[:80]
    rows = [one for one in _waiting(desk, visit) if source in ("", one.source)]
    if not rows:
        raise errors.AdmissionUnknown(device=source)
    return _shown("devices_refuse", visit, source=source, rows=rows, until=max(one.asked_ms for one in rows))


def device_act(desk: Desk, visit: Visit) -> Shown:
    """Ask for confirmation before something is done with a device."""
    act, device = visit.where["act"], visit.where["device"]
    if act in ("approve", "refuse"):
        asking = next((one for one in _waiting(desk, visit) if one.device == device), None)
        if asking is None:
            raise errors.AdmissionUnknown(device=device[:80])
        return _shown("device_act", visit, act=act, device=asking, people=_owners(desk, visit), person="")
    known = desk.office.devices.find(device)
    org = views.org_of_device(desk.office.database, device)
    if not visit.viewer.may(Action.MANAGE_DEVICES, org):
        raise errors.NotAllowed(action=str(Action.MANAGE_DEVICES), place=device[:80])
    shown = Asking(device, known.name, fingerprint(known.public_key), 0)
    person = views.names(desk.office.database).get(known.user, known.user)
    return _shown("device_act", visit, act=act, device=shown, people=(), person=person)


def people(desk: Desk, visit: Visit) -> Shown:
    """Show the people of offices he sees."""
    found = [one for one in _people(desk, visit) if _matches(visit, one.user, one.name, one.org)]
    return _shown("people", visit, orgs=_orgs(desk, visit, Action.MANAGE_USERS), **_page(visit, found))


def person(desk: Desk, visit: Visit) -> Shown:
    """Show one person with the roles held now."""
    found = _person(desk, visit)
    staffed = _orgs(desk, visit, Action.MANAGE_USERS)
    return _shown("person", visit, person=found, orgs=staffed, own=found.user == visit.viewer.user)


def person_act(desk: Desk, visit: Visit) -> Shown:
    """Ask for confirmation before something is done with a person."""
    found = _person(desk, visit)
    if not visit.viewer.may(Action.MANAGE_USERS, found.org):
        raise errors.NotAllowed(action=str(Action.MANAGE_USERS), place=found.org)
    return _shown("person_act", visit, person=found, act=visit.where["act"])


def orgs(desk: Desk, visit: Visit) -> Shown:
    """Show the offices he sees, each below the one above it."""
    below = _orgs(desk, visit, Action.MANAGE_ORGS)
    return _shown("orgs", visit, parents=below, **_page(visit, _orgs(desk, visit, Action.SEE_STATUS)))


def quarantine(desk: Desk, visit: Visit) -> Shown:
    """Show what was put aside and why, never what it says."""
    found = _aside(desk, visit)
    names, people = {one.id: one for one in desk.office.devices.all()}, views.names(desk.office.database)
    return _shown("quarantine", visit, names=names, people=people, **_page(visit, found))


def quarantine_lines(desk: Desk, visit: Visit) -> Shown:
    """Show the lines of one device that wait before feeds he sees."""
    device = visit.where["device"]
    found = [one for one in desk.quarantine.lines(device) if visit.viewer.sees_feed(one.feed)]
    name, owner = (found[0].device_name, found[0].owner) if found else ("", "")
    return _shown("quarantine_lines", visit, device=device, name=name, owner=owner, **_page(visit, found))


def quarantine_line(desk: Desk, visit: Visit) -> Shown:
    """Show one line, and what can be done with it."""
    found = desk.quarantine.line(visit.where["op"])
    if not visit.viewer.sees_feed(found.feed):
        raise errors.LineUnknown(op=found.op)
    return _shown("quarantine_line", visit, line=found)


def quarantine_act(desk: Desk, visit: Visit) -> Shown:
    """Ask for confirmation before lines are let in."""
    device = visit.where["device"]
    found = [one for one in _aside(desk, visit) if one.device == device]
    if not any(visit.viewer.may_release(one.feed) for one in found):
        raise errors.NotAllowed(action=str(Action.RELEASE), place=device[:80])
    known = desk.office.devices.find(device)
    person = views.names(desk.office.database).get(known.user, known.user)
    return _shown("quarantine_act", visit, device=known, person=person, rows=found)


def alarms(desk: Desk, visit: Visit) -> Shown:
    """Show what is wrong."""
    return _shown("alarms", visit, **_page(visit, views.alarms(desk.office.database, visit.viewer)))


def storage(desk: Desk, visit: Visit) -> Shown:
    """Show what the server holds, what is left, and when it was copied."""
    return _shown(
        "storage", visit, figures=status(desk.office.database), free=desk.office.blobs.store.free_bytes(),
        backup=views.last_backup(desk.office.database), key=desk.office.devices.seal.path,
    )  # fmt: skip


def acts(desk: Desk, visit: Visit) -> Shown:
    """Show what administrators did."""
    page = _number(visit)
    who = views.users_of(desk.office.database, visit.viewer)
    found = desk.audit.acts(who, PAGE_ROWS + 1, (page - 1) * PAGE_ROWS)
    return _shown("acts", visit, rows=found[:PAGE_ROWS], page=page, more=len(found) > PAGE_ROWS, total=None)


# Address below /admin, page of the menu to which it belongs, and what shows it.
SHOWS: Final[tuple[tuple[str, str, Show], ...]] = (
    ("", "overview", overview),
    ("/devices", "devices", devices),
    ("/devices/refuse", "devices", devices_refuse),
    ("/devices/{device}/{act}", "devices", device_act),
    ("/people", "people", people),
    ("/people/{user}", "people", person),
    ("/people/{user}/{act}", "people", person_act),
    ("/orgs", "orgs", orgs),
    ("/quarantine", "quarantine", quarantine),
    ("/quarantine/{device}", "quarantine", quarantine_lines),
    ("/quarantine/{device}/release", "quarantine", quarantine_act),
    ("/quarantine/line/{op}", "quarantine", quarantine_line),
    ("/alarms", "alarms", alarms),
    ("/storage", "storage", storage),
    ("/acts", "acts", acts),
)
DEVICE_ACTS: Final = frozenset({"approve", "refuse", "revoke", "confirm", "lift"})
PERSON_ACTS: Final = frozenset({"disable", "enable", "password", "totp"})


def require_known_act(where: Mapping[str, str]) -> None:
    """Require that an address with an act names one that there is.

    Raises:
        NotFound: If it does not.
    """
    known = DEVICE_ACTS if "device" in where else PERSON_ACTS
    if "act" in where and where["act"] not in known:
        raise refusals.NotFound()


def _shown(template: str, visit: Visit, **values: object) -> Shown:
    return Shown(
        template, MappingProxyType({"now_ms": visit.now_ms, "q": visit.query.get("q", "")[:80], **values})
    )


def _page(visit: Visit, rows: Sequence[T]) -> dict[str, Any]:
    page = _number(visit)
    start = (page - 1) * PAGE_ROWS
    return {
        "rows": rows[start : start + PAGE_ROWS], "page": page, "more": len(rows) > start + PAGE_ROWS, "total": len(rows)
    }  # fmt: skip


def _number(visit: Visit) -> int:
    given = visit.query.get("page", "1")
    return min(max(int(given), 1), _MAX_PAGE) if given.isascii() and given.isdigit() and len(given) < 9 else 1


def _matches(visit: Visit, *texts: str) -> bool:
    wanted = visit.query.get("q", "").strip().lower()
    return not wanted or any(wanted in one.lower() for one in texts)


def _waiting(desk: Desk, visit: Visit) -> tuple[Asking, ...]:
    if not visit.viewer.anywhere(Action.MANAGE_DEVICES):
        return ()
    return desk.office.devices.people.admissions.waiting()


def _aside(desk: Desk, visit: Visit) -> tuple[Aside, ...]:
    return tuple(one for one in desk.quarantine.aside() if visit.viewer.sees_feed(one.feed))


def _people(desk: Desk, visit: Visit) -> tuple[Person, ...]:
    return tuple(one for one in desk.office.devices.people.registers.people() if visit.viewer.sees(one.org))


def _person(desk: Desk, visit: Visit) -> Person:
    found = desk.office.devices.people.registers.person(visit.where["user"])
    if not visit.viewer.sees(found.org):  # as if there were none: names of other offices are no secret door
        raise errors.PersonUnknown(user=found.user)
    return found


def _owners(desk: Desk, visit: Visit) -> tuple[Person, ...]:
    """Return the people to whom he may give a device: not himself."""
    return tuple(
        one
        for one in _people(desk, visit)
        if not one.is_disabled
        and one.user != visit.viewer.user
        and visit.viewer.may(Action.MANAGE_DEVICES, one.org)
    )


def _orgs(desk: Desk, visit: Visit, action: Action) -> tuple[Any, ...]:
    return tuple(
        one for one in desk.office.devices.people.registers.orgs() if visit.viewer.may(action, one.code)
    )
