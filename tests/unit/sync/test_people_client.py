"""A laptop's own way in, against a real server process: ask, be approved, log in, work, be warned of a copied key."""

import random

import pytest

from sync.client.enrol import Applicant, ask, greet, log_in
from sync.client.errors import Refused
from sync.client.http import Credentials, ServerDoor
from sync.protocol.admission import Decision, fingerprint, machine_digest
from sync.protocol.chain import DeviceKey
from sync.protocol.policy import Action, Role, Standing, may
from sync.server.app import office_at
from sync.server.routes import Office
from sync.server.world import real_world
from tests.unit.sync.kit import ServerProcess, new_id, wall_ms

PASSWORD = "correct horse battery"


@pytest.fixture
def office(server: ServerProcess) -> Office:
    made = office_at(server.database, server.folder, real_world())
    made.devices.people.passwords.memory_kib = 64
    return made


def test_from_asking_to_working(server: ServerProcess, office: Office) -> None:
    people = office.devices.people
    people.registers.add_org("610100", "市局")
    for user, role in (("li", Role.INSPECTOR), ("boss", Role.ORG_ADMIN)):
        people.registers.add_person(user, user, "610100")
        people.registers.grant(user, Standing(role, "610100"))
    people.registers.set_password("li", PASSWORD)
    key = DeviceKey.from_seed(random.randbytes(32))
    applicant = Applicant(new_id(), key, "测试本", "machine-1")
    with ServerDoor(server.url, wall_ms, new_id) as door:
        asked = ask(door, applicant)
        assert (asked.decision, asked.fingerprint) == (Decision.WAITING, fingerprint(key.public_hex))
        people.admissions.approve(applicant.device, "li", asked.fingerprint, "boss")
        assert ask(door, applicant).decision is Decision.APPROVED
        name = greet(door).server
        door.credentials = Credentials(applicant.device, key, name, machine_digest(name, "machine-1"))
        assert door.me().needs_login
        with pytest.raises(Refused) as problem:
            log_in(door, "li", "wrong")
        assert problem.value.code == "login.refused"
        me = log_in(door, "li", PASSWORD)
        assert not me.needs_login
        assert me.lease is not None
        assert may(me.lease.access, Action.SET, "s:610100")
        assert people.admissions.alarms() == ()
        door.credentials = Credentials(applicant.device, key, name, machine_digest(name, "machine-2"))
        door.me()
        assert [one.kind for one in people.admissions.alarms()] == ["two_machines"]
        door.logout()
        assert door.me().needs_login
    office.database.close()
