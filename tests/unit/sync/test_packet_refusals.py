"""What the server's counter refuses, and that one bad part does not stop the others."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from sync.client.packets_out import Outbox, put_own
from sync.client.store import OutLine
from sync.protocol.chain import DeviceKey
from sync.protocol.errors import SyncError
from sync.protocol.messages import BlobOffer, ResupplyRequest, SuppliedLine, SyncRequest, WireLine
from sync.protocol.packets import Address
from sync.protocol.packets_body import DELIVER, MATE, Chunk, Content, FileHead, Manifest, record
from sync.protocol.packets_invite import Invitation
from sync.protocol.packets_keys import BadCard, Card
from sync.server import epochs
from sync.server.db import schema
from sync.server.packet_cards import Cards
from sync.server.packet_invites import invite
from sync.server.packet_replies import reply
from sync.server.packets import Packets, Taken
from tests.unit.sync.kit import Laptop, ServerProcess, new_id, sm3_of


@dataclass
class Counter:
    """A server's counter and one enrolled laptop that writes packets by hand."""

    packets: Packets
    laptop: Laptop
    folder: Path

    @property
    def epoch(self) -> str:
        with self.packets.office.database.read() as unit:
            return epochs.current(unit)

    @property
    def card(self) -> Card:
        return Card.of(self.laptop.device, "测试本", self.laptop.key)

    def write(self, *contents: Content, purpose: str = DELIVER, key: DeviceKey | None = None, to: Card | None = None) -> Path:
        own = self.packets.cards.own
        outbox = Outbox(self.folder, 32 << 20, Manifest(purpose, self.card), new_id, lambda size: bytes(range(size)))
        for one in contents:
            outbox.add(record(one))
        receiver = to or own
        at = Address("", self.laptop.device, receiver.device, receiver.box_key, 1, self.epoch, 0)
        return outbox.finish(at, key or self.laptop.key)[0].path

    def take(self, *contents: Content, **how: object) -> Taken:
        return self.packets.take(self.write(*contents, **how))

    def lines(self, *names: str) -> SyncRequest:
        made = [self.laptop.store.write("answer", name, state="pass") for name in names]
        wire = tuple(WireLine(one.data.decode(), one.sig) for one in made)
        return SyncRequest(self.epoch, (), made[0].line.replica, wire)


@pytest.fixture
def counter(shared_server: ServerProcess, tmp_path: Path) -> Iterator[Counter]:
    office = shared_server.office()
    try:
        laptop = shared_server.laptop(f"s:{new_id()[:8]}")
        (tmp_path / "out").mkdir()
        yield Counter(Packets(office, tmp_path / "quarantine"), laptop, tmp_path / "out")
    finally:
        office.database.close()


def refused(code: str, counter: Counter, path: Path) -> None:
    with pytest.raises(SyncError) as told:
        counter.packets.take(path)
    assert told.value.code == code
    assert list((counter.folder.parent / "quarantine").glob("*")) == []


def test_a_packet_signed_by_another_key_is_refused(counter: Counter) -> None:
    refused("packet.signature", counter, counter.write(key=DeviceKey.from_seed(bytes(32))))


class Forger:
    """Claims one key and signs with another."""

    def __init__(self, claimed: DeviceKey) -> None:
        self.public_hex = claimed.public_hex
        self.sign = DeviceKey.from_seed(bytes(32)).sign


def test_a_packet_that_only_claims_the_devices_key_is_refused(counter: Counter) -> None:
    forger: Any = Forger(counter.laptop.key)
    refused("packet.signature", counter, counter.write(key=forger))


def test_a_packet_for_somebody_else_is_refused(counter: Counter) -> None:
    other = Card.of("srv-2", "别处", DeviceKey.from_seed(bytes(32)))
    refused("packet.other_receiver", counter, counter.write(to=other))


def test_a_packet_for_a_team_mate_is_refused(counter: Counter) -> None:
    refused("packet.purpose", counter, counter.write(purpose=MATE))


def test_a_device_that_is_not_enrolled_is_refused(counter: Counter) -> None:
    counter.laptop.device = new_id()
    refused("packet.unknown_sender", counter, counter.write())


def test_a_server_has_the_same_key_whoever_opens_its_data(counter: Counter, shared_server: ServerProcess) -> None:
    office = shared_server.office()
    try:
        assert Cards(office.database, office.devices, office.world).own == counter.packets.cards.own
    finally:
        office.database.close()


def test_a_card_of_another_device_is_not_kept(counter: Counter) -> None:
    office = counter.packets.office
    device = office.devices.find(counter.laptop.device)
    with pytest.raises(BadCard):
        counter.packets.cards.keep(device, Card.of(device.id, "假冒", DeviceKey.from_seed(bytes(32))))
    with pytest.raises(BadCard):
        counter.packets.cards.keep(device, Card.of("somebody", "别人", counter.laptop.key))


def test_lines_signed_by_nobody_known_are_told_and_files_are_taken_all_the_same(counter: Counter) -> None:
    good = counter.lines("a")
    bad = SyncRequest(good.epoch, (), good.replica, (WireLine(good.lines[0].line, "00" * 64),))
    data = b"jpeg" * 1000
    name = counter.laptop.vault.put(data)
    offer = BlobOffer(counter.laptop.store.scope, len(data), "image/jpeg", sm3_of(data))
    taken = counter.take(bad, FileHead(name, offer), Chunk(name, 0, data))
    assert taken.answered.problem is not None
    assert taken.answered.problem.code == "chain.signature"
    assert taken.answered.bad_line
    assert (taken.lines, taken.files) == (0, 1)


def test_a_file_whose_bytes_are_others_is_told_and_does_not_stop_the_next(counter: Counter) -> None:
    scope = counter.laptop.store.scope
    good, wrong = b"good" * 10, b"evil" * 10
    names = [counter.laptop.vault.put(good), counter.laptop.vault.put(b"other")]
    taken = counter.take(
        FileHead(names[1], BlobOffer(scope, 40, "image/jpeg")), Chunk(names[1], 0, wrong),
        FileHead(names[0], BlobOffer(scope, 40, "image/jpeg")), Chunk(names[0], 0, good),
    )  # fmt: skip
    assert taken.answered.files == {names[1]: "blob.digest"}
    assert taken.files == 1


def test_chunks_of_no_file_and_of_absurd_numbers_are_passed_over(counter: Counter) -> None:
    name = "ab" * 32
    taken = counter.take(
        Chunk(name, 0, b"x"), FileHead(name, BlobOffer(counter.laptop.store.scope, 40, "image/jpeg")),
        Chunk(name, 4_000_000_000, b"x"), Chunk("cd" * 32, 0, b"x"),
    )  # fmt: skip
    assert (taken.chunks, taken.files) == (0, 0)


def test_a_gap_is_told_and_what_is_behind_it_is_not_tried(counter: Counter) -> None:
    first, second = counter.lines("a"), counter.lines("b", "c")
    taken = counter.take(second)
    assert taken.answered.problem is not None
    assert (taken.answered.problem.code, taken.lines) == ("push.gap", 0)
    assert counter.take(first, second).lines == 3


def test_a_team_mates_line_that_nobody_signed_is_left_out_and_the_good_one_is_carried(
    counter: Counter, shared_server: ServerProcess
) -> None:
    mate = shared_server.laptop(counter.laptop.store.scope)
    good, other = mate.store.write("answer", "m", state="fail"), mate.store.write("answer", "n", state="fail")
    supplied = (
        SuppliedLine(mate.device, good.data.decode(), good.sig),
        SuppliedLine(mate.device, other.data.decode(), good.sig),
        SuppliedLine("nobody", "{}", "00"),
    )
    assert counter.take(ResupplyRequest(counter.epoch, supplied)).carried == 1
    assert mate.sync().failure is None
    assert mate.store.states() == {"done"}


def test_no_reply_is_written_to_whoever_never_sent_anything(counter: Counter) -> None:
    with pytest.raises(SyncError, match=r"packet\.nothing_yet"):
        reply(counter.packets, counter.laptop.device, counter.folder, 1 << 20)


def test_a_reply_without_room_for_a_page_is_written_and_says_nothing_false(counter: Counter) -> None:
    counter.take(counter.lines("a", "b"))
    done = reply(counter.packets, counter.laptop.device, counter.folder, 3000)
    assert (done.lines, done.receipts) == (0, 0)
    assert reply(counter.packets, counter.laptop.device, counter.folder, 1 << 20).receipts >= 2


def test_a_device_nobody_confirmed_in_time_delivers_and_gets_no_reply_until_somebody_does(counter: Counter) -> None:
    office, device = counter.packets.office, counter.laptop.device

    def confirmed_until(at_ms: int) -> None:
        of = schema.device.c
        with office.database.write() as unit:
            unit.execute(update(schema.device).where(of.device == device).values(confirm_until_ms=at_ms))

    confirmed_until(office.world.now_ms())
    assert counter.take(counter.lines("a")).lines == 1
    with pytest.raises(SyncError, match=r"auth\.unconfirmed"):
        reply(counter.packets, device, counter.folder, 1 << 20)
    confirmed_until(office.world.now_ms() + 60_000)
    assert reply(counter.packets, device, counter.folder, 1 << 20).receipts == 1


def test_a_packet_of_a_revoked_device_brings_lines_into_quarantine_and_no_files(counter: Counter) -> None:
    office, scope = counter.packets.office, counter.laptop.store.scope
    wanted = counter.lines("a")
    office.devices.revoke(counter.laptop.device)
    data = b"photo" * 10
    name = counter.laptop.vault.put(data)
    taken = counter.take(wanted, FileHead(name, BlobOffer(scope, len(data), "image/jpeg")), Chunk(name, 0, data))
    assert (taken.lines, taken.files, taken.chunks) == (1, 0, 0)
    assert taken.answered.files == {name: "auth.revoked"}
    with office.database.read() as unit:
        aside, blob = schema.quarantine.c, schema.blob.c
        assert unit.execute(select(aside.scope).where(aside.device == counter.laptop.device)).scalars().all() == [scope]
        assert unit.execute(select(blob.sha256).where(blob.sha256 == name)).first() is None


def test_lines_that_one_volume_cannot_hold_wait_for_the_next_export(counter: Counter) -> None:
    made = [counter.laptop.store.write("answer", f"r{number}", note=os.urandom(3000).hex()) for number in range(120)]
    own = [OutLine(one.line.op, one.line.replica, one.line.n, one.data, one.op_hash, one.sig) for one in made]
    outbox = Outbox(counter.folder, 400_000, Manifest(DELIVER, counter.card), new_id, lambda size: bytes(size))
    count = put_own(outbox, "e", own)
    assert 0 < count < len(own)
    outbox.drop()
    assert list(counter.folder.glob("*.part")) == []


def test_an_invitation_is_read_back_and_a_changed_one_is_refused(counter: Counter) -> None:
    made = invite(counter.packets.office, "u", ("s:1",), 60_000)
    assert Invitation.from_text(f" {made.text}\n") == made
    for text in ("", "YFINVITE1.", made.text[:-20], made.text.replace("YFINVITE1.", "YFCARD1."), "YFINVITE1." + "A" * 9000):
        with pytest.raises(BadCard):
            Invitation.from_text(text)
