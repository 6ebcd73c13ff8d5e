"""A program killed while it writes its vault: one of the two PINs opens, with the same keys."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.settings.errors import WrongPin
from app.settings.key_slots import Argon2, Costs
from app.settings.secrets import OsKeyring
from app.settings.vault import Unlocked, Vault
from tests.unit.settings.stores import Clock, MemoryBackend
from tests.unit.settings.unlocking_process import PINS

ROOT = Path(__file__).parents[3]


def opened_by_one_of(vault: Vault) -> Unlocked:
    try:
        return vault.unlock(PINS[0])
    except WrongPin:
        return vault.unlock(PINS[1])


@pytest.mark.parametrize("seconds", [0.02, 0.05, 0.09, 0.13, 0.2])
def test_a_killed_change_of_pin_leaves_a_vault_that_opens(tmp_path: Path, seconds: float):
    path = tmp_path / "vault.json"
    backend = MemoryBackend()
    costs = Costs(pin=Argon2(64, 1, 1), passphrase=Argon2(64, 1, 1))
    vault = Vault(path, OsKeyring(backend), random_bytes=os.urandom, now=Clock(), costs=costs)
    made, recovery = vault.create(PINS[0], vault_id="v-1", device_id="d-1")
    secret = backend.kept["yanfang", "secret:v-1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.settings.unlocking_process", str(path), secret],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    process.wait()
    process.stdout.close()
    assert opened_by_one_of(vault).db_key == made.db_key
    path.unlink()
    assert opened_by_one_of(vault).db_key == made.db_key
    assert vault.unlock_with_recovery(recovery).db_key == made.db_key
