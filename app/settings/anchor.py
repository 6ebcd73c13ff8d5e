"""The anchor: what the database said about itself last, kept outside of it, so that a rewound or copied one shows.

The pages of an encrypted database prove that nobody changed them, not that they are the newest: a whole older file is
as sound as the present one. Going on writing from it would make two histories under one name. So at each opening the
program writes a new nonce into the database and here, and compares both at the next opening.

Order at opening: `compare` with the state found in the database; write `found.begin(nonce)`; commit the nonce to the
database; write that anchor `settled`. A crash at any point leaves the database with one of the anchor's two nonces.
"""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from app.settings import atomic
from app.settings.errors import VaultUnwritable
from app.settings.secrets import SecretStore


@dataclass(frozen=True, slots=True)
class Anchor:
    """The state of the journal when it was last anchored.

    Attributes:
        rseq: Last used number of the replica; the database may be ahead of it, never behind.
        nonce: Value of the opening the anchor was written in.
        next_nonce: Value that was about to be committed, if the writing was cut off.
    """

    replica: str
    rseq: int
    nonce: str
    next_nonce: str | None = None

    def begin(self, nonce: str) -> "Anchor":
        """Return the anchor to write before the database gets a new nonce; call it on the state found in the database.

        Called on the stored anchor it would forget the nonce of an opening that was cut off after its commit.
        """
        return Anchor(self.replica, self.rseq, self.nonce, nonce)

    def settled(self, rseq: int) -> "Anchor":
        """Return the anchor to write after the database has its new nonce, and from time to time after that."""
        return Anchor(self.replica, max(self.rseq, rseq), self.next_nonce or self.nonce)


class AnchorVerdict(Enum):
    """What comparing says; anything but SAME asks for a new replica before the first write.

    REWOUND: this replica, but from before (restored, or an older copy put in place).
    FOREIGN: the history of another replica.
    UNANCHORED: no anchor that can be trusted (lost, or not written with this vault's key).
    """

    SAME = "same"
    REWOUND = "rewound"
    FOREIGN = "foreign"
    UNANCHORED = "unanchored"


def compare(anchor: Anchor | None, found: Anchor) -> AnchorVerdict:
    """Return what the anchor says about the state found in the database (`next_nonce` of it is not looked at)."""
    if anchor is None:
        return AnchorVerdict.UNANCHORED
    if anchor.replica != found.replica:
        return AnchorVerdict.FOREIGN
    if found.rseq < anchor.rseq or found.nonce not in (anchor.nonce, anchor.next_nonce):
        return AnchorVerdict.REWOUND
    return AnchorVerdict.SAME


class AnchorPlace:
    """Where the anchor of one vault lies: the password store, or a file beside the vault where there is none.

    The file travels with a copy of the whole folder, so there only the server notices that copy (`fork`).
    """

    def __init__(self, vault_id: str, file: Path, store: SecretStore | None) -> None:
        self._name = f"anchor:{vault_id}"
        self._file = file
        self._store = store

    def read(self, key: bytes | bytearray) -> Anchor | None:
        """Return the anchor, or None if there is none that this key sealed.

        Raises:
            KeyringUnavailable: If the password store does not answer.
        """
        text = self._store.get(self._name) if self._store else self._file_text()
        if text is None:
            return None
        try:
            tree = json.loads(text)
            seal = bytes.fromhex(tree.pop("seal"))
            if not hmac.compare_digest(seal, _seal(key, tree)):
                return None
            return Anchor(**tree)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, key: bytes | bytearray, anchor: Anchor) -> None:
        """Replace the anchor.

        Raises:
            KeyringUnavailable: If the password store does not keep it.
            VaultUnwritable: If the file cannot be written.
        """
        tree = asdict(anchor)
        text = json.dumps({**tree, "seal": _seal(key, tree).hex()})
        if self._store:
            self._store.put(self._name, text)
            return
        try:
            atomic.write_whole(self._file, text.encode("utf-8"))
        except OSError as error:
            raise VaultUnwritable(self._file, error.strerror or type(error).__name__) from error

    def _file_text(self) -> str | None:
        try:
            return self._file.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None


def _seal(key: bytes | bytearray, tree: dict[str, object]) -> bytes:
    return hmac.digest(bytes(key), json.dumps(tree, sort_keys=True).encode("utf-8"), hashlib.sha256)
