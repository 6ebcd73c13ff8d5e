"""The packet file: what comes out is what went in, and nothing else ever does."""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.protocol import codec, packets
from sync.protocol.chain import DeviceKey
from sync.protocol.errors import SyncError
from sync.protocol.lines import GENESIS
from sync.protocol.packets import BODY_AT, MAGIC, SEGMENT_BYTES, Address, Packet, PacketWriter, look
from sync.protocol.packets_body import BadContents, Chunk, FileHead, Manifest, put, read, record
from sync.protocol.packets_keys import BadCard, BoxKey, Card, NotForThisKey
from sync.server.sentences import SENTENCES

resource = pytest.importorskip("resource")  # memory is measured where the system tells it
SENDER, RECEIVER, STRANGER = (DeviceKey.from_seed(bytes((number,)) * 32) for number in (1, 2, 3))
BOX = BoxKey(RECEIVER)
ADDRESS = Address("p-1", "dev-a", "srv", BOX.public_hex, 7, "e-1", 1_766_400_000_000)
CONTENT_KEY = bytes(range(32))


def write(folder: Path, body: bytes, name: str = "a.yfpkt", to: Address = ADDRESS) -> Path:
    target = folder / name
    target.unlink(missing_ok=True)
    with PacketWriter(folder / f"{name}.part", CONTENT_KEY) as writer:
        for at in range(0, len(body), 10_007):
            writer.write(body[at : at + 10_007])
        writer.finish(target, to, SENDER)
    return target


def plain(packet: Packet, box: BoxKey = BOX) -> bytes:
    return b"".join(packet.contents(box))


def opened(path: Path) -> bytes:
    packet = look(path)
    packet.check_signature(SENDER.public_hex)
    return plain(packet)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packets")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.one_of(st.integers(0, 4 * SEGMENT_BYTES), st.sampled_from([SEGMENT_BYTES * k + d for k in (1, 2, 3) for d in (-1, 0, 1)])))
def test_every_length_comes_out_as_it_went_in(folder: Path, size: int) -> None:
    body = hashlib.shake_128(str(size).encode()).digest(size)
    path = write(folder, body)
    assert opened(path) == body
    assert path.stat().st_size == BODY_AT + size + 16 * max(1, -(-size // SEGMENT_BYTES))


def test_the_size_is_known_while_it_is_written(folder: Path) -> None:
    with PacketWriter(folder / "size.part", CONTENT_KEY) as writer:
        writer.write(b"x" * 3 * SEGMENT_BYTES)
        told = writer.size
        writer.finish(folder / "size.yfpkt", ADDRESS, SENDER)
    assert (folder / "size.yfpkt").stat().st_size == told


@settings(max_examples=300)
@given(at=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_refused(folder: Path, at: int, bit: int) -> None:
    path = folder / "flip.yfpkt"
    if not path.exists():
        write(folder, b"evidence" * 20_000, path.name)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1 << bit
    other = folder / "flipped.yfpkt"
    other.write_bytes(data)
    with pytest.raises(SyncError) as told:
        opened(other)
    assert told.value.code.startswith(("packet.", "message."))


@settings(max_examples=150)
@given(length=st.integers(0, 10**9))
def test_a_file_cut_anywhere_is_refused(folder: Path, length: int) -> None:
    whole = write(folder, b"evidence" * 20_000, "cut.yfpkt").read_bytes()
    short = folder / "short.yfpkt"
    short.write_bytes(whole[: length % len(whole)])
    with pytest.raises((packets.NotAPacket, packets.PacketCut)):
        look(short)


def test_a_file_with_something_behind_it_is_refused(folder: Path) -> None:
    path = write(folder, b"x", "long.yfpkt")
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(packets.PacketCut):
        look(path)


def test_segments_that_change_places_are_refused_although_header_and_hash_fit(folder: Path) -> None:
    path = write(folder, bytes(3 * SEGMENT_BYTES), "swap.yfpkt")
    packet = look(path)
    sealed = path.read_bytes()[BODY_AT:]
    step = SEGMENT_BYTES + 16
    for changed in (sealed[step : 2 * step] + sealed[:step] + sealed[2 * step :], sealed[step:], sealed[: 2 * step]):
        forged = folder / "forged.yfpkt"
        forged.write_bytes(path.read_bytes()[:BODY_AT] + changed)
        header = replace(packet.header, body_bytes=len(changed), body_sha256=hashlib.sha256(changed).hexdigest())
        with pytest.raises(packets.PacketChanged):
            b"".join(replace(packet, path=forged, header=header).contents(BOX))


def test_a_stranger_can_neither_read_nor_pass_as_the_sender(folder: Path) -> None:
    packet = look(write(folder, b"secret", "sealed.yfpkt"))
    with pytest.raises(NotForThisKey):
        plain(packet, BoxKey(STRANGER))
    with pytest.raises(packets.PacketSignature):
        packet.check_signature(STRANGER.public_hex)
    assert b"secret" not in packet.path.read_bytes()


def test_a_header_under_which_the_key_was_not_sealed_opens_nothing(folder: Path) -> None:
    packet = look(write(folder, b"secret", "bound.yfpkt"))
    raw = codec.dump(replace(packet.header, epoch="e-2")).ljust(len(packet.raw_header))
    with pytest.raises(NotForThisKey):
        plain(replace(packet, raw_header=raw))


@settings(max_examples=200)
@given(data=st.one_of(st.binary(max_size=4000), st.binary(max_size=4000).map(lambda rest: MAGIC + rest)))
def test_no_bytes_bring_the_reader_out_of_its_way(folder: Path, data: bytes) -> None:
    path = folder / "noise.yfpkt"
    path.write_bytes(data)
    with pytest.raises((packets.NotAPacket, packets.PacketCut)):
        look(path)


HEADERS: list[tuple[str, Callable[[Packet], bytes]]] = [
    ("a length of four gigabytes", lambda one: MAGIC + b"\xff\xff\xff\xff"),
    ("no JSON", lambda one: _with(b"{" * 2048)),
    ("deep JSON", lambda one: _with(b"[" * 8000)),
    ("a list", lambda one: _with(b"[]".ljust(2048))),
    ("a newer format", lambda one: _header(one, v=2)),
    ("another suite", lambda one: _header(one, suite=2)),
    ("a path as an id", lambda one: _header(one, packet_id="../../etc/passwd")),
    ("an endless id", lambda one: _header(one, sender="a" * 5000)),
    ("a negative number", lambda one: _header(one, n=-1)),
    ("a volume beyond the last", lambda one: _header(one, vol=3, vols=2)),
    ("an endless row of volumes", lambda one: _header(one, vols=10**12)),
    ("a body of exabytes", lambda one: _header(one, body_bytes=1 << 60)),
    ("a negative body", lambda one: _header(one, body_bytes=-5)),
    ("a number as text", lambda one: codec.dump(one.header).replace(b'"n":7', b'"n":"7"')),
]


def _with(raw: bytes) -> bytes:
    return MAGIC + len(raw).to_bytes(4) + raw + bytes(144 + 32)


def _header(one: Packet, **changes: object) -> bytes:
    return _with(codec.dump(replace(one.header, **changes)))


@pytest.mark.parametrize("make", [make for _, make in HEADERS], ids=[name for name, _ in HEADERS])
def test_hostile_headers_are_refused_at_once_and_with_a_sentence(folder: Path, make: Callable[[Packet], bytes]) -> None:
    good = look(write(folder, b"x", "good.yfpkt"))
    path = folder / "hostile.yfpkt"
    path.write_bytes(make(good))
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(SyncError) as told:
        look(path)
    assert told.value.code in SENTENCES
    assert time.monotonic() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_a_hole_of_four_gigabytes_is_refused_unread(folder: Path) -> None:
    path = folder / "hole.yfpkt"
    with path.open("wb") as target:
        target.write(MAGIC)
        os.truncate(target.fileno(), 5 << 30)
    with pytest.raises(packets.NotAPacket, match="size"):
        look(path)
    path.unlink()


# contents


def manifest(purpose: str = "deliver") -> Manifest:
    return Manifest(purpose, Card.of("dev-a", "甲机", SENDER))


def contents(*parts: bytes) -> bytes:
    return b"".join(parts)


def test_records_come_out_one_by_one_however_the_segments_are_cut() -> None:
    chunk = Chunk("ab" * 32, 3, os.urandom(100_000))
    data = contents(record(manifest()), record(chunk), b"\x63\0\0\0\x02??", record(chunk))
    for step in (1, 7, 5000, len(data)):
        first, rest = read(iter([data[at : at + step] for at in range(0, len(data), step)]))
        assert first == manifest()
        assert list(rest) == [chunk, chunk]  # an unknown kind is passed over


@pytest.mark.parametrize(
    "data",
    [
        b"",
        record(Chunk("ab" * 32, 0, b"x")),
        record(manifest())[:-1],
        record(manifest()) + b"\x06\xff\xff\xff\xff",
        record(manifest()) + b"\x06\0\0\0\x01x",
        record(manifest()) + b"\x02\0",
    ],
    ids=["nothing", "no manifest", "half a manifest", "endless chunk", "chunk without a name", "half a head"],
)
def test_contents_that_are_none_are_refused(data: bytes) -> None:
    with pytest.raises(BadContents):
        list(read(iter([data]))[1])


@settings(max_examples=200)
@given(noise=st.binary(max_size=2000))
def test_noise_behind_the_manifest_ends_in_a_code(noise: bytes) -> None:
    codes = [""]
    try:
        list(read(iter([record(manifest()), noise]))[1])
    except SyncError as refused:
        codes.append(refused.code)
    assert set(codes) <= {"", *SENTENCES}


def test_a_packet_of_many_chunks_needs_the_memory_of_one(folder: Path) -> None:
    target = folder / "big.yfpkt"
    piece = os.urandom(1 << 20)
    count = 160
    with PacketWriter(folder / "big.part", CONTENT_KEY) as writer:
        put(writer, manifest())
        for number in range(count):
            put(writer, Chunk("ab" * 32, number, piece))
        writer.finish(target, ADDRESS, SENDER)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    packet = look(target)
    packet.check_signature(SENDER.public_hex)
    _, rest = read(packet.contents(BOX))
    assert sum(one.data == piece for one in rest if isinstance(one, Chunk)) == count
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 << 10
    target.unlink()


# cards


def test_a_card_is_read_back_and_shows_the_same_fingerprint() -> None:
    card = Card.of("dev-a", "甲机", SENDER)
    again = Card.from_text(f"\n {card.text[:40]}\n{card.text[40:]}\t")
    assert again == card
    assert again.fingerprint == card.fingerprint
    assert len(card.fingerprint) == 29


@settings(max_examples=150)
@given(at=st.integers(0, 10**6), to=st.characters(codec="ascii", categories=["L", "N"]))
def test_a_changed_card_is_refused_or_shows_another_fingerprint(at: int, to: str) -> None:
    card = Card.of("dev-a", "甲机", SENDER)
    place = at % len(card.text)
    text = card.text[:place] + to + card.text[place + 1 :]
    try:
        other = Card.from_text(text)
    except BadCard:
        return
    assert other.fingerprint == card.fingerprint
    assert (other.device, other.sign_key, other.box_key) == (card.device, card.sign_key, card.box_key)


def test_nobody_puts_his_own_box_key_on_anothers_card() -> None:
    card = Card.of("dev-a", "甲机", SENDER)
    for forged in (
        replace(card, box_key=BoxKey(STRANGER).public_hex),
        replace(card, device="dev-b"),
        replace(card, box_key=GENESIS),
        replace(card, sign_key=STRANGER.public_hex),
    ):
        with pytest.raises(BadCard):
            Card.from_text(forged.text)


def test_a_file_head_travels() -> None:
    from sync.protocol.messages import BlobOffer

    head = FileHead("ab" * 32, BlobOffer("s:1", 5, "image/jpeg"))
    assert list(read(iter([record(manifest()), record(head)]))[1]) == [head]
