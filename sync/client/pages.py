"""What came from a server or a packet, verified before anything is done with it."""

from collections.abc import Callable, Mapping, Sequence

from sync.client.errors import UnknownSigner
from sync.client.store import PulledLine, PulledPage
from sync.protocol import chain, feeds, linked
from sync.protocol.chain import SignedLine
from sync.protocol.fold import Entry
from sync.protocol.messages import Cursor, FeedEntry, FeedPage


class OwnLineMissing(Exception):
    """A line of this device came by its id alone, and the journal has it not (an older backup was restored)."""


def open_page(
    before: Cursor, page: FeedPage, keys: dict[str, str], own: Callable[[Sequence[str]], Mapping[str, SignedLine]]
) -> PulledPage:
    """Verify a page: every signature, every number, the whole chain.

    Raises:
        PageDoesNotJoin, BadLine, BadSignature, UnknownSigner: If anything is not as it should be.
    """
    brief = [entry.op for entry in page.entries if not entry.line]
    mine: Mapping[str, SignedLine] = own(brief) if brief else {}
    pulled = open_entries(page.entries, keys, mine.get)
    after = feeds.check_page(before, page, [one.signed for one in pulled])
    return PulledPage(before, after, pulled)


def open_entries(
    entries: Sequence[FeedEntry], keys: dict[str, str], own: Callable[[str], SignedLine | None]
) -> tuple[PulledLine, ...]:
    """Verify the signatures of entries; own lines that came by their id alone are looked up.

    Raises:
        BadLine, BadSignature, UnknownSigner: If anything is not as it should be.
    """
    given, before = [], b""
    for entry in entries:
        before = linked.whole(entry.line.encode(), before)
        if before:
            key = keys.get(entry.device)
            if key is None:
                raise UnknownSigner(device=entry.device)
            given.append((before, entry.sig, key))
    opened, problem = chain.open_lines(given)
    if problem is not None:
        raise problem
    others = iter(opened)
    pulled = []
    for entry in entries:
        signed = next(others) if entry.line else own(entry.op)
        if signed is None:
            raise OwnLineMissing
        pulled.append(
            PulledLine(Entry(entry.seq, signed.line, entry.eff), signed, entry.device, entry.status, entry.reason)
        )
    return tuple(pulled)
