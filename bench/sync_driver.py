"""A laptop of the program, driven over standard input by a sync benchmark: one command a line, one JSON line back.

Environment: URL (server), STORE (empty folder of this laptop), RECORDS (JSON list of records), PHOTOS (folder of
pictures), SERVER_DATA (data folder of the server, for the one-time code; `STORE/../srv` if unset). A record has `_id`,
`inspection`, `item`, `value`, `score`, `note`, `by`, `at`. Commands: load, push, pull, sync, touch SEED, count,
take [COUNT [FROM]], photos [COUNT], photos_again, quit.
"""

import datetime as dt
import gc
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from app.core.clock import now, to_ms
from app.core.ids import InspectionId
from app.services.demo import cast
from app.services.demo.furnish import furnish
from bench.office import services_at

Record = Mapping[str, Any]


class Laptop:
    """One profile that is enrolled at the server."""

    def __init__(self, url: str, store: Path, records: Path, server_data: Path) -> None:
        self._store, self._records = store, records
        self.services = services_at(store / "home")
        first = cast.PEOPLE[0]
        self.services.vault.setup(
            cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE
        )
        self.services.sync.enrol(url, _code(server_data))

    def load(self) -> None:
        """Write all records, one transaction an inspection, as a day of work leaves them."""
        self._write(_read(self._records))

    def touch(self, seed: str) -> None:
        """Change ten records."""
        self._write(_read(self._store.parent / f"touch-{seed}.json"))

    def sync(self) -> None:
        """Send and take in everything."""
        report = self.services.sync.run().value
        assert report.is_complete, report

    push = pull = sync

    def count(self) -> Mapping[str, Any]:
        """Return how many records there are, and a digest of their values."""
        rows = sorted(f"{row.id}{row.state}{row.note}" for row in self._rows())
        return {"n": len(rows), "h": hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]}

    def take(self, count: str = "", first: str = "0") -> None:
        """Take photos in: so many, or all."""
        pictures = sorted(Path(os.environ["PHOTOS"]).iterdir())[int(first) :]
        pictures = pictures[: int(count or os.environ.get("NPHOTOS") or len(pictures))]
        taken = self.services.evidence.take(self._visit, pictures).value
        assert all(one.evidence is not None for one in taken), taken

    @cached_property
    def _visit(self) -> InspectionId:
        made = furnish(self.services, now())
        return self.services.inspections.start(
            made.tasks[0], inspectors=made.inspectors[:2], recorder=made.inspectors[1], place=""
        ).value

    def photos(self, count: str = "") -> Mapping[str, Any]:
        """Take photos in, which is intake's work and not timed here, and send them."""
        self.take(count)
        start, cpu = time.perf_counter(), time.process_time()
        self.sync()
        return {"s": time.perf_counter() - start, "cpu": time.process_time() - cpu}

    def photos_again(self) -> None:
        """Sync with nothing to send."""
        self.sync()

    def _rows(self) -> Sequence[Any]:
        db = self.services.inspections._store.db
        with db.read() as unit:
            return unit.sql("SELECT id, state, note FROM answer WHERE template = 'bench' AND _deleted = 0")

    def _write(self, records: Sequence[Record]) -> None:
        db = self.services.inspections._store.db
        for inspection, some in groupby(records, key=lambda one: one["inspection"]):
            with db.write() as unit:
                unit.put("inspection", inspection, {"place": "店内"})  # what an answer needs to be taken
                for one in some:
                    at = to_ms(dt.datetime.fromisoformat(one["at"]))
                    unit.put(
                        "answer",
                        one["_id"],
                        {
                            "inspection": one["inspection"], "template": "bench", "item": one["item"], "state": one["value"],
                            "count": one["score"], "note": one["note"], "answered_by": one["by"], "answered_at": at,
                        },
                    )  # fmt: skip


def main() -> None:
    """Obey until `quit` or the end of the input."""
    gc.set_threshold(50_000, 20, 20)  # the window looks for rings of objects between two pieces of work, not within them
    environ = os.environ
    store = Path(environ["STORE"])
    data = Path(environ.get("SERVER_DATA", store.parent / "srv"))
    laptop = Laptop(environ["URL"], store, Path(environ["RECORDS"]), data)
    _say({"ok": True})
    for words in _commands():
        work: Callable[..., Mapping[str, Any] | None] = getattr(laptop, words[0])
        start = time.perf_counter()
        try:
            said = work(*words[1:]) or {}
        except Exception as error:  # noqa: BLE001  whatever it is, the benchmark has to hear of it
            _say({"ok": False, "e": repr(error)[:300]})
            continue
        _say({"ok": True, "s": time.perf_counter() - start, **said})
    laptop.services.close()


def _commands() -> Iterator[list[str]]:
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            return
        yield words


def _say(answer: Mapping[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


def _read(path: Path) -> Sequence[Record]:
    found: list[Record] = json.loads(path.read_bytes())
    return found


def _code(data: Path) -> str:
    command = [sys.executable, "-m", "sync.server.cli", "enrol-code", "--data", str(data), "--json"]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    return str(json.loads(said.stdout)["code"])


if __name__ == "__main__":
    main()
