"""What can be done at the page. `people` decides whether it may be; here forms become calls."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from sync.protocol.policy import Role, Standing
from sync.server.admin.pictures import qr_code
from sync.server.admin.shows import Desk
from sync.server.admin.visits import FormIncomplete, GoTo, OwnAccount, Shown, Visit
from sync.server.people.errors import WeakPassword
from sync.server.people.passwords import provisioning_uri
from sync.server.people.quarantine import Release

_PASSWORD_BYTES: Final = 10
_TRIES: Final = 40


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done.

    Attributes:
        path: Address below /admin.
        subject: Part of the address, or field of the form, that names whom it concerns.
        details: Fields of the form that are written down; never a secret.
    """

    what: str
    path: str
    do: Callable[[Desk, Visit], GoTo | Shown]
    subject: str
    details: tuple[str, ...] = ()


def approve(desk: Desk, visit: Visit) -> GoTo:
    """Let a device in whose digits were compared."""
    visit.field("compared")
    desk.office.devices.people.admissions.approve(
        visit.where["device"], visit.field("user"), visit.field("digits"), visit.viewer.user
    )
    return _back("devices", "device.approve")


def refuse(desk: Desk, visit: Visit) -> GoTo:
    """Turn a device away."""
    desk.office.devices.people.admissions.refuse(visit.where["device"], visit.viewer.user)
    return _back("devices", "device.refuse")


def refuse_many(desk: Desk, visit: Visit) -> GoTo:
    """Turn away all who waited when the page was made, or all of them from one address."""
    until = visit.field("until")
    if not (until.isascii() and until.isdigit() and len(until) < 16):
        raise FormIncomplete(at="until")
    desk.office.devices.people.admissions.refuse_many(visit.viewer.user, visit.form.get("source", ""), int(until))
    return _back("devices", "device.refuse_many")


def revoke(desk: Desk, visit: Visit) -> GoTo:
    """Lock a device out."""
    desk.office.devices.revoke(visit.where["device"], visit.viewer.user)
    return _back("devices", "device.revoke")


def confirm(desk: Desk, visit: Visit) -> GoTo:
    """Confirm that a device is where it should be."""
    desk.office.devices.people.admissions.confirm(visit.where["device"], visit.viewer.user)
    return _back("devices", "device.confirm")


def lift(desk: Desk, visit: Visit) -> GoTo:
    """Let a device that came to a limit of files send more."""
    desk.office.blobs.lift(desk.office.devices.managed(visit.where["device"], visit.viewer.user).id)
    return _back("devices", "device.lift")


def add_person(desk: Desk, visit: Visit) -> GoTo:
    """Add a person, with a first role if one is chosen."""
    registers = desk.office.devices.people.registers
    user, org = visit.field("user"), visit.field("org")
    role = _role(visit) if visit.form.get("role") else None
    registers.add_person(user, visit.field("name"), org, visit.viewer.user)
    if role is not None:
        registers.grant(user, Standing(role, org), by=visit.viewer.user)
    return _back(f"people/{quote(user, safe='')}", "person.add")


def disable(desk: Desk, visit: Visit) -> GoTo:
    """Take every right from a person."""
    user = visit.where["user"]
    if user == visit.viewer.user:
        raise OwnAccount()
    desk.office.devices.people.registers.disable(user, visit.viewer.user)
    return _person(visit, "person.disable")


def enable(desk: Desk, visit: Visit) -> GoTo:
    """Give a disabled person the roles back."""
    desk.office.devices.people.registers.enable(visit.where["user"], visit.viewer.user)
    return _person(visit, "person.enable")


def password(desk: Desk, visit: Visit) -> Shown:
    """Give a person a new password, shown this once."""
    user = visit.where["user"]
    for attempt in range(_TRIES):  # chance may spell the name of the account
        letters = base64.b32encode(desk.office.world.random_bytes(_PASSWORD_BYTES)).decode()
        made = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4)).lower()
        try:
            desk.office.devices.people.registers.set_password(user, made, visit.viewer.user)
            break
        except WeakPassword:
            if attempt == _TRIES - 1:
                raise
    return _told(visit, "person.password", made, None)


def totp(desk: Desk, visit: Visit) -> Shown:
    """Give a person a new secret for the six digits, shown this once."""
    user = visit.where["user"]
    secret = desk.office.devices.people.registers.set_totp(user, visit.viewer.user)
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return _told(visit, "person.totp", grouped, qr_code(provisioning_uri(secret, user)))


def grant(desk: Desk, visit: Visit) -> GoTo:
    """Give a person a role in an office."""
    standing = Standing(_role(visit), visit.field("place"))
    desk.office.devices.people.registers.grant(visit.where["user"], standing, by=visit.viewer.user)
    return _person(visit, "person.grant")


def end(desk: Desk, visit: Visit) -> GoTo:
    """Take a role from a person."""
    standing = Standing(_role(visit), visit.field("place"))
    desk.office.devices.people.registers.end(visit.where["user"], standing, visit.viewer.user)
    return _person(visit, "person.end")


def add_org(desk: Desk, visit: Visit) -> GoTo:
    """Add an office below the one chosen, or below the one that its division code names."""
    parent = visit.form.get("parent") or None
    desk.office.devices.people.registers.add_org(
        visit.field("code"), visit.field("name"), parent, visit.viewer.user
    )
    return _back("orgs", "org.add")


def release(desk: Desk, visit: Visit) -> Shown:
    """Let the lines of a device into their feeds and say what stays."""
    return _released(visit, desk.quarantine.release(visit.where["device"], visit.viewer.user))


def release_line(desk: Desk, visit: Visit) -> Shown:
    """Let one line into its feed, or say why it stays."""
    line = desk.quarantine.line(visit.where["op"])
    return _released(visit, desk.quarantine.release(line.device, visit.viewer.user, line.op))


def leave(desk: Desk, visit: Visit) -> GoTo:
    """Leave a line where it is, and write down why."""
    line = desk.quarantine.line(visit.where["op"])
    desk.quarantine.leave(line.op, visit.viewer.user, visit.field("why"))
    return _back(f"quarantine/{quote(line.device, safe='')}", "quarantine.leave")


DEEDS: Final[tuple[Deed, ...]] = (
    Deed("device.approve", "/devices/{device}/approve", approve, "device", ("user", "digits")),
    Deed("device.refuse", "/devices/{device}/refuse", refuse, "device"),
    Deed("device.refuse_many", "/devices/refuse", refuse_many, "source", ("until",)),
    Deed("device.revoke", "/devices/{device}/revoke", revoke, "device"),
    Deed("device.confirm", "/devices/{device}/confirm", confirm, "device"),
    Deed("device.lift", "/devices/{device}/lift", lift, "device"),
    Deed("person.add", "/people/add", add_person, "user", ("name", "org", "role")),
    Deed("person.disable", "/people/{user}/disable", disable, "user"),
    Deed("person.enable", "/people/{user}/enable", enable, "user"),
    Deed("person.password", "/people/{user}/password", password, "user"),
    Deed("person.totp", "/people/{user}/totp", totp, "user"),
    Deed("person.grant", "/people/{user}/grant", grant, "user", ("role", "place")),
    Deed("person.end", "/people/{user}/end", end, "user", ("role", "place")),
    Deed("org.add", "/orgs/add", add_org, "code", ("name", "parent")),
    Deed("quarantine.release", "/quarantine/{device}/release", release, "device"),
    Deed("quarantine.release_line", "/quarantine/line/{op}/release", release_line, "op"),
    Deed("quarantine.leave", "/quarantine/line/{op}/leave", leave, "op", ("why",)),
)


def _released(visit: Visit, done: Release) -> Shown:
    return Shown("released", {"released": done.released, "kept": done.kept, "now_ms": visit.now_ms, "q": ""})


def _role(visit: Visit) -> Role:
    try:
        return Role(visit.field("role"))
    except ValueError as problem:
        raise FormIncomplete(at="role") from problem


def _back(page: str, done: str) -> GoTo:
    return GoTo(f"/{page}?done={done}")


def _person(visit: Visit, done: str) -> GoTo:
    return _back(f"people/{quote(visit.where['user'], safe='')}", done)


def _told(visit: Visit, what: str, secret: str, picture: Markup | None) -> Shown:
    user = visit.where["user"]
    return Shown(
        "told", {"what": what, "user": user, "secret": secret, "picture": picture, "now_ms": visit.now_ms, "q": ""}
    )  # fmt: skip
