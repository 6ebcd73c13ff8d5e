"""Who works at a laptop of the simulation: answers, findings, photos, signatures, decisions."""

import hashlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from app.core.errors import Refused
from app.core.ids import derived_id
from app.db.unit import WriteUnit
from app.services.syncing import SyncService
from sync.protocol.files import SMALL_BYTES

if TYPE_CHECKING:
    from tests.sim.laptop import Laptop

ITEMS = ("a", "b", "c")
ROWS = "defghij"  # of a sheet that several fill in at once
_DEEDS = ("answer", "finding", "append", "caption", "delete", "void", "sign", "resolve", "view", "sheet")
_OFTEN = (34, 14, 12, 6, 8, 4, 5, 12, 5, 8)


class Person:
    """One person at one laptop."""

    def __init__(self, laptop: "Laptop") -> None:
        self._at, self._fate = laptop, laptop.fate

    def work(self) -> None:
        """Do one thing; the machine may stop before it is saved."""
        (what,) = self._fate.chance.choices(_DEEDS, _OFTEN)
        try:
            if what == "resolve":
                self._resolve()
            else:
                with self._at.disk.db.write() as unit:
                    getattr(self, f"_{what}")(unit)
        except Refused as refused:
            if refused.code not in ("record.locked", "record.voided", "conflict.unknown"):
                raise

    def _shared(self, table: str) -> str:
        return derived_id(self._at.scope, table, self._fate.chance.choice(ITEMS))

    def _visit(self, unit: WriteUnit) -> str:
        """Return the visit to which everything belongs; who does not see it yet writes it down himself."""
        visit = derived_id(self._at.scope, "v")
        if not self._at.rows("SELECT 1 FROM inspection WHERE id = ?", (visit,)):
            unit.put("inspection", visit, {"situation": "0"})
        return visit

    def _answer(self, unit: WriteUnit) -> None:
        chance = self._fate.chance
        row = self._shared("answer")
        values: dict[str, Any] = {"inspection": self._visit(unit), "item": "i", "state": chance.choice(("pass", "fail", "na"))}
        if chance.random() < 0.5:
            values["note"] = f"{self._at.name}{chance.randint(0, 999)}"
        if chance.random() < 0.1:
            values["note"] = None
        unit.put("answer", row, values, {"answered_at": self._at.wall_ms(), "answered_by": self._at.person})
        if chance.random() < 0.2:  # a transaction of several lines
            unit.put("inspection", self._visit(unit), {"situation": f"{chance.randint(0, 99)}"})

    def _sheet(self, unit: WriteUnit) -> None:
        """Make rows at once: some that a colleague may make as well, some that nobody else can, some that may be there."""
        chance, visit = self._fate.chance, self._visit(unit)
        shared = [derived_id(self._at.scope, "answer", one) for one in chance.sample(ROWS, chance.randint(0, 3))]
        for row in (*shared, *(self._fate.new_id() for _ in range(chance.randint(1, 2)))):
            unit.put("answer", row, {"inspection": visit, "item": "i", "state": chance.choice(("pass", "fail"))})
        if chance.random() < 0.2:
            unit.sign("answer", row)

    def _finding(self, unit: WriteUnit) -> None:
        chance = self._fate.chance
        unit.put(
            "finding",
            self._shared("finding"),
            {"inspection": self._visit(unit), "amount_fen": chance.randint(0, 9), "title": f"{self._at.name}{chance.randint(0, 99)}"},
        )

    def _append(self, unit: WriteUnit) -> None:
        chance = self._fate.chance
        if not self._at.takes_photos:
            unit.append(
                "evidence",
                self._fate.new_id(),
                {"inspection": self._visit(unit), "kind": "point", "latitude": f"{chance.random():.4f}"},
            )
            return
        long = SMALL_BYTES if chance.random() < self._at.long_photos else 0  # small ones travel together, others alone
        self.photo(unit, chance.randbytes(long + chance.randint(1, 40)))

    def photo(self, unit: WriteUnit, data: bytes) -> None:
        """Take a photo."""
        name = hashlib.sha256(data).hexdigest()
        unit.append(
            "evidence",
            self._fate.new_id(),
            {
                "inspection": self._visit(unit),
                "kind": "photo",
                "sha256": name,
                "size_bytes": len(data),
                "mime": "image/jpeg",
                "sm3": "",
            },
        )
        unit.local(
            "INSERT OR IGNORE INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state, stored)"
            " VALUES (?, '', ?, 'image/jpeg', ?, 'v', 3, 'local', ?)",
            (name, len(data), self._at.scope, name),
        )
        self._at.files.put(data)

    def _some(self, unit: WriteUnit, table: str) -> str | None:
        mine = unit.sql(
            f'SELECT t.id FROM "{table}" t LEFT JOIN sync_row r ON r.tbl = ? AND r.row = t.id'
            " WHERE t._deleted = 0 AND (r.scope IS NULL OR r.scope = ?) ORDER BY t.id",
            (table, self._at.scope),
        )
        return self._fate.chance.choice(mine).id if mine else None

    def _caption(self, unit: WriteUnit) -> None:
        if (row := self._some(unit, "evidence")) is not None:
            unit.put("evidence", row, {"caption": f"{self._at.name}{self._fate.chance.randint(0, 99)}"})

    def _void(self, unit: WriteUnit) -> None:
        if (row := self._some(unit, "evidence")) is not None:
            unit.void("evidence", row, f"作废{self._at.name}")

    def _delete(self, unit: WriteUnit) -> None:
        table = self._fate.chance.choice(("finding", "answer"))
        if (row := self._some(unit, table)) is not None:
            unit.delete(table, row)

    def _sign(self, unit: WriteUnit) -> None:
        if (row := self._some(unit, self._fate.chance.choice(("finding", "answer", "inspection")))) is not None:
            for table in ("finding", "answer", "inspection"):
                if unit.sql(f'SELECT 1 FROM "{table}" WHERE id = ?', (row,)):
                    unit.sign(table, row)

    def _view(self, unit: WriteUnit) -> None:
        unit.custody("view", self._fate.new_id())

    def _resolve(self) -> None:
        service = SyncService(SimpleNamespace(db=self._at.disk.db, me=self._at.person, now=self._at.now))
        mine = [one for one in service.conflicts() if not one.id.startswith("late:")]
        scopes = {row.id: row.scope for row in self._at.rows("SELECT id, scope FROM sync_conflict")}
        mine = [one for one in mine if scopes.get(one.id) == self._at.scope]
        if mine:
            service.resolve(self._fate.chance.choice(mine).id, self._fate.chance.choice(("current", "other")))
