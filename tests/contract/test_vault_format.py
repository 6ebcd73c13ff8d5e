"""Vault files of format 1, as they were written once: every later version opens them with the same keys.

Their Argon2 costs are small so that the test is quick; the costs are read from the file.
"""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from app.settings.secrets import OsKeyring
from app.settings.vault import Unlocked, Vault
from app.settings.vault_file import SlotKind
from tests.unit.settings.stores import Clock, MemoryBackend

VAULT_ID = "0199aa00-0000-7000-8000-000000000001"
DEVICE_ID = "0199aa00-0000-7000-8000-000000000002"

WITH_PIN = """
{
 "format": 1,
 "vault_id": "0199aa00-0000-7000-8000-000000000001",
 "device": {
  "id": "0199aa00-0000-7000-8000-000000000002",
  "public": "QORJlfKcNSoyKmHmbV93ewPai0hnGo0ZvQsYnTZQ1fk=",
  "wrapped": "v9PVKUjUqBz6ZS8tDpT+uuPBaXKotv3P2/zAtsePtE3RjkZPZU2bFA=="
 },
 "slots": [
  {
   "kind": "recovery",
   "salt": "Lxw/YM75Hn7TA+dbUx1Hqw==",
   "wrapped": "paTcJG7F9zJaf4vxjYquG6H8Rz/vdDFvlQv9zmAgC/skw49k9Nh8XQ=="
  },
  {
   "kind": "pin",
   "salt": "wGceuQSCkhlvXos8Uk1RpQ==",
   "wrapped": "/Peij2MpWwKPzeS3fUNn0JkDmHZknFHsGQ0ATkRiDYqUuGDlddG4aw==",
   "argon2id": {
    "memory_kib": 64,
    "passes": 1,
    "lanes": 1
   }
  }
 ],
 "tries": {
  "wrong": 0,
  "since": null
 }
}
"""
PIN = "271828"
PIN_RECOVERY = "WB9HA-J9F15-11SXG-TECWM-3072V-G6H1Q-45JSP-038F5"
KEYRING_NAME = f"secret:{VAULT_ID}"
KEYRING_SECRET = "2yuQjrUzwSlLtZcvWdk30V53vU4uK/3gHeIW4indNCE="
PIN_KEYS = {
    "db": "a448db2af940411597372c42721f4c22c6f022e31f5c4653f746d47418bd48b8",
    "files": "1fc282aaf1217f1a3f2775ea01e230928ba8751162bf8fa8b4e7aaa0396f6cf7",
    "device": "62cee2fe70b14fe88a07a4fdbc81b0e289896f01cda3e328502f4a018d820c89",
    "anchor": "1ebafb3ccac3df51a9ce1c43755577a486dc8432dca29a528d2a699e5b6292cc",
}

WITH_PASSPHRASE = """
{
 "format": 1,
 "vault_id": "0199aa00-0000-7000-8000-000000000001",
 "device": {
  "id": "0199aa00-0000-7000-8000-000000000002",
  "public": "AmhbZWPjnPOBcRwf7euE/F59pfyvyKsUXpwhAORAB8I=",
  "wrapped": "WYbbCk9Jp0roTEPeNUlPqI/4smAfCaYSFYetGsPOpaqcBEjr19albQ=="
 },
 "slots": [
  {
   "kind": "recovery",
   "salt": "vIt3zLkF4RVH+j6ryBiSWA==",
   "wrapped": "f5u9LZpFaNpxg0vE5LsoSE4lYzwIpraHecUQNOC3t+24kU+Zg2jrNA=="
  },
  {
   "kind": "passphrase",
   "salt": "RcNU+4GEwU1t7Z7AP+jrtw==",
   "wrapped": "S6uLOgZzYTJEH63jXNEH+Oyoi7QAqb3C2nDHNxMDweqlo06JlfyZtg==",
   "argon2id": {
    "memory_kib": 64,
    "passes": 1,
    "lanes": 2
   }
  }
 ],
 "tries": {
  "wrong": 0,
  "since": null
 }
}
"""
PASSPHRASE = "滕王高阁临江渚·佩玉鸣鸾"
PASSPHRASE_RECOVERY = "MMS7Z-B1AEH-AJCDM-2DHV1-TZBA4-ZJ89H-V2NV9-A509C"
PASSPHRASE_KEYS = {
    "db": "f0a1230502d7736bc2a976d65438e24c263e8ef65081c23229620371dcc688be",
    "files": "f853d2b9a04c8e683d250c6f85271b6068a0f1e1edcfb398c7d7e2ab11a8954c",
    "device": "9558779cdf5eada1fa61d26d5874bcaa57065b2d778aaafa23c5787a952bf1ea",
    "anchor": "2711ad44a2c73c6b6a4ac4a7f0c841b21df22dd3a1355c65f86e2de9f7f51a86",
}


def vault_of(folder: Path, text: str, *, keyring: bool) -> Vault:
    path = folder / "vault.json"
    path.write_text(text, encoding="utf-8")
    backend = MemoryBackend()
    backend.set_password("yanfang", KEYRING_NAME, KEYRING_SECRET)
    return Vault(path, OsKeyring(backend) if keyring else None, random_bytes=os.urandom, now=Clock())


def keys_of(unlocked: Unlocked) -> dict[str, str]:
    assert (unlocked.vault_id, unlocked.device_id) == (VAULT_ID, DEVICE_ID)
    return {
        "db": unlocked.db_key.hex(),
        "files": unlocked.files_kek.hex(),
        "device": unlocked.device_private.hex(),
        "anchor": unlocked.anchor_key.hex(),
    }


def test_a_stored_vault_with_pin_opens_with_the_same_keys(tmp_path: Path):
    vault = vault_of(tmp_path, WITH_PIN, keyring=True)
    assert vault.requires is SlotKind.PIN
    assert keys_of(vault.unlock(PIN)) == PIN_KEYS
    assert keys_of(vault.unlock_with_recovery(PIN_RECOVERY)) == PIN_KEYS


def test_a_stored_vault_with_passphrase_opens_with_the_same_keys(tmp_path: Path):
    vault = vault_of(tmp_path, WITH_PASSPHRASE, keyring=False)
    assert vault.requires is SlotKind.PASSPHRASE
    assert keys_of(vault.unlock(PASSPHRASE)) == PASSPHRASE_KEYS
    assert keys_of(vault.unlock_with_recovery(PASSPHRASE_RECOVERY)) == PASSPHRASE_KEYS


def hkdf(key: bytes, info: str) -> bytes:
    """HKDF-SHA256 of RFC 5869 for 32 bytes, written out: extract with an empty salt, one block of expand."""
    extracted = hmac.digest(bytes(32), key, hashlib.sha256)
    return hmac.digest(extracted, info.encode() + b"\x01", hashlib.sha256)


def test_the_format_can_be_opened_from_its_description_alone():
    """The steps of docs/decisions/vault-keys.md, without the program's code."""
    tree = json.loads(WITH_PIN)
    slot = next(s for s in tree["slots"] if s["kind"] == "pin")
    cost = slot["argon2id"]
    stretched = hash_secret_raw(
        PIN.encode(),
        base64.b64decode(slot["salt"]),
        cost["passes"],
        cost["memory_kib"],
        cost["lanes"],
        32,
        Type.ID,
    )
    wrapping = hkdf(base64.b64decode(KEYRING_SECRET) + stretched, f"yanfang slot pin {VAULT_ID}")
    data_key = aes_key_unwrap(wrapping, base64.b64decode(slot["wrapped"]))
    assert hkdf(data_key, "db").hex() == PIN_KEYS["db"]
    assert hkdf(data_key, "files").hex() == PIN_KEYS["files"]
    device = aes_key_unwrap(hkdf(data_key, "device"), base64.b64decode(tree["device"]["wrapped"]))
    assert device.hex() == PIN_KEYS["device"]
