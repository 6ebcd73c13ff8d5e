"""Take in the lines of one device: the longest good prefix, in one transaction."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import NamedTuple

from sqlalchemy import Connection

from sync.protocol import chain, lines, linked
from sync.protocol.chain import SignedLine
from sync.protocol.codec import BadMessage
from sync.protocol.errors import SyncError
from sync.protocol.framing import TooLarge
from sync.protocol.messages import MAX_PUSH_LINES, Cursor, Problem, WireLine
from sync.server import epochs, errors
from sync.server.db.unit import Database
from sync.server.devices import Device
from sync.server.intake import FindDevice, Intake
from sync.server.people.admissions import raise_alarm
from sync.server.sentences import sentence
from sync.server.terms import Terms
from sync.server.underway import UnderWay
from sync.server.upload_limits import LineLimit, Meter
from sync.server.world import World


class Pushed(NamedTuple):
    """What became of lines.

    Attributes:
        taken: How many were committed, from the first on.
        problem: Why the next one was not.
        before: Where the feeds they went to stood before, the device's receipts among them.
    """

    taken: int
    problem: Problem | None
    before: Mapping[str, Cursor]


def push(
    database: Database, world: World, terms: Terms, find: FindDevice, device: Device, replica: str,
    wire: Sequence[WireLine], epoch: str, under_way: UnderWay | None = None, meter: Meter | None = None,
) -> Pushed:  # fmt: skip
    """Commit the longest good prefix of the lines.

    Known lines count as taken, so the same lines get the same answer for ever. Before a gap is called one, what else the device has
    `under_way` is waited for. Of a device that `meter` finds to have sent enough, none is taken.

    Raises:
        EpochChanged: If the lines belong to an earlier history of the server.
        TooLarge, BadMessage: If the request as a whole is unfit; nothing is taken.
    """
    if len(wire) > MAX_PUSH_LINES:
        raise TooLarge(limit=MAX_PUSH_LINES)
    if not lines.is_id(replica):
        raise BadMessage(at="replica")
    # All the costly checking comes before the lock.
    opened, bad = _open(device, replica, wire)
    now_ms = world.now_ms()

    def take(unit: Connection) -> Pushed:
        epochs.require(unit, epoch)
        intake = Intake(unit, now_ms, terms, find)
        taken, problem = 0, None
        try:
            intake.replica(replica, device)
            intake.prepare(opened, device)
            for one in opened:
                intake.take(one, device)
                taken += 1
        except (chain.Gap, chain.Fork, errors.IdReuse, errors.ReplicaOfOther) as refused:
            # What came before it is committed. Its traceback holds this frame, which holds it, and with it the whole push.
            problem = refused.with_traceback(None)
            if not isinstance(refused, chain.Gap):
                raise_alarm(unit, device.id, refused.code, replica, now_ms)
        if meter is not None and (size := intake.new_bytes):
            meter.count_lines(unit, device.id, size)
        intake.flush()
        return Pushed(taken, _problem(problem or bad, taken), intake.before)

    while True:
        ended = 0 if under_way is None else under_way.ended(device.id)
        try:
            with nullcontext() if meter is None else meter.telling(device.id):
                done = database.transact(take)
        except LineLimit as full:
            return Pushed(0, _problem(full, 0), {})
        is_early = not done.taken and done.problem is not None and done.problem.code == chain.Gap.code
        if under_way is None or not is_early or not under_way.wait(device.id, ended):
            return done


def _open(
    device: Device, replica: str, wire: Sequence[WireLine]
) -> tuple[list[SignedLine], SyncError | None]:
    """Return the lines up to the first that cannot be read, and what is wrong with that one."""
    whole = linked.whole_lines(wire)
    opened, problem = chain.open_lines([(data, one.sig, device.public_key) for data, one in zip(whole, wire, strict=True)])
    for at, signed in enumerate(opened):
        if signed.line.replica != replica:
            return opened[:at], lines.BadLine(reason="replica", at="rep")
    return opened, problem


def _problem(error: SyncError | None, at: int) -> Problem | None:
    return None if error is None else Problem(error.code, {**error.params, "line": at}, sentence(error.code, error.params))
