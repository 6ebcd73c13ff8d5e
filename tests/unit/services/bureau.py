"""A running server with offices and people, as the program meets it."""

import itertools
import uuid
from pathlib import Path

from app.bootstrap import Services
from app.core.clock import Now, now
from sync.protocol.policy import Role, Standing
from sync.server.app import office_at
from sync.server.people.admissions import Asking
from sync.server.people.directory import People
from sync.server.world import real_world
from tests.unit.services.desks import new_office
from tests.unit.sync.kit import ServerProcess

PASSWORD = "a long enough secret"


class Bureau:
    """An office of its own at a running server, and what its administrators do at the server's console."""

    def __init__(self, server: ServerProcess, code: str = "") -> None:
        self.code = code or uuid.uuid4().hex[:12]
        self.server = server
        self._office = office_at(self.server.database, self.server.folder, real_world())
        self.people.passwords.memory_kib = 64
        self.people.registers.add_org(self.code, "某市医疗保障局")
        self._numbers = itertools.count(1)
        self.boss = self.person(Role.ORG_ADMIN)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def people(self) -> People:
        return self._office.devices.people

    def person(self, *roles: Role) -> str:
        """Make an account with a password and these roles."""
        user = f"li{next(self._numbers)}.{self.code}"
        self.people.registers.add_person(user, user, self.code)
        self.people.registers.set_password(user, PASSWORD)
        for role in roles:
            self.people.registers.grant(user, Standing(role, self.code))
        return user

    def approve(self, laptop: Services, user: str) -> str:
        """Let a device in that waits; return the digits that were compared."""
        asking = self.waiting(laptop)
        self.people.admissions.approve(asking.device, user, asking.fingerprint, self.boss)
        return asking.fingerprint

    def waiting(self, laptop: Services) -> Asking:
        """Return what the administrator sees of a laptop that waits."""
        shown = laptop.memberships.get().asking
        [asking] = [one for one in self.people.admissions.waiting() if shown and one.fingerprint == shown.fingerprint]
        return asking

    def revoke(self, laptop: Services) -> None:
        """Lock a laptop out."""
        enrolment = laptop.sync.status().enrolment
        assert enrolment is not None
        self._office.devices.revoke(enrolment.device, self.boss)

    def close(self) -> None:
        self._office.database.close()

    def join(self, laptop: Services, user: str) -> None:
        """Take a laptop all the way in."""
        laptop.memberships.ask(self.url)
        self.approve(laptop, user)
        assert laptop.memberships.poll()
        laptop.memberships.log_in(user, PASSWORD)


    def laptop(self, folder: Path, clock: Now = now, player: int = 0) -> Services:
        """Set a laptop of this office up."""
        return new_office(folder, clock, player, self.code)
