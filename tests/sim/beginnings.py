"""How a schedule begins: a server and laptops that are enrolled at it, made once for each kind of office and then copied."""

import zlib
from dataclasses import dataclass, field
from typing import Any

from app.services.mates import learn_cards, own_card
from sync.client.enrol import Applicant, enrol, log_in
from sync.protocol.chain import DeviceKey
from sync.protocol.policy import Role, Standing
from sync.server.app import make_app
from sync.server.packet_cards import Cards
from sync.server.routes import Office
from sync.server.world import World
from tests.sim.disk import Machines, office_of
from tests.sim.fate import Fate
from tests.sim.laptop import Laptop, Owner, credentials
from tests.sim.rows import Content
from tests.sim.wire import Wire, call

SCOPES = ("s:610102", "s:610104")
_CITY = "610100"
HEAD = "head"
_PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Plan:
    """What kind of office it is.

    Attributes:
        scopes: Where each laptop writes.
        grants: What each device may read; with offices, in which of them its person holds a role.
        has_offices: Whether the server knows offices and people, and asks who may what.
    """

    scopes: tuple[str, ...]
    grants: tuple[tuple[str, ...], ...]
    has_offices: bool


@dataclass(frozen=True)
class Beginning:
    """Contents of the server's database and of each laptop's store, and whose they are."""

    server: Any
    laptops: tuple[tuple[Owner, Content], ...]


@dataclass
class Beginnings:
    """Make each beginning once; which ones were made before changes nothing in them."""

    machines: Machines
    world: World
    _made: dict[Plan, Beginning] = field(default_factory=dict)

    def fate(self, plan: Plan) -> Fate:
        """Return chance and clock under which this beginning is made."""
        return Fate(zlib.crc32(repr(plan).encode()))

    def known(self, plan: Plan) -> Beginning | None:
        """Return a beginning that was made."""
        return self._made.get(plan)

    def make(self, plan: Plan, fate: Fate) -> Beginning:
        """Enrol everybody; the world's clock and chance must be those of this fate."""
        server = self.machines.server
        server.begin(lambda rows: False)
        office = office_of(server, self.world)
        app = make_app(office)
        wire = Wire(fate, lambda *request: call(app, *request), lambda: False)
        if plan.has_offices:
            for code in (_CITY, *(scope[2:] for scope in SCOPES)):
                office.devices.people.registers.add_org(code, f"office {code}")
            _employ(office, HEAD, Role.ORG_ADMIN, tuple(scope[2:] for scope in SCOPES))
        laptops = [self._enrol(number, plan, fate, office, wire) for number in range(len(plan.scopes))]
        for laptop in laptops:  # now that each card is there
            learn_cards(laptop.disk.db, laptop.door, laptop.head().epoch or "", laptop.now())
        made = Beginning(server.copy(), tuple((one.owner, one.disk.copy()) for one in laptops))
        self._made[plan] = made
        return made

    def _enrol(self, number: int, plan: Plan, fate: Fate, office: Office, wire: Wire) -> Laptop:
        name, scope, grants = chr(65 + number), plan.scopes[number], plan.grants[number]
        key = DeviceKey.from_seed(fate.random_bytes(32))
        device = fate.random_id()
        person = f"p{number}" if plan.has_offices else fate.random_id()
        if plan.has_offices:
            _employ(office, person, Role.INSPECTOR, grants)
        owner = Owner(name, device, key, person, scope, grants, office.devices.server)
        laptop = Laptop.of(owner, fate, self.machines.disk(number), wire)
        laptop.start()
        laptop.door.credentials = None
        code = office.devices.issue_code(person, ("s:*",) if plan.has_offices else grants, 3_600_000).code
        me = enrol(laptop.door, code, Applicant(device, key, name))
        laptop.door.credentials = credentials(owner)
        laptop.settle(me.epoch)
        laptop.members.take(log_in(laptop.door, person, _PASSWORD) if plan.has_offices else me)
        cards = Cards(office.database, office.devices, self.world)
        cards.keep(office.devices.find(device), own_card(laptop.disk.db))
        return laptop


def _employ(office: Office, person: str, role: Role, places: tuple[str, ...]) -> None:
    registers, passwords = office.devices.people.registers, office.devices.people.passwords
    passwords.memory_kib = 64
    registers.add_person(person, f"name of {person}", _CITY)
    registers.set_password(person, _PASSWORD)
    for place in places:
        registers.grant(person, Standing(role, place))
