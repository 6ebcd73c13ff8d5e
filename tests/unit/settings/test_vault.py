"""The vault on real files with cheap Argon2 costs."""

import base64
import dataclasses
import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.settings.errors import (
    KeyringLost,
    KeyringUnavailable,
    RecoveryTypo,
    TooShort,
    TooSoon,
    TriesExhausted,
    VaultDamaged,
    VaultExists,
    VaultMissing,
    VaultNewer,
    VaultUnwritable,
    WrongPin,
    WrongRecovery,
)
from app.settings.key_slots import Argon2, Costs
from app.settings.secrets import OsKeyring
from app.settings.vault import Unlocked, Vault
from app.settings.vault_file import SlotKind, previous_of
from tests.unit.settings.stores import Clock, LockedBackend, MemoryBackend

CHEAP = Costs(pin=Argon2(64, 1, 1), passphrase=Argon2(64, 1, 2))
PIN = "271828"
PASSPHRASE = "滕王高阁临江渚佩玉鸣鸾"


def secrets_of(unlocked: Unlocked) -> tuple[bytes, ...]:
    return tuple(
        bytes(k)
        for k in (
            unlocked.db_key,
            unlocked.files_kek,
            unlocked.device_private,
            unlocked.anchor_key,
            unlocked.data_key,
        )
    )


class Desk:
    """One profile folder, its password store and its clock."""

    def __init__(self, folder: Path, backend: MemoryBackend | None = None) -> None:
        self.path = folder / "vault.json"
        self.backend = backend or MemoryBackend()
        self.clock = Clock()

    def vault(self, *, keyring: bool = True) -> Vault:
        store = OsKeyring(self.backend) if keyring else None
        return Vault(self.path, store, random_bytes=os.urandom, now=self.clock, costs=CHEAP)

    def create(self, text: str = PIN, *, keyring: bool = True) -> tuple[Unlocked, str]:
        return self.vault(keyring=keyring).create(text, vault_id="v-1", device_id="d-1")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def wrong(desk: Desk, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(WrongPin):
            desk.vault().unlock("000000")


def test_the_pin_opens_the_same_keys_again(desk: Desk):
    made, _ = desk.create()
    again = desk.vault().unlock(PIN)
    assert secrets_of(again) == secrets_of(made)
    assert len(set(secrets_of(made))) == 5
    assert {len(k) for k in secrets_of(made)} == {32}
    assert (again.vault_id, again.device_id) == ("v-1", "d-1")


def test_without_a_password_store_a_passphrase_is_asked_for(desk: Desk):
    assert desk.vault(keyring=False).requires is SlotKind.PASSPHRASE
    made, _ = desk.create(PASSPHRASE * 2, keyring=False)
    assert desk.vault().requires is SlotKind.PASSPHRASE  # the file says so, also where there is a store now
    assert secrets_of(desk.vault().unlock(PASSPHRASE * 2)) == secrets_of(made)
    assert desk.backend.kept == {}


def test_with_a_password_store_a_pin_is_asked_for(desk: Desk):
    assert desk.vault().requires is SlotKind.PIN
    desk.create()
    assert desk.vault(keyring=False).requires is SlotKind.PIN


def test_short_secrets_are_refused_and_nothing_is_made(desk: Desk):
    with pytest.raises(TooShort) as pin:
        desk.create("12345")
    assert pin.value.params == {"kind": "pin", "least": 6, "most": 256}
    with pytest.raises(TooShort) as phrase:
        desk.create("12345678901", keyring=False)
    assert phrase.value.params == {"kind": "passphrase", "least": 12, "most": 256}
    assert not desk.path.exists()
    assert desk.backend.kept == {}


def test_full_width_digits_are_the_same_pin(desk: Desk):
    desk.create()
    desk.vault().unlock("２７１８２８")


def test_the_device_key_signs_what_its_public_half_verifies(desk: Desk):
    made, _ = desk.create()
    signature = Ed25519PrivateKey.from_private_bytes(bytes(made.device_private)).sign(b"line")
    Ed25519PublicKey.from_public_bytes(made.device_public).verify(signature, b"line")


def test_neither_the_file_nor_repr_nor_the_store_holds_a_key(desk: Desk):
    made, recovery = desk.create()
    kept = "".join(desk.backend.kept.values())
    text = desk.path.read_text() + previous_of(desk.path).read_text() + repr(made) + kept
    for secret in secrets_of(made):
        assert secret.hex() not in text
        assert base64.b64encode(secret).decode() not in text
        assert repr(secret) not in text
    assert PIN not in text
    assert recovery not in text
    assert recovery[:5] not in text


def test_the_file_alone_does_not_open_with_the_pin(desk: Desk, tmp_path: Path):
    """A stolen vault file cannot be tried offline without the password store's secret."""
    desk.create()
    with pytest.raises(KeyringLost):
        Vault(
            desk.path, OsKeyring(MemoryBackend()), random_bytes=os.urandom, now=desk.clock, costs=CHEAP
        ).unlock(PIN)


def test_a_missing_password_store_does_not_use_up_tries(desk: Desk):
    desk.create()
    for _ in range(9):
        with pytest.raises(KeyringUnavailable):
            desk.vault(keyring=False).unlock("000000")
    desk.vault().unlock(PIN)


def test_wiping_overwrites_the_keys_where_they_lie(desk: Desk):
    made, _ = desk.create()
    held = made.db_key
    made.wipe()
    assert held == bytes(32)
    assert made.is_wiped
    assert secrets_of(made) == (bytes(32),) * 5
    with pytest.raises(ValueError):
        desk.vault().replace_slot(made, "314159")


def test_keys_cannot_be_reassigned(desk: Desk):
    made, _ = desk.create()
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.db_key = bytearray(32)


def test_five_tries_are_free_and_then_the_wait_doubles(desk: Desk):
    desk.create()
    seen = []
    for _ in range(8):
        desk.clock.forward(desk.vault().wait_s)
        with pytest.raises(WrongPin) as caught:
            desk.vault().unlock("000000")
        seen.append((caught.value.params["free_left"], caught.value.params["wait_s"]))
    assert seen == [(4, 0), (3, 0), (2, 0), (1, 0), (0, 30), (0, 60), (0, 120), (0, 240)]


def test_within_the_wait_even_the_right_pin_is_not_looked_at(desk: Desk):
    desk.create()
    wrong(desk, 5)
    desk.clock.forward(29)
    with pytest.raises(TooSoon) as caught:
        desk.vault().unlock(PIN)
    assert caught.value.params == {"wait_s": 1}
    desk.clock.forward(1)
    desk.vault().unlock(PIN)
    assert desk.vault().wait_s == 0
    wrong(desk, 4)
    desk.vault().unlock(PIN)


def test_a_clock_set_back_never_shortens_the_wait(desk: Desk):
    desk.create()
    wrong(desk, 5)
    desk.clock.forward(20)
    desk.clock.forward(-86_400)
    with pytest.raises(TooSoon) as caught:
        desk.vault().unlock(PIN)
    assert caught.value.params == {"wait_s": 30}  # anew, and not a day longer for an honest correction
    desk.clock.forward(30)
    desk.vault().unlock(PIN)


def test_after_twenty_wrong_tries_only_the_recovery_key_opens(desk: Desk):
    made, recovery = desk.create()
    for _ in range(20):
        desk.clock.forward(desk.vault().wait_s)
        wrong(desk)
    desk.clock.forward(10**8)
    with pytest.raises(TriesExhausted):
        desk.vault().unlock(PIN)
    unlocked = desk.vault().unlock_with_recovery(recovery)
    assert secrets_of(unlocked) == secrets_of(made)
    desk.vault().unlock(PIN)


def test_a_try_is_counted_before_it_is_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """A program ended while it computes has used the try."""
    desk.create()
    counted = []

    def ended(*_: object) -> bytes:
        counted.append(json.loads(desk.path.read_text())["tries"]["wrong"])
        raise KeyboardInterrupt

    monkeypatch.setattr("app.settings.vault.stretch", ended)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            desk.vault().unlock(PIN)
    assert counted == [1, 2]


def test_no_try_where_it_cannot_be_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.create()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.settings.atomic.write_whole", full)
    with pytest.raises(VaultUnwritable):
        desk.vault().unlock(PIN)
    monkeypatch.undo()
    desk.vault().unlock(PIN)


def test_a_changed_pin_shuts_the_old_one_out_of_both_copies(desk: Desk):
    made, _ = desk.create()
    changed = desk.vault().change_pin(PIN, "314159")
    assert secrets_of(changed) == secrets_of(made)
    wrong_old = desk.vault()
    with pytest.raises(WrongPin):
        wrong_old.unlock(PIN)
    desk.vault().unlock("314159")
    desk.path.unlink()
    with pytest.raises(WrongPin):
        desk.vault().unlock(PIN)
    assert secrets_of(desk.vault().unlock("314159")) == secrets_of(made)


def test_a_changed_pin_is_not_in_the_previous_copy_from_the_first_moment(desk: Desk):
    desk.create()
    before = json.loads(desk.path.read_text())["slots"]
    desk.vault().change_pin(PIN, "314159")
    pins = [s for s in before if s["kind"] == "pin"]
    assert pins[0]["wrapped"] not in previous_of(desk.path).read_text()


def test_changing_asks_for_the_right_old_pin(desk: Desk):
    desk.create()
    with pytest.raises(WrongPin):
        desk.vault().change_pin("000000", "314159")
    with pytest.raises(TooShort):
        desk.vault().change_pin(PIN, "31415")
    desk.vault().unlock(PIN)


def test_a_lost_password_store_is_replaced_through_the_recovery_key(desk: Desk):
    made, recovery = desk.create()
    desk.backend.kept.clear()
    with pytest.raises(KeyringLost):
        desk.vault().unlock(PIN)
    unlocked = desk.vault().unlock_with_recovery(recovery)
    desk.vault().replace_slot(unlocked, "314159")
    assert secrets_of(desk.vault().unlock("314159")) == secrets_of(made)


def test_a_machine_without_password_store_goes_over_to_a_passphrase(desk: Desk):
    made, recovery = desk.create()
    there = desk.vault(keyring=False)
    there.replace_slot(there.unlock_with_recovery(recovery), PASSPHRASE * 2)
    assert desk.vault(keyring=False).requires is SlotKind.PASSPHRASE
    assert secrets_of(desk.vault(keyring=False).unlock(PASSPHRASE * 2)) == secrets_of(made)


def test_a_recovery_key_of_another_vault_is_told_from_a_slip(desk: Desk, tmp_path: Path):
    _, recovery = desk.create()
    other = Desk(tmp_path / "other")
    _, foreign = other.create()
    with pytest.raises(WrongRecovery):
        desk.vault().unlock_with_recovery(foreign)
    slip = recovery[:7] + ("A" if recovery[7] != "A" else "B") + recovery[8:]
    with pytest.raises(RecoveryTypo) as caught:
        desk.vault().unlock_with_recovery(slip)
    assert caught.value.params == {"group": 2}


def test_a_replaced_recovery_key_no_longer_opens(desk: Desk):
    made, old = desk.create()
    new = desk.vault().replace_recovery(made)
    with pytest.raises(WrongRecovery):
        desk.vault().unlock_with_recovery(old)
    assert secrets_of(desk.vault().unlock_with_recovery(new)) == secrets_of(made)


def test_a_vault_is_never_made_over_another(desk: Desk):
    desk.create()
    with pytest.raises(VaultExists):
        desk.create()
    desk.path.unlink()  # its previous copy is still one
    with pytest.raises(VaultExists):
        desk.create()


def test_a_locked_password_store_leaves_nothing_behind(tmp_path: Path):
    desk = Desk(tmp_path, LockedBackend())
    with pytest.raises(KeyringUnavailable):
        desk.create()
    assert not desk.path.exists()


def test_no_vault_is_said_so(desk: Desk):
    assert not desk.vault().exists
    with pytest.raises(VaultMissing):
        desk.vault().unlock(PIN)


@pytest.mark.parametrize("spoil", [b"", b"{", b"null", b"[]", b'{"format": 1}', b"\xff\x00" * 50])
def test_a_spoiled_file_is_replaced_by_its_previous_copy(desk: Desk, spoil: bytes):
    made, _ = desk.create()
    desk.path.write_bytes(spoil)
    assert secrets_of(desk.vault().unlock(PIN)) == secrets_of(made)
    desk.path.write_bytes(spoil)
    previous_of(desk.path).write_bytes(spoil)
    with pytest.raises(VaultDamaged):
        desk.vault().unlock(PIN)


def test_a_newer_file_is_refused_untouched(desk: Desk):
    desk.create()
    tree = json.loads(desk.path.read_text())
    desk.path.write_text(json.dumps({**tree, "format": 2}))
    with pytest.raises(VaultNewer) as caught:
        desk.vault().unlock(PIN)
    assert caught.value.params == {"found": 2, "known": 1}
    assert json.loads(desk.path.read_text())["format"] == 2


def test_a_slot_of_an_unknown_kind_is_kept(desk: Desk):
    desk.create()
    tree = json.loads(desk.path.read_text())
    tree["slots"].append({"kind": "token", "reader": "x"})
    desk.path.write_text(json.dumps(tree))
    desk.vault().change_pin(PIN, "314159")
    assert {"kind": "token", "reader": "x"} in json.loads(desk.path.read_text())["slots"]


def test_a_file_that_asks_for_all_memory_is_damaged(desk: Desk):
    desk.create()
    for path in (desk.path, previous_of(desk.path)):
        path.write_text(path.read_text().replace('"memory_kib": 64', '"memory_kib": 99999999'))
    with pytest.raises(VaultDamaged):
        desk.vault().unlock(PIN)


def test_the_program_asks_for_strong_costs_unless_told_otherwise(tmp_path: Path):
    vault = Vault(tmp_path / "vault.json", OsKeyring(MemoryBackend()), random_bytes=os.urandom, now=Clock())
    vault.create(PIN, vault_id="v", device_id="d")
    tree = json.loads((tmp_path / "vault.json").read_text())
    costs = {s["kind"]: s.get("argon2id") for s in tree["slots"]}
    assert costs == {"pin": {"memory_kib": 65536, "passes": 3, "lanes": 1}, "recovery": None}
    assert Costs().passphrase == Argon2(262144, 3, 2)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_the_file_is_its_owners_alone(desk: Desk):
    desk.create()
    assert desk.path.stat().st_mode & 0o777 == 0o600
