"""A laptop that works and syncs until it is killed: `syncing_process.py FOLDER URL SEED [finish]`.

It prints `ready`, then `saved N` after each transaction (N lines are in the journal) and `synced` after each run. With
`finish` it only syncs until nothing is left, and prints the result of the last run.
"""

import os
import sys
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import app.db.engine as client_engine
from app.db.create import create_schema
from app.db.journal import Writer
from app.db.unit import Database
from app.services.memberships import AttentiveDoor
from sync.protocol.chain import DeviceKey
from tests.sim.disk import Disk, FragileWrites
from tests.sim.fate import Fate
from tests.sim.files import Files
from tests.sim.laptop import Laptop, Owner, credentials

KEY = bytes(range(32))
NAME = "store.db"


class Folder(MutableMapping[str, bytes]):
    """Files by digest, each written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(exist_ok=True)

    def __getitem__(self, name: str) -> bytes:
        try:
            return (self._path / name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, data: bytes) -> None:
        part = self._path / f"{name}.part"
        part.write_bytes(data)
        os.replace(part, self._path / name)

    def __delitem__(self, name: str) -> None:
        raise AssertionError("nothing is deleted")

    def __iter__(self) -> Iterator[str]:
        return (one.name for one in self._path.iterdir() if one.suffix != ".part")

    def __len__(self) -> int:
        return sum(1 for _ in self)


class KilledDisk(Disk):
    """A store in a folder, encrypted, that goes on where the last process left it."""

    def __init__(self, folder: Path) -> None:
        self._hooks: dict[str, Callable[..., Any]] = {}
        self.home = folder
        self.is_new = not (folder / NAME).exists()
        self.engine = client_engine.make_engine(folder / NAME, KEY)
        if self.is_new:
            create_schema(self.engine, device="nobody", replica="nothing", scope="s:000000", nonce="n")
        self.db = Database(self.engine, Writer(None, "", 1), lambda: self._hooks["now"](), lambda: self._hooks["id"]())
        self.writes = FragileWrites(self.engine, lambda _: False)
        self.db._writing = self.writes

    def begin(self, writer: Writer, now: Any, new_id: Any, strike: Any, content: Any = None) -> None:
        """Become the disk of somebody."""
        self._hooks = {"now": now, "id": new_id}
        self.db.writer = writer


def laptop_in(folder: Path, url: str, seed: int) -> Laptop:
    """Open the laptop of a folder; chance and clock come from the seed."""
    fate = Fate(seed)
    device, server, scope = (folder / "who").read_text(encoding="utf-8").split()
    key = DeviceKey.from_seed((folder / "key").read_bytes())
    owner = Owner("K", device, key, "person", scope, (scope,), server)
    door: Any = AttentiveDoor(url, lambda: 0, fate.random_id, credentials(owner))
    disk = KilledDisk(folder)
    laptop = Laptop(owner, "K", fate, disk, door, Files(Folder(folder / "files")))
    fate.now_ms = int(os.environ["YANFANG_TEST_NOW_MS"])
    door.wall_ms = laptop.wall_ms
    laptop.start()
    if disk.is_new:
        laptop.settle(None)
    return laptop


def main() -> None:
    """Work, save and sync, until killed or finished."""
    folder, url, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    laptop = laptop_in(folder, url, seed)
    print("ready", flush=True)
    if sys.argv[4:] == ["finish"]:
        for _ in range(4):
            laptop.sync()
        print(laptop.last, flush=True)
        return
    while True:
        for _ in range(laptop.fate.chance.choice((3, 10, 60))):
            laptop.fate.now_ms += 1
            laptop.work()
            print(f"saved {laptop.rows('SELECT coalesce(max(seq), 0) AS n FROM sync_op')[0].n}", flush=True)
        laptop.sync()
        print("synced", flush=True)


if __name__ == "__main__":
    main()
