"""The person behind this laptop: let in by an administrator, logged in, with the rights and terms the server gave."""

import datetime as dt
import json
import logging
import platform
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from app.core.clock import from_ms, now, to_ms
from app.core.errors import Refused
from app.core.ids import unguessable_id
from app.core.membership import Asking, Deed, LeftFeed, Limit, Membership
from app.core.outcome import Change, Outcome
from app.db import feed_drop
from app.db.unit import ReadUnit, WriteUnit
from app.media.copies import remove_copy
from app.services.lease_guard import limit_of, taken_until
from app.services.store import Store
from sync.client.enrol import Applicant, ask, log_in
from sync.client.http import Credentials, ServerDoor, address
from sync.client.runs import OnItsWay, is_first_of_day
from sync.protocol import codec, hlc, policy
from sync.protocol.admission import Decision, fingerprint, machine_digest
from sync.protocol.lease import TERMS, Lease
from sync.protocol.messages import Me, SyncAnswer, SyncRequest
from sync.protocol.policy import SECOND_FACTOR, Action

log = logging.getLogger(__name__)
_CHANGED: Final = frozenset({Change("sync", "")})
_DAY_MS: Final = 24 * 3_600_000
_HOUR_MS: Final = 3_600_000
_ACTIONS: Final = {
    Deed.READ: Action.PULL,
    Deed.FILL: Action.SET,
    Deed.SIGN: Action.SIGN,
    Deed.VOID: Action.VOID,
    Deed.RESOLVE: Action.RESOLVE,
}


class AttentiveDoor(ServerDoor):
    """A door that remembers what the last exchange said of rights and time."""

    __slots__ = ("heard_ms", "scopes_ver")

    def __init__(
        self, url: str, wall_ms: Callable[[], int], new_id: Callable[[], str], credentials: Credentials
    ) -> None:
        ServerDoor.__init__(self, url, wall_ms, new_id, credentials)
        self.scopes_ver: int | None = None
        self.heard_ms = 0

    def sync(self, request: SyncRequest, on_its_way: OnItsWay | None = None) -> SyncAnswer:
        """Say what is new here and learn what is new there."""
        answer = ServerDoor.sync(self, request, on_its_way)
        self.scopes_ver, self.heard_ms = answer.scopes_ver, answer.time_ms
        return answer


class Memberships:
    """Ask, log in, and keep what the server says of the person.

    Args:
        wall_ms: This machine's clock, milliseconds since 1970 UTC.
        machine_id: What stays the same on this machine; only a digest of it leaves the laptop.
    """

    def __init__(
        self, store: Store, wall_ms: Callable[[], int] | None = None, machine_id: Callable[[], str] = str
    ) -> None:
        self._store = store
        self._wall_ms = wall_ms or (lambda: to_ms(now()))
        self._machine_id = machine_id

    def get(self) -> Membership:
        """Return what is known of the person behind this laptop.

        Raises:
            Refused: `vault.locked`.
        """
        with self._store.db.read() as unit:
            row = _row(unit)
            if row is None:
                return Membership()
            self_row = unit.sql("SELECT scope, clock_off_ms, server FROM sync_self")[0]
            wall_ms = to_ms(self._store.now())
            limit = limit_of(unit, wall_ms)
            known = Membership(
                asking=self._asking(row), limit=limit, left=_left(row), leaving=tuple(json.loads(row.leaving))
            )
            lease = _lease(row)
            if lease is None:
                return known
            contact_ms = row.contact_ms if limit is Limit.NONE else max(row.contact_ms, taken_until(unit))
        server_ms = wall_ms + (self_row.clock_off_ms or 0)
        is_over = (lease.login_until_ms or 0) <= server_ms
        return replace(
            known,
            user=lease.user,
            roles=tuple((str(held.role), held.place) for held in lease.access.standings),
            is_person=bool(row.is_person),
            needs_login=bool(row.is_person) and is_over and self_row.server is not None,
            needs_digits=any(held.role in SECOND_FACTOR for held in lease.access.standings),
            login_until=_instant(lease.login_until_ms) if row.is_person else None,
            confirm_until=_instant(lease.confirm_until_ms),
            contact_at=from_ms(contact_ms),
            limit_at=_limit_at(contact_ms, limit),
            office=self_row.scope.partition(":")[2],
            denied=frozenset(
                deed
                for deed, action in _ACTIONS.items()
                if not policy.may(lease.access, action, self_row.scope)
            ),
        )

    def ask(self, server_url: str) -> Outcome[Membership]:
        """Ask a server to be let in by a person; sync goes on asking by itself until somebody has decided.

        Raises:
            Refused: `sync.enrolled_already`.
            SyncError: What the server or the network says, with its code.
        """
        url = address(server_url)
        with self._store.db.read() as unit:
            if unit.sql("SELECT server FROM sync_self")[0].server is not None:
                raise Refused("sync.enrolled_already")
        with self._door(url) as door:
            decision = ask(door, self._applicant()).decision
            with self._store.db.write() as unit:
                _change(
                    unit,
                    asked=url,
                    asked_at=to_ms(self._store.now()),
                    refused=int(decision is Decision.REFUSED),
                )
                if decision is not Decision.REFUSED:
                    unit.custody("asked_to_join", "server", server=url)
            if decision is Decision.APPROVED:
                self._enter(door, url)
        return Outcome(self.get(), _CHANGED)

    def withdraw(self) -> Outcome[Membership]:
        """Ask no more; a one-time code, or another address, is tried instead."""
        with self._store.db.write() as unit:
            _change(unit, asked=None, asked_at=None, refused=0)
        return Outcome(self.get(), _CHANGED)

    def poll(self) -> bool:
        """Ask what became of the wish; return whether this laptop is enrolled now.

        Raises:
            SyncError: What the server or the network says, with its code.
        """
        with self._store.db.read() as unit:
            row = _row(unit)
        if row is None or row.asked is None or row.refused:
            return False
        with self._door(row.asked) as door:
            decision = ask(door, self._applicant()).decision
            if decision is Decision.APPROVED:
                self._enter(door, row.asked)
                return True
            if decision is Decision.REFUSED:
                with self._store.db.write() as unit:
                    _change(unit, refused=1)
        return False

    @property
    def is_asking(self) -> bool:
        """Whether a server was asked and nobody has decided yet."""
        with self._store.db.read() as unit:
            row = _row(unit)
        return row is not None and row.asked is not None and not row.refused

    def log_in(self, user: str, password: str, totp: str = "") -> Outcome[Membership]:
        """Show for the next 30 days who is behind this laptop; the password is kept nowhere.

        Raises:
            Refused: `sync.not_enrolled`.
            SyncError: `login.refused`, `login.locked` (params: wait_s), `login.totp_needed`, `login.totp_missing`, or what
                the network says.
        """
        url, credentials = self.credentials()
        with self._door(url) as door:
            door.credentials = credentials
            self.take(log_in(door, user.strip(), password, "".join(totp.split())))
        with self._store.db.write() as unit:
            unit.custody("logged_in", credentials.device, user=user.strip())
        return Outcome(self.get(), _CHANGED)

    def log_out(self) -> Outcome[Membership]:
        """Let the server forget who is behind this laptop; work and records stay as they are.

        Raises:
            Refused: `sync.not_enrolled`.
            SyncError: What the server or the network says.
        """
        url, credentials = self.credentials()
        with self._door(url) as door:
            door.credentials = credentials
            door.logout()
            self.take(door.me())
        return Outcome(self.get(), _CHANGED)

    def credentials(self) -> tuple[str, Credentials]:
        """Return the server's address and what opens its door.

        Raises:
            Refused: `sync.not_enrolled`.
        """
        with self._store.db.read() as unit:
            who = unit.sql("SELECT device, server, server_key FROM sync_self")[0]
        if who.server is None:
            raise Refused("sync.not_enrolled")
        machine = self._machine_id()
        digest = machine_digest(who.server_key, machine) if machine else ""
        return who.server, Credentials(who.device, self._store.db.writer.key, who.server_key, digest)

    def take(self, me: Me) -> None:
        """Keep what the server says; feeds that a change of rights took away leave by `attend`."""
        lease = me.lease
        if lease is None:
            return
        with self._store.db.write() as unit:
            row = _row(unit)
            before = _lease(row)
            leaving = [] if row is None else list(json.loads(row.leaving))
            if before is not None and before.access.version != lease.access.version:
                read = _begun(unit)
                # What was written here may be settled without the feed having been read.
                read.add(unit.sql("SELECT scope FROM sync_self")[0].scope)
                leaving = sorted(feed for feed in read if not policy.may(lease.access, Action.PULL, feed))
            _change(
                unit,
                lease=codec.dump(lease).decode(),
                is_person=int(me.needs_login or lease.login_until_ms is not None),
                contact_ms=lease.verified_ms,
                lead_ms=max(0, _journal_ms(unit) - lease.verified_ms),
                leaving=json.dumps(leaving),
            )

    def attend(self, door: AttentiveDoor, failure: str | None) -> None:
        """After a run: ask who one is where that may have changed, note that the server was heard, let feeds go.

        Raises:
            SyncError: What the server or the network says.
        """
        with self._store.db.read() as unit:
            row = _row(unit)
        lease = _lease(row)
        # Only a refusal that is about the person is a reason to ask; a server out of reach is not asked once more.
        is_told = failure in ("auth.login_needed", "auth.unconfirmed", "feed.forbidden")
        heard_ms = door.heard_ms if door.scopes_ver is not None else 0
        if is_told or (heard_ms and (lease is None or _is_old(lease, door.scopes_ver, heard_ms))):
            self.take(door.me())
        elif heard_ms:
            self._note_contact(row, heard_ms)
        # Somebody whose account was stopped cannot log in any more: what was taken away goes all the same.
        if is_told or (heard_ms and failure is None):
            self._let_go()

    def read(self) -> Outcome[Membership]:
        """Note that the user has read which feeds are gone."""
        with self._store.db.write() as unit:
            _change(unit, left="[]")
        return Outcome(self.get(), _CHANGED)

    def _note_contact(self, row: Any, heard_ms: int) -> None:
        """Keep that the server was heard, and how far the journal's clock is ahead of it; not every few minutes anew."""
        with self._store.db.read() as unit:
            hlc_ms = _journal_ms(unit)
        if heard_ms > row.contact_ms + _HOUR_MS or hlc_ms - row.lead_ms > heard_ms + _HOUR_MS:
            with self._store.db.write() as unit:
                _change(unit, contact_ms=max(heard_ms, row.contact_ms), lead_ms=max(0, hlc_ms - heard_ms))

    def _let_go(self) -> None:
        """Take the feeds off that were lost, each after own lines of it have their verdict."""
        with self._store.db.read() as unit:
            row = _row(unit)
            lease = _lease(row)
            feeds = [] if row is None else json.loads(row.leaving)
            if lease is not None:  # a packet written before may have brought one again
                strays = {feed for feed in _begun(unit) if not policy.may(lease.access, Action.PULL, feed)}
                feeds += sorted(strays.difference(feeds))
        for feed in feeds:
            if lease is None or policy.may(lease.access, Action.PULL, feed):
                with self._store.db.write() as unit:
                    _forget(unit, feed)
                continue
            with self._store.db.read() as unit:
                if not feed_drop.is_droppable(unit, feed):
                    continue
                files = feed_drop.foreign_files(unit, feed)
            try:
                for name in (name for one in files for name in one.names):
                    remove_copy(self._store.files, name)
            except OSError:
                log.warning("membership.file_in_use")
                continue
            count = sum(not one.is_preview for one in files)
            with self._store.db.pull() as unit:
                rows = feed_drop.drop(unit, feed, files)
                if rows or count:
                    unit.custody("feed_left", feed, rows=rows, files=count)
                    left = [*json.loads(_row(unit).left), [feed, to_ms(self._store.now()), rows, count]]
                    _change(unit, left=json.dumps(left))
                _forget(unit, feed)
            log.info("membership.feed_left rows=%s files=%s", rows, count)

    def _enter(self, door: ServerDoor, url: str) -> None:
        """Take up that somebody let this laptop in."""
        applicant = self._applicant()
        server = door.hello().server
        machine = machine_digest(server, applicant.machine_id) if applicant.machine_id else ""
        door.credentials = Credentials(applicant.device, applicant.key, server, machine)
        me = door.me()
        with self._store.db.write() as unit:
            unit.local(
                "UPDATE sync_self SET server = ?, server_key = ?, enrolled_at = ?",
                (url, server, to_ms(self._store.now())),
            )
            _change(unit, asked=None, asked_at=None, refused=0)
            unit.custody("enrolled", applicant.device, server=server)
        self.take(me)

    def _applicant(self) -> Applicant:
        with self._store.db.read() as unit:
            device = unit.sql("SELECT device FROM sync_self")[0].device
        return Applicant(device, self._store.db.writer.key, platform.node() or device, self._machine_id())

    def _door(self, url: str) -> ServerDoor:
        return ServerDoor(url, self._wall_ms, unguessable_id)

    def _asking(self, row: Any) -> Asking | None:
        if row.asked is None:
            return None
        digits = fingerprint(self._store.db.writer.key.public_hex)
        return Asking(row.asked, digits, from_ms(row.asked_at), bool(row.refused))


def _is_old(lease: Lease, scopes_ver: int | None, heard_ms: int) -> bool:
    return lease.access.version != scopes_ver or is_first_of_day(lease.verified_ms, heard_ms)


def _begun(unit: ReadUnit) -> set[str]:
    """Return the feeds of offices and tasks of which something was read."""
    found = unit.sql("SELECT feed FROM sync_feed WHERE feed NOT LIKE 'd:%' UNION SELECT feed FROM sync_snapshot")
    return {row.feed for row in found}


def _journal_ms(unit: ReadUnit) -> int:
    return hlc.wall_ms(int(unit.sql("SELECT hlc FROM sync_self")[0].hlc))


def _row(unit: ReadUnit) -> Any:
    return next(iter(unit.sql("SELECT * FROM membership")), None)


def _lease(row: Any) -> Lease | None:
    return None if row is None or row.lease is None else codec.load(Lease, row.lease.encode())


def _left(row: Any) -> tuple[LeftFeed, ...]:
    return tuple(LeftFeed(feed, from_ms(at), rows, files) for feed, at, rows, files in json.loads(row.left))


def _forget(unit: WriteUnit, feed: str) -> None:
    """Take a feed from those that are to be let go."""
    row = _row(unit)
    if row is not None:
        _change(unit, leaving=json.dumps([one for one in json.loads(row.leaving) if one != feed]))


def _change(unit: WriteUnit, **values: object) -> None:
    unit.local("INSERT OR IGNORE INTO membership(one) VALUES (1)")
    sets = ", ".join(f'"{name}" = ?' for name in values)
    unit.local(f"UPDATE membership SET {sets}", tuple(values.values()))


def _instant(ms: int | None) -> dt.datetime | None:
    return None if ms is None else from_ms(ms)


def _limit_at(contact_ms: int, limit: Limit) -> dt.datetime | None:
    if limit in (Limit.LOCKED, Limit.REVOKED):
        return None
    term = next((one for one in reversed(TERMS) if one.since <= from_ms(contact_ms).date()), TERMS[0])
    days = term.read_only_days if limit is Limit.NONE else term.locked_days
    return from_ms(contact_ms + days * _DAY_MS)
