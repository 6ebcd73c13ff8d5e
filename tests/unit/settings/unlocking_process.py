"""Unlock and change the PIN for ever (killed by the test); the password store's secret comes as an argument."""

import os
import sys
from pathlib import Path

from app.settings.key_slots import Argon2, Costs
from app.settings.secrets import OsKeyring
from app.settings.vault import Vault
from tests.unit.settings.stores import Clock, MemoryBackend

PINS = ("271828", "314159")


def main() -> None:
    """Change between two PINs and say so after each change."""
    backend = MemoryBackend()
    backend.set_password("yanfang", "secret:v-1", sys.argv[2])
    costs = Costs(pin=Argon2(64, 1, 1), passphrase=Argon2(64, 1, 1))
    vault = Vault(Path(sys.argv[1]), OsKeyring(backend), random_bytes=os.urandom, now=Clock(), costs=costs)
    turn = 0
    while True:
        vault.change_pin(PINS[turn % 2], PINS[(turn + 1) % 2])
        turn += 1
        print(turn, flush=True)


if __name__ == "__main__":
    main()
