"""Whatever two laptops do in whatever order: each shows the confirmed values overlaid by what it has not sent yet."""

import contextlib
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bootstrap import Services
from app.core.documents import SignerRole
from app.core.errors import Refused
from app.db import versions
from app.db.tables import SYNCED, fields_of
from sync.protocol import cells, lines
from sync.protocol.lines import Kind
from tests.e2e.two_laptops import Pair, two_laptops
from tests.unit.services.desks import sign_one
from tests.unit.sync.kit import ServerProcess

ITEMS = ("SGF-1.01", "SGF-1.03")
STEP = st.tuples(
    st.sampled_from("ab"),
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from(ITEMS), st.sampled_from(("pass", "fail", "na", "open"))),
        st.tuples(st.just("note"), st.sampled_from(ITEMS), st.sampled_from(("甲", "乙", ""))),
        st.tuples(st.just("row"), st.integers(1, 9), st.none()),
        st.tuples(st.just("drop"), st.integers(0, 3), st.none()),
        st.tuples(st.just("undo"), st.none(), st.none()),
        st.tuples(st.just("sync"), st.none(), st.none()),
        st.tuples(st.just("sync"), st.none(), st.none()),
        st.tuples(st.just("resolve"), st.sampled_from(("current", "other")), st.none()),
    ),
)


def expected(laptop: Services, table: str) -> dict[str, dict[str, Any]]:
    """Work out the rows of a table from the confirmed cells and the own lines that are still to be judged."""
    rows: dict[str, dict[str, Any]] = {}
    with laptop.inspections._store.db.read() as unit:
        for one in unit.sql("SELECT row, cells FROM sync_row WHERE tbl = ?", (table,)):
            rows[one.row] = {field: cell.value for field, cell in cells.from_text(one.cells).items()}
        pending = unit.sql(
            "SELECT line FROM sync_op WHERE tbl = ? AND state IN ('pending', 'acked')"
            " AND op NOT IN (SELECT op FROM sync_peer_op) ORDER BY rowid",
            (table,),
        )
        for one in pending:
            line = lines.parse(bytes(one.line))
            if line.kind not in (Kind.SET, Kind.APPEND, Kind.DELETE):
                continue
            row = rows.setdefault(line.row, {})
            row.update({edit.name: edit.value for edit in line.fields})
            if line.kind is Kind.SET:
                row.pop("_deleted", None)
    return {
        key: {name: values.get(name) for name in fields_of(SYNCED[table])} | {"_deleted": int(bool(values.get("_deleted")))}
        for key, values in rows.items()
        if values
    }


def stored(laptop: Services, table: str) -> dict[str, dict[str, Any]]:
    with laptop.inspections._store.db.read() as unit:
        rows = unit.sql(f'SELECT * FROM "{table}"')
    names = (*fields_of(SYNCED[table]), "_deleted")
    return {row.id: {name: row._mapping[name] for name in names} for row in rows}


class RecordLocked(Exception):
    """The one refusal that is right after a signature."""


def do(pair: Pair, laptop: Services, what: str, first: Any, second: Any) -> None:
    try:
        act(pair, laptop, what, first, second)
    except Refused as refused:
        if refused.code == "record.locked":
            raise RecordLocked from refused
        raise


def act(pair: Pair, laptop: Services, what: str, first: Any, second: Any) -> None:
    match what:
        case "answer":
            laptop.inspections.answer(pair.visit, "SGF", first, state=second)
        case "note":
            laptop.inspections.answer(pair.visit, "SGF", first, note=second)
        case "row":
            laptop.inspections.put_row(pair.visit, "SGF", "SGF-1.04", {"product": f"品种{first}", "book": str(first)})
        case "drop":
            rows = pair.given(laptop, "SGF-1.04").rows
            if rows:
                laptop.inspections.remove_row(pair.visit, rows[first % len(rows)].id)
        case "undo":
            laptop.inspections.undo(pair.visit)
        case "sync":
            assert laptop.sync.run().value.is_complete
        case _:
            for line in laptop.sync.conflicts()[:1]:
                laptop.sync.resolve(line.id, first)


def assert_layers(pair: Pair) -> None:
    for laptop in (pair.a, pair.b):
        for table in ("answer", "answer_row", "inspection"):
            assert stored(laptop, table) == expected(laptop, table)


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=6, max_size=14), late=st.lists(STEP, max_size=4))
def test_a_laptop_shows_confirmed_values_overlaid_by_its_own(server: ServerProcess, steps: list[Any], late: list[Any]) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, two_laptops(server, Path(folder)) as pair:
        for who, (what, first, second) in steps:
            do(pair, getattr(pair, who), what, first, second)
            assert_layers(pair)
        document = pair.a.documents.freeze_record(pair.visit).value if _is_signable(pair) else None
        if document is not None:
            sign_one(pair.a, document.id, SignerRole.PARTY)
        signed = stored(pair.a, "answer")
        for who, (what, first, second) in late:
            with contextlib.suppress(RecordLocked):
                do(pair, getattr(pair, who), what, first, second)
        pair.meet()
        assert_layers(pair)
        pair.assert_equal()
        if document is not None:
            assert stored(pair.b, "answer") == signed
        for laptop in (pair.a, pair.b):
            with laptop.inspections._store.db.read() as unit:
                assert unit.sql("SELECT count(*) AS n FROM sync_op WHERE state IN ('pending', 'acked')")[0].n == 0
                for row in unit.sql("SELECT _ver FROM answer"):
                    assert versions.named(row._ver)


def _is_signable(pair: Pair) -> bool:
    return all(one.severity != "block" for one in pair.a.inspections.blockers(pair.visit))
