"""Take back what the server had given out and lost: signed lines, brought by whoever holds them.

A line is taken in when it continues the chain of its replica here. One that does not is parked until the lines before
it come, from another device or from its owner; one whose signer this server does not know is parked until he enrols.

Whoever holds a signed line may bring it, also into a feed that he does not read any more: it may be all that is left of
a laptop. What is there already he does not learn by it.
"""

from sqlalchemy import Connection

from sync.protocol import chain, feeds, lines
from sync.protocol.chain import SignedLine
from sync.protocol.errors import SyncError
from sync.protocol.framing import TooLarge
from sync.protocol.messages import MAX_PUSH_LINES, ResupplyAnswer, ResupplyRequest, SuppliedLine
from sync.server import epochs, errors, pulls
from sync.server.devices import Device
from sync.server.exchanges import Counter
from sync.server.intake import CHAIN_HOLE, UNKNOWN_SIGNER, Intake


def resupply(counter: Counter, device: Device, request: ResupplyRequest) -> ResupplyAnswer:
    """Take in or park the lines, in their order; one that is wrong is left out and blocks none.

    Raises:
        EpochChanged: If the request belongs to a history that the server no longer has.
        TooLarge: If there are too many lines.
    """
    if len(request.lines) > MAX_PUSH_LINES:
        raise TooLarge(limit=MAX_PUSH_LINES)
    signers = _signers(counter, {one.device for one in request.lines})
    opened = [(one.device, signed) for one in request.lines if (signed := _open(one, signers)) is not None]
    told = {one.line.op for _, one in opened if pulls.may_read(device, one.line.scope)}
    now_ms, batch = counter.world.now_ms(), feeds.batch_name(request.lines)

    def take(unit: Connection) -> ResupplyAnswer:
        epochs.require(unit, request.epoch)
        intake = Intake(unit, now_ms, counter.terms, counter.find)
        answer = _take(intake, device, opened, signers, told)
        if request.lines:
            intake.note_brought(device.id, batch)
        intake.flush()
        placed = {op: seq for op in sorted(told) if (seq := intake.place(op))}
        return ResupplyAnswer(epochs.current(unit), batch, *answer, placed)

    return counter.database.transact(take)


def _take(
    intake: Intake, device: Device, opened: list[tuple[str, SignedLine]], signers: dict[str, Device], told: set[str]
) -> tuple[int, int, int]:
    """Return how many lines were known, taken and parked, as far as this device may know."""
    known = taken = parked = 0
    for name in sorted({name for name, _ in opened} & signers.keys()):
        intake.prepare([one for other, one in opened if other == name], signers[name])
    for name, one in opened:
        is_told = one.line.op in told
        if name not in signers:
            if is_told:  # nobody vouches for it: it is no evidence for others
                intake.park(one, name, UNKNOWN_SIGNER, device.id)
                parked += 1
        elif intake.is_known(one.line.op):
            known, parked = known + is_told, parked + (not is_told)  # only its owner may place it anew in a chain
        else:
            try:
                intake.take(one, signers[name])
                taken, parked = taken + is_told, parked + (not is_told)
            except (chain.Gap, chain.Fork):
                intake.park(one, name, CHAIN_HOLE, device.id)
                parked += 1
            except (errors.IdReuse, errors.ReplicaOfOther):
                continue
    return known, taken, parked


def _signers(counter: Counter, names: set[str]) -> dict[str, Device]:
    found = {}
    for name in sorted(names):
        try:
            found[name] = counter.find(name)
        except errors.UnknownDevice:
            continue
    return found


def _open(supplied: SuppliedLine, signers: dict[str, Device]) -> SignedLine | None:
    """Return the line if it can be read and, where the signer is known, is his; otherwise None."""
    signer = signers.get(supplied.device)
    try:
        data = supplied.line.encode()
        if signer is not None:
            return chain.open_line(data, supplied.sig, signer.public_key)
        if not lines.is_id(supplied.device):
            return None
        return SignedLine(lines.parse(data), data, lines.op_hash(data), supplied.sig[:128])
    except (SyncError, UnicodeEncodeError):
        return None
