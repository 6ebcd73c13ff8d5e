"""A running server with offices and people, as the program meets it."""

from pathlib import Path

from app.bootstrap import Services
from app.core.clock import Now, now
from sync.protocol.policy import Role, Standing
from sync.server.app import office_at
from sync.server.people.directory import People
from sync.server.world import real_world
from tests.unit.services.desks import new_office
from tests.unit.sync.kit import ServerProcess

CODE = "610100"
PASSWORD = "a long enough secret"


class Bureau:
    """A server process and, beside it, what an administrator does at its console."""

    def __init__(self, folder: Path, code: str = CODE) -> None:
        self.code = code
        self.server = ServerProcess(folder)
        self._office = office_at(self.server.database, self.server.folder, real_world())
        self.people.passwords.memory_kib = 64
        self.people.registers.add_org(code, "某市医疗保障局")
        self.person("boss", Role.ORG_ADMIN)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def people(self) -> People:
        return self._office.devices.people

    def person(self, user: str, *roles: Role) -> None:
        self.people.registers.add_person(user, user, self.code)
        self.people.registers.set_password(user, PASSWORD)
        for role in roles:
            self.people.registers.grant(user, Standing(role, self.code))

    def approve(self, user: str) -> str:
        """Let the one device in that waits; return the digits that were compared."""
        [asking] = self.people.admissions.waiting()
        self.people.admissions.approve(asking.device, user, asking.fingerprint, "boss")
        return asking.fingerprint

    def close(self) -> None:
        self._office.database.close()
        self.server.kill()

    def join(self, laptop: Services, user: str) -> None:
        """Take a laptop all the way in."""
        laptop.memberships.ask(self.url)
        self.approve(user)
        assert laptop.memberships.poll()
        laptop.memberships.log_in(user, PASSWORD)


def laptop(folder: Path, clock: Now = now, player: int = 0) -> Services:
    return new_office(folder, clock, player, CODE)
