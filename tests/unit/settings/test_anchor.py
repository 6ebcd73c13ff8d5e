"""The anchor: when a rewound, copied or foreign database shows."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.anchor import Anchor, AnchorPlace, AnchorVerdict, compare
from app.settings.key_slots import Argon2, Costs
from app.settings.secrets import OsKeyring
from app.settings.vault import Vault
from tests.unit.settings.stores import Clock, MemoryBackend

KEY = bytes(range(32))
CHEAP = Costs(pin=Argon2(64, 1, 1), passphrase=Argon2(64, 1, 2))


def test_the_database_may_be_ahead_but_never_behind():
    anchor = Anchor("r1", 40, "n7")
    assert compare(anchor, Anchor("r1", 40, "n7")) is AnchorVerdict.SAME
    assert compare(anchor, Anchor("r1", 55, "n7")) is AnchorVerdict.SAME
    assert compare(anchor, Anchor("r1", 39, "n7")) is AnchorVerdict.REWOUND


def test_an_older_copy_with_as_many_lines_shows_by_its_nonce():
    assert compare(Anchor("r1", 40, "n8"), Anchor("r1", 40, "n7")) is AnchorVerdict.REWOUND


def test_another_replica_and_a_lost_anchor_are_named():
    assert compare(Anchor("r1", 40, "n8"), Anchor("r2", 40, "n8")) is AnchorVerdict.FOREIGN
    assert compare(None, Anchor("r1", 40, "n8")) is AnchorVerdict.UNANCHORED


@pytest.mark.parametrize("crash_after", ["nothing", "begin", "commit", "settled"])
def test_a_crash_while_opening_is_not_taken_for_a_restored_store(crash_after: str):
    anchor, in_db = Anchor("r1", 40, "n1"), Anchor("r1", 42, "n1")
    steps = ["begin", "commit", "settled"]
    for step in steps[: steps.index(crash_after) + 1] if crash_after in steps else []:
        if step == "begin":
            anchor = in_db.begin("n2")
        elif step == "commit":
            in_db = Anchor("r1", 42, "n2")
        else:
            anchor = anchor.settled(42)
    assert compare(anchor, in_db) is AnchorVerdict.SAME
    assert compare(in_db.begin("n3"), in_db) is AnchorVerdict.SAME


@given(st.integers(0, 9), st.integers(0, 9))
def test_once_settled_every_earlier_state_shows(before: int, more: int):
    old = Anchor("r1", before, "n1")
    anchor = old.begin("n2").settled(before + more)
    assert compare(anchor, old) is AnchorVerdict.REWOUND


@pytest.mark.parametrize("keyring", [True, False])
def test_it_is_kept_where_the_database_is_not(tmp_path: Path, keyring: bool):
    backend = MemoryBackend()
    store = OsKeyring(backend) if keyring else None
    vault = Vault(tmp_path / "vault.json", store, random_bytes=os.urandom, now=Clock(), costs=CHEAP)
    unlocked, _ = vault.create("a passphrase of length", vault_id="v-1", device_id="d-1")
    assert vault.read_anchor(unlocked) is None
    anchor = Anchor("r1", 40, "n1").begin("n2")
    vault.write_anchor(unlocked, anchor)
    assert vault.read_anchor(unlocked) == anchor
    assert (tmp_path / "anchor.json").exists() is not keyring
    assert all(len(value) < 1200 for value in backend.kept.values())


@pytest.mark.parametrize("spoil", ["", "{", "[]", "null", '{"replica": 1}', '{"seal": "zz"}'])
def test_a_spoiled_anchor_counts_as_lost(tmp_path: Path, spoil: str):
    place = AnchorPlace("v", tmp_path / "anchor.json", None)
    (tmp_path / "anchor.json").write_text(spoil)
    assert place.read(KEY) is None


def test_an_anchor_edited_or_sealed_with_another_key_counts_as_lost(tmp_path: Path):
    file = tmp_path / "anchor.json"
    place = AnchorPlace("v", file, None)
    place.write(KEY, Anchor("r1", 40, "n1"))
    assert place.read(bytes(32)) is None
    file.write_text(file.read_text().replace("40", "30"))
    assert place.read(KEY) is None
