"""Many light devices in one process, each on a thread of its own, working through their day: started by `bench.devices`.

What travels is real: signed lines in a chain, the program's own door to the network, cursors that must join. What a
laptop does besides (its database, verifying what others signed) is left out, for it runs on other machines.

Reads one JSON object from standard input, prints "ready", waits for a line, works, prints one JSON object.
"""

import hashlib
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sync.client.enrol import Applicant, enrol
from sync.client.errors import Refused
from sync.client.http import Credentials, ServerDoor
from sync.protocol import chain, feeds
from sync.protocol.chain import ChainHead, DeviceKey
from sync.protocol.errors import SyncError
from sync.protocol.lines import FieldEdit, Kind, Line, Scalar
from sync.protocol.linked import on_wire
from sync.protocol.messages import (
    CHUNK_BYTES,
    BlobOffer,
    Cursor,
    FeedPage,
    OwnRun,
    ReceiptKind,
    ReceiptPage,
    SyncAnswer,
    SyncRequest,
    ToldRun,
    WireLine,
)

_TRIES = 20
_ITEMS = 50  # of one inspection
_NOTES = ("与台账一致", "实物数量少于账面，未见盘点和调拨记录", "抽查二十份病历，三份无医师签字", "收费项目与公示价格不符，已拍照", "")


class Device:
    """One inspector's laptop, as the server sees it.

    Args:
        wish: `code`, `device`, `feed` and `seed`.
        plan: `batches`, `lines`, `photos`, `photo_bytes` of the day, which lasts `seconds`.
    """

    def __init__(self, url: str, wish: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
        self._chance, self._plan, self._feed, self._id = random.Random(wish["seed"]), plan, wish["feed"], wish["device"]
        self._key = DeviceKey.from_seed(hashlib.sha256(f"bench {self._id}".encode()).digest())
        self._door = ServerDoor(url, _wall_ms, self._new_id, timeout_s=60.0)
        me = enrol(self._door, wish["code"], Applicant(self._id, self._key, "负载"))
        self._door.credentials = Credentials(self._id, self._key, me.server)
        self._door.close()
        self._epoch, self._receipts = me.epoch, feeds.receipts_feed(self._id)
        self._head, self._cursors = ChainHead(), dict[str, Cursor]()
        self._inspection = ""
        self.sent = self.receipted = self.files = self.files_receipted = self.holes = 0
        self.pushes: list[float] = []
        self.pulls: list[float] = []
        self.photos: list[float] = []
        self.late: list[float] = []
        self.errors: Counter[str] = Counter()

    @property
    def read(self) -> int:
        """How far the office's feed was read: its numbers are dense where there are no holes."""
        return self._cursors.get(self._feed, Cursor(self._feed)).seq

    def work(self, began: float) -> None:
        """Sync at random times of the day, photos after the text, and once more at its end."""
        seconds, batches = self._plan["seconds"], self._plan["batches"]
        times = sorted(self._chance.uniform(0, seconds) for _ in range(batches))
        shots = [self._plan["photos"] // batches + (n < self._plan["photos"] % batches) for n in range(batches)]
        for at, count in zip(times, shots, strict=True):
            time.sleep(max(0.0, began + at - time.monotonic()))
            self.late.append(time.monotonic() - began - at)
            self._push(self._batch(self._plan["lines"]))
            for _ in range(count):
                self._photo(self._chance.randbytes(self._plan["photo_bytes"]))
            self._door.close()

    def finish(self) -> None:
        """Read everything that is there."""
        while self._exchange((), self.pulls).more:
            pass
        self._door.close()

    def _push(self, batch: Sequence[chain.SignedLine]) -> None:
        wire = on_wire(batch)
        answer = self._exchange(wire, self.pushes)
        if answer.taken != len(wire) or answer.problem is not None:
            self.errors["not taken"] += 1
        self.sent += answer.taken
        while answer.more:
            answer = self._exchange((), self.pulls)

    def _exchange(self, wire: tuple[WireLine, ...], into: list[float]) -> SyncAnswer:
        """Send a request; one that failed is sent again as it was, as the program does, and counted."""
        request = SyncRequest(self._epoch, tuple(self._cursors.values()), _REPLICA + self._id, wire)
        for _ in range(_TRIES):
            start = time.perf_counter()
            try:
                answer = self._door.sync(request)
            except SyncError as error:
                self.errors[error.code] += 1
                time.sleep(self._chance.uniform(0.5, 2))
                continue
            into.append(time.perf_counter() - start)
            self._take(answer)
            return answer
        raise RuntimeError(f"no answer in {_TRIES} tries: {dict(self.errors)}")

    def _take(self, answer: SyncAnswer) -> None:
        for page in answer.pages:
            self._join(page, page.own)
        if answer.receipts.entries or answer.receipts.told:
            self._join(answer.receipts, answer.receipts.told)
        self.receipted += sum(run.count for run in answer.receipts.told)
        for receipt in answer.receipts.entries:
            self.receipted += receipt.kind is ReceiptKind.RECORD
            self.files_receipted += receipt.kind is ReceiptKind.FILE

    def _join(self, page: FeedPage | ReceiptPage, runs: Sequence[OwnRun | ToldRun]) -> None:
        at = self._cursors.get(page.feed, Cursor(page.feed)).seq
        for seq, count in sorted([*((one.seq, 1) for one in page.entries), *((one.seq, one.count) for one in runs)]):
            self.holes += seq != at + 1
            at = seq + count - 1
        self._cursors[page.feed] = Cursor(page.feed, at, page.chain)

    def _photo(self, data: bytes) -> None:
        name, start = hashlib.sha256(data).hexdigest(), time.perf_counter()
        try:
            state = self._door.offer(name, BlobOffer(self._feed, len(data), "image/jpeg"))
            for number in state.missing:
                self._door.put_chunk(name, number, data[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES])
            self._door.commit(name)
        except SyncError as error:
            self.errors[f"photo {error.code}" if isinstance(error, Refused) else error.code] += 1
            return
        self.files += 1
        self.photos.append(time.perf_counter() - start)

    def _batch(self, count: int) -> list[chain.SignedLine]:
        return [self._line() for _ in range(count)]

    def _line(self) -> chain.SignedLine:
        n, now = self._head.n + 1, _wall_ms()
        item = n % _ITEMS
        if item == 1 or not self._inspection:
            self._inspection = self._new_id()
            values: dict[str, Scalar] = {"place": "营业场所", "started_at": now, "number": f"青禾医保检录〔2026〕{n}号"}
            table, row = "inspection", self._inspection
        else:
            state = self._chance.choice(("pass", "pass", "pass", "fail", "na"))
            note = self._chance.choice(_NOTES)
            values = {"inspection": self._inspection, "template": "SGF", "item": f"SGF-{item}", "state": state, "note": note}
            values |= {"answered_by": self._id, "answered_at": now}
            table, row = "answer", f"{self._inspection}.{item}"
        edits = tuple(FieldEdit(name, value) for name, value in values.items())
        op = self._new_id()
        line = Line(
            op, Kind.SET, table, row, self._feed, edits, self._id, op, _REPLICA + self._id, n, self._head.hash, now << 16, now,
            0, 1,
        )  # fmt: skip
        signed = chain.seal(line, self._key)
        self._head = signed.head
        return signed

    def _new_id(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"


_REPLICA = "r-"


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def main() -> None:
    """Be as many devices as asked for."""
    asked = json.loads(sys.stdin.readline())
    plan = asked["plan"]
    devices = [Device(asked["url"], wish, plan) for wish in asked["devices"]]
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    threads = [threading.Thread(target=one.work, args=(began,)) for one in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("worked", flush=True)
    sys.stdin.readline()
    for one in devices:  # one after the other: this is the check, not the load
        one.finish()
    said: dict[str, Any] = {
        name: [x for one in devices for x in getattr(one, name)] for name in ("pushes", "pulls", "photos", "late")
    }
    said |= {
        name: sum(getattr(one, name) for one in devices)
        for name in ("sent", "receipted", "files", "files_receipted", "holes")
    }
    said["errors"] = dict(sum((one.errors for one in devices), Counter()))
    said["read"] = [one.read for one in devices]
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
