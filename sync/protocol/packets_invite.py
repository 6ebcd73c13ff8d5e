"""An invitation: everything a laptop needs of a server that it will never reach by network."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final, Self

from sync.protocol import codec
from sync.protocol.codec import BadMessage
from sync.protocol.packets_keys import BadCard, Card

_INVITATION: Final = "YFINVITE1."
_MAX_TEXT: Final = 4000


@dataclass(frozen=True, slots=True)
class Invitation:
    """The server's card, the epoch, and a one-time code."""

    card: Card
    epoch: str
    code: str

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read an invitation.

        Raises:
            BadCard: If the text is none, or was changed.
        """
        plain = "".join(text.split())
        if not plain.startswith(_INVITATION) or len(plain) > _MAX_TEXT:
            raise BadCard()
        try:
            data = base64.b64decode(plain.removeprefix(_INVITATION).encode(), altchars=b"-_", validate=True)
            made = codec.load(cls, data)
        except (BadMessage, binascii.Error, ValueError) as problem:
            raise BadCard() from problem
        made.card.check()
        return made

    @property
    def text(self) -> str:
        """The invitation as one line of text."""
        return _INVITATION + base64.urlsafe_b64encode(codec.dump(self)).decode()
