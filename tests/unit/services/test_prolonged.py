"""What the server appends to signatures comes back to the laptop that made them, and from there to all others."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services import verifying
from app.services.demo import cast
from forms.pades.reports import Level
from sync.server.ca.archive import prolong_all
from sync.server.ca.authority import Authority
from sync.server.ca.forming import Purpose
from sync.server.ca.place import Place
from sync.server.ca.prolonging import prolong, proofs_of
from sync.server.ca.stamping import Stamping
from sync.server.world import real_world
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk
from tests.unit.sync.kit import ServerProcess

PASSPHRASE, PASSWORD = "根密钥口令根密钥口令根密钥", "zhang-2026"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path / "server")
    yield made
    made.kill()


@pytest.fixture
def ca(server: ServerProcess) -> Place:
    place = Place(server.folder / "ca")
    Authority(place, real_world()).begin(cast.OFFICE, PASSPHRASE)
    return place


@pytest.fixture
def certified(signed: Desk, server: ServerProcess, ca: Place, tmp_path: Path) -> Desk:
    """A record signed by a certificate of the server's authority, and sent."""
    services = signed.services
    (tmp_path / "zhang.p12").write_bytes(Authority(ca, real_world()).issue(PASSPHRASE, "张三", Purpose.INSPECTOR, PASSWORD)[1])
    services.signing_trust.trust(ca.folder / "root.cer")
    services.signing_trust.trust(ca.folder / "root.crl")
    mine = services.certificates.add_file(tmp_path / "zhang.p12", PASSWORD).value.fingerprint
    assert signed.record is not None
    services.certificate_signing.sign_document(signed.record, mine, PASSWORD, stamp=False)
    services.sync.enrol(server.url, server.code(f"s:{services.office.get().code}"))
    assert services.sync.run().value.is_complete
    return signed


def levels(desk: Desk) -> set[Level]:
    assert desk.record is not None
    pdf = desk.services.certificate_signing.certified(desk.record)
    assert pdf is not None
    report = desk.services.certificate_signing.check(pdf)
    assert all(one.is_intact for one in report.signatures)
    return {one.level for one in report.signatures}


def test_the_servers_proofs_come_back_and_are_the_newest_file_of_the_document(
    certified: Desk, ca: Place, server: ServerProcess, clock: Clock, tmp_path: Path
) -> None:
    services = certified.services
    assert certified.record is not None
    before = services.certificate_signing.certified(certified.record)
    assert levels(certified) == {Level.B_B}
    office = server.office()
    done = prolong_all(office, ca, Stamping(ca, real_world()), again_after=dt.timedelta(days=365))
    office.database.close()
    assert len(done.prolonged) == 1
    services.sync.run()
    assert levels(certified) == {Level.B_B}  # asked a moment ago
    clock.ahead += dt.timedelta(hours=2)
    assert services.sync.run().value.is_complete
    assert levels(certified) == {Level.B_LTA}
    after = services.certificate_signing.certified(certified.record)
    assert before is not None
    assert after is not None
    assert after.startswith(before)
    services.certificate_signing.export(certified.record, tmp_path / "long.pdf")
    (verdict,) = verifying.verify([tmp_path / "long.pdf"])
    assert verdict.is_good, verdict.told
    assert services.sync.status().pending == 0


class Liar:
    """A server that gives other bytes than those that were signed."""

    def __init__(self, given: bytes) -> None:
        self.given = given

    def prolonged(self, sha256: str) -> bytes | None:
        return self.given


def test_a_file_that_does_not_begin_with_what_was_signed_or_is_broken_is_never_kept(certified: Desk, ca: Place, clock: Clock) -> None:
    signing = certified.services.certificate_signing
    assert certified.record is not None
    mine = signing.certified(certified.record)
    assert mine is not None
    longer = prolong(mine, proofs_of(ca), Stamping(ca, real_world()), dt.datetime.now(dt.UTC)).pdf
    at = longer.rindex(b"/Contents") + 200
    for given in (b"%PDF-1.7 another", b"x" + longer, longer[:at] + bytes((longer[at] ^ 1,)) + longer[at + 1 :]):
        clock.ahead += dt.timedelta(hours=2)
        assert signing.after_sync(Liar(given)) is False
    assert signing.certified(certified.record) == mine
    clock.ahead += dt.timedelta(hours=2)
    assert signing.after_sync(Liar(longer)) is True
