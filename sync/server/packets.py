"""Courier packets at the server: take one in as if it had come over the network."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import select

from sync.protocol import codec
from sync.protocol.errors import SyncError
from sync.protocol.lines import op_hash
from sync.protocol.linked import whole_lines
from sync.protocol.messages import Problem, ResupplyRequest, SyncRequest
from sync.protocol.packets import Header, OtherReceiver, Packet, PacketSignature, look
from sync.protocol.packets_body import (
    DELIVER,
    Answered,
    BadContents,
    Chunk,
    Content,
    FileHead,
    Manifest,
    read,
)
from sync.protocol.packets_disk import drop, take_in
from sync.server import errors, pushes, resupply
from sync.server.blobs import Blobs
from sync.server.db import schema
from sync.server.db.upserts import insert_or_replace
from sync.server.devices import Device
from sync.server.packet_cards import Cards
from sync.server.routes import Office
from sync.server.sentences import sentence

log = logging.getLogger(__name__)
_MAX_ANSWERS = 200


class UnknownSender(SyncError):
    """Say that a packet comes from a device that is not enrolled here and does not ask to be."""

    code = "packet.unknown_sender"


class WrongPurpose(SyncError):
    """Say that a packet was not written for a server."""

    code = "packet.purpose"


class NothingYet(SyncError):
    """Say that no packet of this device ever came, so there is nothing to reply to."""

    code = "packet.nothing_yet"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one packet.

    Attributes:
        lines, carried: Own lines and lines of others that are here now, known ones too.
        files: Files that are whole now; of others some chunks came.
        is_repeated: The same packet was taken before.
    """

    device: str
    name: str
    packet_id: str
    n: int
    vol: int
    vols: int
    lines: int
    carried: int
    files: int
    chunks: int
    is_repeated: bool
    answered: Answered


@dataclass(frozen=True, slots=True)
class Asked:
    """A device's newest packet, and what became of it and of those before, newest first."""

    manifest: Manifest
    n: int
    digest: str
    epoch: str
    answers: tuple[Answered, ...]


@dataclass(slots=True)
class _Count:
    lines: int = 0
    carried: int = 0
    files: int = 0
    chunks: int = 0
    problem: Problem | None = None
    replica: str = ""
    bad_line: str = ""
    bad_files: dict[str, str] = field(default_factory=dict)


class Packets:
    """Take packets in and remember what was asked, so that a reply can be written now or later."""

    def __init__(self, office: Office, quarantine: Path) -> None:
        self.office, self._quarantine = office, quarantine
        self.cards = Cards(office.database, office.devices, office.world)

    def take(self, path: Path) -> Taken:
        """Take in one packet file; the same one again, late or out of order changes nothing that it should not.

        Raises:
            NotAPacket, PacketCut, PacketTooNew: If the file is none that this server can read.
            OtherReceiver, WrongPurpose, UnknownSender: If it is not for this server, or nobody's.
            PacketSignature, PacketChanged, NotForThisKey, BadContents: If it was changed or is not what it says.
            OSError: If it cannot be copied or read.
        """
        copy = take_in(path, self._quarantine, self.office.world.new_id())
        try:
            return self._take(look(copy))
        finally:
            drop(copy)

    def asked(self, device: str) -> "Asked":
        """Return what the reply to a device begins with.

        Raises:
            NothingYet: If none came.
        """
        of = schema.packet_in.c
        with self.office.database.read() as unit:
            found = unit.execute(
                select(of.asked, of.answered, of.epoch, of.n, of.digest)
                .where(of.device == device)
                .order_by(of.came_ms.desc(), of.n.desc(), of.vol)
                .limit(_MAX_ANSWERS)
            ).all()
        if not found:
            raise NothingYet()
        answers = tuple(codec.load(Answered, bytes(row.answered)) for row in found)
        newest = found[0]
        return Asked(codec.load(Manifest, bytes(newest.asked)), newest.n, newest.digest, newest.epoch, answers)

    def _take(self, packet: Packet) -> Taken:
        header = packet.header
        if header.receiver != self.office.devices.server:
            raise OtherReceiver(receiver=header.receiver)
        known = self._known(header)
        packet.check_signature(header.sender_key)
        manifest, contents = read(packet.contents(self.cards.box))
        if manifest.purpose != DELIVER:
            raise WrongPurpose()
        device = known or self._let_in(header, manifest)
        self.cards.keep(device, manifest.card)
        count = _Count()
        self._take_contents(device, header, contents, count)
        answered = Answered(header.packet_id, header.n, count.problem, count.replica, count.bad_line, count.bad_files)
        is_repeated = self._remember(device, packet, manifest, answered)
        log.info("packet.taken n=%s vol=%s lines=%s files=%s", header.n, header.vol, count.lines, count.files)
        return Taken(
            device.id, device.name, header.packet_id, header.n, header.vol, header.vols, count.lines, count.carried,
            count.files, count.chunks, is_repeated, answered,
        )  # fmt: skip

    def _known(self, header: Header) -> Device | None:
        try:
            device = self.office.devices.find(header.sender)
        except errors.UnknownDevice:
            return None
        if device.public_key != header.sender_key:
            raise PacketSignature(sender=header.sender)
        return device

    def _let_in(self, header: Header, manifest: Manifest) -> Device:
        """Enrol a device that never met the server: the code is inside, where only this server can read it."""
        asked = manifest.enrol
        if asked is None or asked.device != header.sender or asked.public_key != header.sender_key:
            raise UnknownSender()
        self.office.devices.enrol(asked)
        return self.office.devices.find(header.sender)

    def _take_contents(self, device: Device, header: Header, contents: Iterator[Content], count: _Count) -> None:
        files = _Files(self.office.blobs.by_hand(), device, count)
        for one in contents:
            match one:
                case ResupplyRequest():
                    self._carry(device, one, count)
                case SyncRequest():
                    self._push(device, one, count)
                case FileHead():
                    files.begin(one)
                case Chunk():
                    files.add(one)
                case _:
                    raise BadContents(at=type(one).__name__)
        files.end()

    def _carry(self, device: Device, asked: ResupplyRequest, count: _Count) -> None:
        try:
            done = resupply.resupply(self.office.counter, device, asked)
        except SyncError as refused:
            count.problem = count.problem or _problem(refused)
        else:
            count.carried += done.known + done.taken

    def _push(self, device: Device, asked: SyncRequest, count: _Count) -> None:
        """Lines of a revoked device are evidence too: they are put aside by the same rule as everywhere."""
        if count.problem is not None and count.replica == asked.replica:
            return  # what is before these lines in their chain was not taken
        office = self.office
        try:
            taken, problem, _ = pushes.push(
                office.database, office.world, office.terms, office.devices.find, device, asked.replica, asked.lines,
                asked.epoch,
            )  # fmt: skip
        except SyncError as refused:
            taken, problem = 0, _problem(refused)
        count.lines += taken
        if problem is not None and count.problem is None:
            count.problem, count.replica = problem, asked.replica
            at = problem.params.get("line")
            if isinstance(at, int) and 0 <= at < len(asked.lines):
                count.bad_line = op_hash([*whole_lines(asked.lines)][at])

    def _remember(self, device: Device, packet: Packet, manifest: Manifest, answered: Answered) -> bool:
        header, of = packet.header, schema.packet_in.c
        values = {
            "packet": header.packet_id, "device": device.id, "n": header.n, "vol": header.vol, "digest": packet.digest,
            "epoch": header.epoch, "came_ms": self.office.world.now_ms(),
            "asked": codec.dump(replace(manifest, enrol=None)), "answered": codec.dump(answered), "replied_ms": None,
        }  # fmt: skip
        with self.office.database.write() as unit:
            known = unit.execute(select(of.digest).where(of.packet == header.packet_id)).scalar() == packet.digest
            insert_or_replace(unit, schema.packet_in, [values])
        return known


class _Files:
    """Files of one packet: what is wrong with one does not stop the others."""

    def __init__(self, blobs: Blobs, device: Device, count: _Count) -> None:
        self._blobs, self._device, self._count = blobs, device, count
        self._name = ""
        self._missing: set[int] = set()

    def begin(self, head: FileHead) -> None:
        """Announce a file whose chunks follow."""
        self.end()
        self._name, self._missing = "", set()
        try:
            if self._device.is_revoked:  # as over the network: its lines are evidence, its files stay with it
                raise errors.RevokedDevice(device=self._device.id)
            state = self._blobs.offer(self._device, head.sha256, head.offer)
        except SyncError as refused:
            self._count.bad_files[head.sha256[:64]] = refused.code
            return
        if state.complete:
            self._count.files += 1
            return
        self._name, self._missing = head.sha256, set(state.missing)

    def add(self, chunk: Chunk) -> None:
        """Keep a chunk that the server does not have yet."""
        if chunk.sha256 != self._name or chunk.number not in self._missing:
            return
        try:
            self._blobs.put_chunk(self._device, chunk.sha256, chunk.number, chunk.data)
        except SyncError as refused:
            self._count.bad_files[self._name] = refused.code
            self._name = ""
            return
        self._missing.discard(chunk.number)
        self._count.chunks += 1

    def end(self) -> None:
        """Commit the file, if all of it is here."""
        if not self._name or self._missing:
            return
        try:
            self._blobs.commit_at_once(self._device, self._name)
        except SyncError as refused:
            self._count.bad_files[self._name] = refused.code
        else:
            self._count.files += 1


def _problem(refused: SyncError) -> Problem:
    return Problem(refused.code, refused.params, sentence(refused.code, refused.params))
