"""Some of the concurrent writers, as one process: `python -m tests.load.writers ADDRESS FOLDER SECONDS FIRST COUNT`.

Prints one JSON object: what was committed, by feed, and how many transactions that were.
"""

import hashlib
import json
import random
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from sync.protocol import chain, signing
from sync.protocol.chain import ChainHead, DeviceKey
from sync.protocol.lines import FieldEdit, Kind, Line
from sync.protocol.messages import EnrolRequest, WireLine
from sync.server import epochs, pushes
from sync.server.app import office_at
from sync.server.db.problems import Busy
from sync.server.devices import Device
from sync.server.routes import Office
from sync.server.world import real_world

FEEDS = ("s:gap-1", "s:gap-2", "s:gap-3")
_SIZES = (1, 1, 1, 2, 5, 25)  # transactions of different lengths, so that they end in another order than they began


def admitted(office: Office, name: str) -> tuple[Device, DeviceKey]:
    """Return a new device that may read and write every feed of this test."""
    key = DeviceKey.from_seed(hashlib.sha256(name.encode()).digest())
    code = office.devices.issue_code("u", ("s:gap-*",), 600_000).code
    proof = key.sign(signing.enrol_bytes(office.devices.server, code, name, key.public_hex))
    office.devices.enrol(EnrolRequest(code, name, key.public_hex, "测试本", proof))
    return office.devices.find(name), key


@dataclass
class Writer:
    """One device that pushes one batch after the other, as fast as it can."""

    office: Office
    number: int
    committed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    batches: int = 0

    def __post_init__(self) -> None:
        self.device, self._key = admitted(self.office, f"writer-{self.number}")
        self._chance, self._head, self._replica = random.Random(self.number), ChainHead(), f"rep-{self.number}"

    def write(self, seconds: float) -> None:
        """Push until the time is over; what a busy database refused goes out again as it was."""
        with self.office.database.read() as unit:
            epoch = epochs.current(unit)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            batch = self._batch(self._chance.choice(_SIZES))
            wire = tuple(WireLine(one.data.decode(), one.sig) for one in batch)
            while not self._pushed(wire, epoch):
                pass
            self.batches += 1
            for one in batch:
                self.committed[one.line.scope].append(one.line.op)

    def _pushed(self, wire: tuple[WireLine, ...], epoch: str) -> bool:
        office = self.office
        try:
            taken, problem, _ = pushes.push(
                office.database, office.world, office.terms, office.devices.find, self.device, self._replica, wire, epoch
            )
        except Busy:
            return False
        assert (taken, problem) == (len(wire), None), problem
        return True

    def _batch(self, size: int) -> list[chain.SignedLine]:
        scopes, signed = self._chance.sample(FEEDS, self._chance.randint(1, 2)), []
        for _ in range(size):
            n, scope = self._head.n + 1, self._chance.choice(scopes)
            row = f"{scope[2:]}.{self.number}.{n}"
            edit = FieldEdit("value", f"第{n}次核对，实物与账面不符")
            op = f"op-{self.number}-{n}"
            line = Line(
                op, Kind.SET, "answer", row, scope, (edit,), "u", op, self._replica, n, self._head.hash, n << 16, n, None, 1
            )
            signed.append(chain.seal(line, self._key))
            self._head = signed[-1].head
        return signed


def main(address: str, folder: str, seconds: str, first: str, count: str) -> None:
    """Write with several threads and tell what was committed."""
    office = office_at(address, folder, real_world())
    writers = [Writer(office, int(first) + number) for number in range(int(count))]
    print("ready", flush=True)
    sys.stdin.readline()
    threads = [threading.Thread(target=one.write, args=(float(seconds),)) for one in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    committed = {feed: [op for one in writers for op in one.committed[feed]] for feed in FEEDS}
    print(json.dumps({"committed": committed, "batches": sum(one.batches for one in writers)}), flush=True)
    office.database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
