"""A laptop of Anki, driven as bench/sync_driver.py is; with `serve PORT FOLDER`, Anki's own server. One record is one note.

It runs in the Python that has Anki. Anki uploads a whole collection where the server has none: a seed, and a first `sync`
on each laptop, make what follows its normal sync.
"""

import json
import os
import sys
import time
from hashlib import sha256
from importlib import import_module
from pathlib import Path

FULL_UPLOAD, FULL_KINDS = 4, (2, 3, 4)
SEED = "seed"


class Laptop:
    """One collection that is logged in."""

    def __init__(self, url: str, store: Path, records: Path) -> None:
        self._store, self._records = store, records
        self._anki = import_module("anki.collection")
        self._collection = self._anki.Collection(str(store / "laptop.anki2"))
        self._login = self._collection.sync_login("bench", "bench", f"{url}/")
        self._add([{"_id": SEED}])

    def load(self) -> None:
        """Write all records."""
        self._add(json.loads(self._records.read_bytes()))

    def touch(self, seed: str) -> None:
        """Change ten records."""
        for one in json.loads((self._store.parent / f"touch-{seed}.json").read_bytes()):
            note = self._collection.get_note(self._collection.find_notes(f'"Front:{one["_id"]}"')[0])
            note["Back"] = json.dumps(one, ensure_ascii=False)
            self._collection.update_note(note)
        time.sleep(1.1)  # Anki compares instants in seconds

    def sync(self) -> None:
        """Exchange what is new; a collection is sent or fetched whole where Anki demands it."""
        kind = int(self._collection.sync_collection(self._login, False).required)
        if kind in FULL_KINDS:
            self._collection.close_for_full_sync()
            self._collection.full_upload_or_download(
                auth=self._login, server_usn=None, upload=kind == FULL_UPLOAD
            )
            self._collection.reopen(after_full_sync=True)

    push = pull = sync

    def count(self) -> dict[str, object]:
        """Return how many records there are, and a digest of their values."""
        notes = (
            json.loads(one.split("\x1f")[1]) for one in self._collection.db.list("SELECT flds FROM notes")
        )
        rows = sorted(f"{one['_id']}{one['value']}{one['note']}" for one in notes if one["_id"] != SEED)
        return {"n": len(rows), "h": sha256("\n".join(rows).encode()).hexdigest()[:16]}

    def _add(self, records: list[dict[str, object]]) -> None:
        kind, deck = self._collection.models.by_name("Basic"), self._collection.decks.id("bench")
        requests = []
        for one in records:
            note = self._collection.new_note(kind)
            note["Front"], note["Back"] = one["_id"], json.dumps(one, ensure_ascii=False)
            requests.append(self._anki.AddNoteRequest(note, deck))
        self._collection.add_notes(requests)


def main() -> None:
    """Serve, or obey until `quit` or the end of the input."""
    environ = os.environ
    if sys.argv[1:2] == ["serve"]:
        environ.update(
            SYNC_USER1="bench:bench",
            SYNC_HOST="127.0.0.1",
            SYNC_PORT=sys.argv[2],
            SYNC_BASE=sys.argv[3],
            RUST_LOG="error",
        )
        import_module("anki.syncserver").run_sync_server()
        return
    laptop = Laptop(environ["URL"], Path(environ["STORE"]), Path(environ["RECORDS"]))
    print(json.dumps({"ok": True}), flush=True)
    for line in sys.stdin:
        name, *rest = line.split()
        if name == "quit":
            return
        start = time.perf_counter()
        try:
            said = getattr(laptop, name)(*rest) or {}
        except Exception as error:  # noqa: BLE001  whatever it is, the benchmark has to hear of it
            print(json.dumps({"ok": False, "e": repr(error)[:300]}), flush=True)
            continue
        print(json.dumps({"ok": True, "s": time.perf_counter() - start, **said}), flush=True)


if __name__ == "__main__":
    main()
