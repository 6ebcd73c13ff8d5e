"""Logging in: a person shows by password and digits that it is he, on a device or at the administration page.

Five wrong tries are free; each one after them doubles the wait, from half a minute up to an hour.
"""

import base64
import hashlib
import hmac
import threading
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from sync.protocol.admission import LoginRequest
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.people import errors
from sync.server.people.passwords import Passwords, matching_step
from sync.server.people.registers import Person, Registers
from sync.server.world import World

LOGIN_MS: Final = 30 * 24 * 3_600_000
SESSION_MS: Final = 8 * 3_600_000
IDLE_MS: Final = 30 * 60_000
_FREE_TRIES: Final = 5
_FIRST_WAIT_MS: Final = 30_000
_LONGEST_WAIT_MS: Final = 3_600_000
_STRANGERS: Final = 10_000


@dataclass(frozen=True, slots=True)
class WebSession:
    """A log-in at the administration page.

    Attributes:
        token: For a cookie (HttpOnly, Secure, SameSite=Strict); kept nowhere but as a digest.
        csrf: For a hidden field of each form.
    """

    token: str
    csrf: str
    user: str


class Strangers:
    """Count wrong tries for names that nobody has, in this process: if only real names had to wait, waiting would tell which are."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._tries: dict[str, tuple[int, int]] = {}

    def check(self, user: str, now_ms: int) -> None:
        """Require that no wait stands for this name.

        Raises:
            LoginLocked: If one does.
        """
        with self._turn:
            _, until = self._tries.get(user, (0, 0))
        _check_wait(until, now_ms)

    def count(self, user: str, now_ms: int) -> None:
        """Count a try; the name that was tried longest ago is forgotten for it."""
        with self._turn:
            failures, until = self._tries.pop(user, (0, 0))
            wait = _wait_ms(failures + 1)
            self._tries[user] = failures + 1, now_ms + wait if wait else until
            if len(self._tries) > _STRANGERS:
                del self._tries[next(iter(self._tries))]


class Logins:
    """Check who somebody is and remember it for a while."""

    def __init__(self, database: Database, world: World, registers: Registers, passwords: Passwords) -> None:
        self._database = database
        self._world = world
        self._registers = registers
        self._passwords = passwords
        self._strangers = Strangers()

    def check(self, request: LoginRequest) -> Person:
        """Return the person whose password, and where the role needs them digits, these are.

        Raises:
            LoginLocked: After too many wrong tries, also for a name that nobody has; the right password does not help then.
            LoginRefused: If something is wrong, or the person is disabled or unknown.
            DigitsNeeded, DigitsNotSetUp: If the password is right and the digits are missing, here or at the server.
        """
        of, now = schema.person.c, self._world.now_ms()
        with self._database.read() as unit:
            kept = unit.execute(select(schema.person).where(of.user == request.user)).first()
        if kept is not None:
            _check_wait(kept.locked_until_ms, now)
        else:
            self._strangers.check(request.user, now)
        # Costly and slow on purpose, so outside of any transaction; an unknown name costs the same.
        fits = self._passwords.fits(request.password, None if kept is None else kept.password)
        if kept is None:
            self._strangers.count(request.user, now)
            raise errors.LoginRefused()
        if not fits or kept.disabled_ms is not None:
            self._count_failure(request.user)
            raise errors.LoginRefused()
        person = self._registers.person(request.user)
        self._check_digits(person, kept.totp, request.totp)
        with self._database.write() as unit:
            # Asked again: many guesses at once must not all pass the first look.
            _check_wait(_locked_until(unit, request.user), now)
            unit.execute(update(schema.person).where(of.user == request.user).values(failures=0, locked_until_ms=0))
        return person

    def open_device(self, device: str, user: str) -> int:
        """Remember that this person stands behind the device and return until when, milliseconds."""
        now = self._world.now_ms()
        of, until = schema.device_login.c, now + LOGIN_MS
        with self._database.write() as unit:
            unit.execute(delete(schema.device_login).where(of.device == device))
            unit.execute(insert(schema.device_login).values(device=device, user=user, at_ms=now, until_ms=until))
        return until

    def close_device(self, device: str) -> None:
        """Forget who stands behind the device; again is no error."""
        with self._database.write() as unit:
            unit.execute(delete(schema.device_login).where(schema.device_login.c.device == device))

    def open_session(self, request: LoginRequest) -> WebSession:
        """Log in at the administration page.

        Raises:
            LoginLocked, LoginRefused, DigitsNeeded, DigitsNotSetUp: As `check`.
        """
        person, now = self.check(request), self._world.now_ms()
        token = base64.urlsafe_b64encode(self._world.random_bytes(32)).decode().rstrip("=")
        of = schema.web_session.c
        with self._database.write() as unit:
            unit.execute(delete(schema.web_session).where(of.made_ms < now - SESSION_MS))
            unit.execute(
                insert(schema.web_session).values(digest=_digest(token), user=person.user, made_ms=now, seen_ms=now)
            )
        return WebSession(token, _csrf(token), person.user)

    def session(self, token: str) -> WebSession:
        """Return the session of a cookie and keep it alive.

        Raises:
            SessionOver: If it is older than 8 hours, was idle for 30 minutes, was closed or never was.
        """
        of, now = schema.web_session.c, self._world.now_ms()
        with self._database.write() as unit:
            found = unit.execute(select(schema.web_session).where(of.digest == _digest(token))).first()
            if found is None or now - found.made_ms > SESSION_MS or now - found.seen_ms > IDLE_MS:
                raise errors.SessionOver()
            unit.execute(update(schema.web_session).where(of.digest == found.digest).values(seen_ms=now))
        return WebSession(token, _csrf(token), found.user)

    def check_csrf(self, session: WebSession, given: str) -> None:
        """Require that a form came from this session's own page.

        Raises:
            CsrfRefused: If it did not.
        """
        if not hmac.compare_digest(session.csrf.encode(), given.encode()):
            raise errors.CsrfRefused()

    def close_session(self, token: str) -> None:
        """Log out; again is no error."""
        with self._database.write() as unit:
            unit.execute(delete(schema.web_session).where(schema.web_session.c.digest == _digest(token)))

    def _check_digits(self, person: Person, kept: str | None, given: str) -> None:
        if kept is None:
            if person.needs_totp:
                raise errors.DigitsNotSetUp()
            return
        if not given:
            raise errors.DigitsNeeded()
        step = matching_step(self._passwords.kept_secret(kept, person.user), given, self._world.now_ms())
        of, used = schema.person.c, 0
        if step is not None:
            later = update(schema.person).where(of.user == person.user, of.totp_step < step, of.totp == kept)
            with self._database.write() as unit:
                used = unit.execute(later.values(totp_step=step)).rowcount
        if not used:  # wrong, or seen over somebody's shoulder and used before
            self._count_failure(person.user)
            raise errors.LoginRefused()

    def _count_failure(self, user: str) -> None:
        of, now = schema.person.c, self._world.now_ms()
        with self._database.write() as unit:
            failures = unit.execute(select(of.failures).where(of.user == user)).scalar_one() + 1
            wait = _wait_ms(failures)
            unit.execute(
                update(schema.person)
                .where(of.user == user)
                .values(failures=failures, locked_until_ms=now + wait if wait else of.locked_until_ms)
            )


def _wait_ms(failures: int) -> int:
    return 0 if failures < _FREE_TRIES else min(_FIRST_WAIT_MS << min(failures - _FREE_TRIES, 20), _LONGEST_WAIT_MS)


def _locked_until(unit: Connection, user: str) -> int:
    of = schema.person.c
    until: int = unit.execute(select(of.locked_until_ms).where(of.user == user)).scalar_one()
    return until


def _check_wait(locked_until_ms: int, now_ms: int) -> None:
    if locked_until_ms > now_ms:
        raise errors.LoginLocked(wait_s=-(-(locked_until_ms - now_ms) // 1000))


def _digest(token: str) -> str:
    return hashlib.sha256(b"yanfang.web-session.v1\0" + token.encode()).hexdigest()


def _csrf(token: str) -> str:
    return hashlib.sha256(b"yanfang.web-csrf.v1\0" + token.encode()).hexdigest()
