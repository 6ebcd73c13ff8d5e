"""The vault file: JSON, versioned, written whole, its previous copy kept."""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from app.settings import atomic
from app.settings.errors import VaultDamaged, VaultMissing, VaultNewer, VaultUnwritable
from app.settings.key_slots import Argon2
from app.settings.tries import Tries

FORMAT = 1


class SlotKind(Enum):
    """What opens a slot."""

    PIN = "pin"
    PASSPHRASE = "passphrase"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Slot:
    """The data key, wrapped one way. `cost` is None for the recovery key, which needs no stretching."""

    kind: SlotKind
    salt: bytes
    wrapped: bytes
    cost: Argon2 | None = None


@dataclass(frozen=True, slots=True)
class VaultContent:
    """All of the vault file; nothing in it is secret by itself.

    Attributes:
        unknown_slots: Slots of kinds this version does not know, kept as they are.
    """

    vault_id: str
    device_id: str
    device_public: bytes
    device_wrapped: bytes
    slots: tuple[Slot, ...]
    tries: Tries = field(default_factory=Tries)
    unknown_slots: tuple[dict[str, Any], ...] = ()

    def slot(self, kind: SlotKind) -> Slot | None:
        """Return the slot of a kind."""
        return next((slot for slot in self.slots if slot.kind is kind), None)

    def with_slot(self, slot: Slot, *, without: tuple[SlotKind, ...] = ()) -> "VaultContent":
        """Return the content with a slot in the place of those of its own kind and of `without`."""
        gone = {slot.kind, *without}
        return replace(self, slots=(*(s for s in self.slots if s.kind not in gone), slot))


def load(path: Path) -> VaultContent:
    """Read the vault, or its previous copy when a crash or a bad disk took the first.

    Raises:
        VaultMissing: If there is neither.
        VaultNewer: If a later version wrote it.
        VaultDamaged: If neither can be read.
    """
    damage: VaultDamaged | None = None
    for candidate in (path, previous_of(path)):
        try:
            return _from_json(candidate.read_bytes())
        except FileNotFoundError:
            continue
        except OSError as error:
            damage = damage or VaultDamaged(error.strerror or type(error).__name__)
        except VaultDamaged as error:
            damage = damage or error
    raise damage or VaultMissing


def save(path: Path, content: VaultContent) -> None:
    """Write the vault; what was there becomes the previous copy, unless it was unreadable.

    Raises:
        VaultUnwritable: The former content is still there.
    """
    try:
        if _readable(path):
            atomic.move(path, previous_of(path))
        atomic.write_whole(path, _to_json(content))
    except OSError as error:
        raise VaultUnwritable(path, error.strerror or type(error).__name__) from error


def save_and_forget(path: Path, content: VaultContent) -> None:
    """Write the vault and its previous copy alike: a replaced PIN must not open the copy."""
    save(path, content)
    save(path, content)


def previous_of(path: Path) -> Path:
    """Return where the previous copy lies."""
    return path.with_name(path.name + ".previous")


def _readable(path: Path) -> bool:
    try:
        _from_json(path.read_bytes())
    except (OSError, VaultDamaged, VaultNewer):
        return False
    return True


def _to_json(content: VaultContent) -> bytes:
    tries = content.tries
    tree = {
        "format": FORMAT,
        "vault_id": content.vault_id,
        "device": {
            "id": content.device_id,
            "public": _b64(content.device_public),
            "wrapped": _b64(content.device_wrapped),
        },
        "slots": [*(_slot_tree(slot) for slot in content.slots), *content.unknown_slots],
        "tries": {"wrong": tries.wrong, "since": tries.since and tries.since.isoformat()},
    }
    return json.dumps(tree, indent=1).encode("utf-8")


def _slot_tree(slot: Slot) -> dict[str, Any]:
    tree: dict[str, Any] = {"kind": slot.kind.value, "salt": _b64(slot.salt), "wrapped": _b64(slot.wrapped)}
    if slot.cost is not None:
        tree["argon2id"] = {
            "memory_kib": slot.cost.memory_kib,
            "passes": slot.cost.passes,
            "lanes": slot.cost.lanes,
        }
    return tree


def _from_json(raw: bytes) -> VaultContent:
    try:
        tree = json.loads(raw)
        if (found := int(tree["format"])) > FORMAT:
            raise VaultNewer(found, FORMAT)
        known = {kind.value for kind in SlotKind}
        since = tree["tries"]["since"]
        return VaultContent(
            vault_id=str(tree["vault_id"]),
            device_id=str(tree["device"]["id"]),
            device_public=_bytes(tree["device"]["public"]),
            device_wrapped=_bytes(tree["device"]["wrapped"]),
            slots=tuple(_slot(slot) for slot in tree["slots"] if slot["kind"] in known),
            tries=Tries(max(0, int(tree["tries"]["wrong"])), since and _instant(since)),
            unknown_slots=tuple(slot for slot in tree["slots"] if slot["kind"] not in known),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise VaultDamaged(type(error).__name__) from error


def _slot(tree: dict[str, Any]) -> Slot:
    cost = None
    kind = SlotKind(tree["kind"])
    if kind is not SlotKind.RECOVERY:
        found = tree["argon2id"]
        cost = Argon2(int(found["memory_kib"]), int(found["passes"]), int(found["lanes"])).checked()
    return Slot(kind, _bytes(tree["salt"]), _bytes(tree["wrapped"]), cost)


def _instant(text: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("naive instant")
    return instant


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
