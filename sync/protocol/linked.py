"""Lines as they travel: what stands directly before a line in a message is not named in it again.

The hash of the line before is 32 random bytes a line, and whoever reads a message can count it. Nothing is believed for it: the
whole line is what is parsed, hashed and compared with its signature.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Protocol

from sync.protocol import hlc
from sync.protocol.lines import op_hash
from sync.protocol.messages import FeedEntry, WireLine

_NAME: Final = b',"prev":"'
_HASH: Final = 64
_CLOCK: Final = b',"hlc":"'


class Signed(Protocol):
    """A line with its bytes, their hash and the signature."""

    @property
    def data(self) -> bytes:
        """Return the exact bytes."""

    @property
    def op_hash(self) -> str:
        """Return their hash."""

    @property
    def sig(self) -> str:
        """Return the signature of the hash."""


def on_wire(lines: Iterable[Signed]) -> tuple[WireLine, ...]:
    """Return lines of one replica in chain order as they are sent; of a damaged one nothing is left out."""
    sent, before = [], ""
    for one in lines:
        sent.append(WireLine(brief(one.data, before).decode(errors="replace"), one.sig))
        before = one.op_hash
    return tuple(sent)


def brief(data: bytes, before: str) -> bytes:
    """Return a line without the hash of the line before, if that is `before`; otherwise as it is."""
    at = data.rfind(_NAME) + len(_NAME)
    return data[:at] + data[at + _HASH :] if before and data[at : at + _HASH] == before.encode() else data


def whole(text: bytes, before: bytes) -> bytes:
    """Return the line whose `brief` this is; `before` is the line directly before it in the message, if there is one."""
    at = text.rfind(_NAME) + len(_NAME)  # behind it stand only ids and numbers: the last one is the line's own
    if not before or text[at : at + 1] != b'"':
        return text
    return text[:at] + op_hash(before).encode() + text[at:]


def whole_lines(sent: Iterable[WireLine]) -> Iterator[bytes]:
    """Yield the whole lines of `on_wire`; what is no text becomes bytes that `lines.parse` refuses."""
    data = b""
    for one in sent:
        data = whole(one.line.encode(errors="surrogatepass"), data)
        yield data


def clock_of(data: bytes) -> int:
    """Return the clock of a whole line."""
    at = data.rindex(_CLOCK) + len(_CLOCK)
    return hlc.from_text(data[at : data.index(b'"', at)].decode())


def whole_entries(entries: Sequence[FeedEntry]) -> tuple[FeedEntry, ...]:
    """Return the entries of a page with every line whole."""
    made, before = [], b""
    for one in entries:
        before = whole(one.line.encode(errors="replace"), before)
        made.append(replace(one, line=before.decode()))
    return tuple(made)
