"""The way to everything about people: registers, log-ins, devices at the door."""

from typing import Final

from sync.server.db.unit import Database
from sync.server.people.access import AccessBook
from sync.server.people.admissions import Admissions
from sync.server.people.logins import Logins
from sync.server.people.passwords import Passwords
from sync.server.people.registers import Registers
from sync.server.seals import Seal
from sync.server.world import World


class People:
    """Everything about people, over one database."""

    def __init__(self, database: Database, world: World, seal: Seal) -> None:
        self.passwords: Final = Passwords(world, seal)
        self.book: Final = AccessBook()
        self.registers: Final = Registers(database, world, self.book, self.passwords)
        self.logins: Final = Logins(database, world, self.registers, self.passwords)
        self.admissions: Final = Admissions(database, world, self.book)
