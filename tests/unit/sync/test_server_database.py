"""The server's database: its history of schemas, its transactions, and writers beside one another."""

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text, update

from sync.protocol.errors import SyncError
from sync.server.db import heads, schema, versions
from sync.server.db.migrations import draft
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_new, insert_or_replace
from sync.server.world import real_world
from tests.postgres import Postgres
from tests.unit.sync.conftest import BOTH, address


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    made = Database(address(request) or tmp_path / "server.db")
    made.prepare(real_world())
    yield made
    made.close()


# What SQLAlchemy does not tell of tables.
_MORE = {
    "sqlite": (
        "SELECT name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL"
        " UNION ALL SELECT name, wr FROM pragma_table_list"
    ),
    "postgresql": (
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    ),
}


def picture(unit: Connection) -> object:
    """Return what a schema is, whatever the order of its making and of its columns."""
    found = inspect(unit)
    tables = {
        name: [
            sorted(map(str, parts))
            for parts in (
                found.get_columns(name), found.get_unique_constraints(name), found.get_foreign_keys(name),
                found.get_check_constraints(name), [found.get_pk_constraint(name)],
            )
        ]
        for name in found.get_table_names()
    }  # fmt: skip
    return tables, {(name, " ".join(str(what).split())) for name, what in unit.execute(text(_MORE[unit.dialect.name]))}


def identity(database: Database) -> tuple[str, str]:
    with database.read() as unit:
        server, epoch = unit.execute(select(schema.server_self.c.server, schema.server_self.c.epoch)).one()
    return server, epoch


@pytest.fixture(params=BOTH)
def grown_and_new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Give a database that the history of the schema made, script by script, and one made at once."""
    grown, new = (Database(address(request) or tmp_path / name) for name in ("grown.db", "new.db"))
    with grown.write() as unit:
        versions.run_history(unit)
    new.prepare(real_world())
    yield grown, new
    grown.close()
    new.close()


def test_the_migrations_lead_to_exactly_the_declared_tables(grown_and_new: tuple[Database, Database]) -> None:
    with grown_and_new[0].read() as unit:
        assert compare_metadata(MigrationContext.configure(unit), schema.metadata) == []


def test_a_new_database_is_what_the_migrations_lead_to(grown_and_new: tuple[Database, Database]) -> None:
    pictures = []
    for database in grown_and_new:
        with database.read() as unit:
            pictures.append(picture(unit))
    assert pictures[0] == pictures[1]


def test_an_older_database_runs_the_migrations_it_misses(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Connection] = []
    monkeypatch.setattr(versions, "run_history", ran.append)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    database.prepare(real_world())
    assert len(ran) == 1


def test_the_first_version_is_what_the_tables_give() -> None:
    assert draft.FIRST.read_text("utf-8") == draft.first()


def test_preparing_again_changes_nothing(database: Database) -> None:
    before = identity(database)
    database.prepare(real_world())
    assert identity(database) == before


def test_workers_that_start_together_make_one_server(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    postgres: Postgres = request.getfixturevalue("postgres")
    for place in (tmp_path / "server.db", postgres.database()):
        together = threading.Barrier(4)

        def start(place: Path | str = place, together: threading.Barrier = together) -> tuple[str, str]:
            one = Database(place)
            together.wait()
            one.prepare(real_world())
            found = identity(one)
            one.close()
            return found

        with ThreadPoolExecutor(4) as pool:
            assert len({found.result() for found in [pool.submit(start) for _ in range(4)]}) == 1


def test_a_schema_of_a_later_program_is_refused(database: Database) -> None:
    with database.write() as unit:
        unit.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    with pytest.raises(SyncError) as refused:
        database.prepare(real_world())
    assert refused.value.code == "server.database_too_new"
    assert refused.value.params["found"] == 99


def test_texts_are_ordered_by_their_bytes(database: Database) -> None:
    names = ["s:B", "s:a", "s:é", "d:1", "s:办"]
    with database.write() as unit:
        heads.lock(unit, names)
    with database.read() as unit:
        found = unit.execute(select(schema.feed_head.c.feed).order_by(schema.feed_head.c.feed)).scalars().all()
    assert found == sorted(names)


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def work(unit: Connection) -> None:
        heads.lock(unit, ["s:1"])
        raise ValueError

    with pytest.raises(ValueError):
        database.transact(work)
    with database.read() as unit:
        assert unit.execute(select(schema.feed_head.c.feed)).all() == []


def test_a_row_is_inserted_once_and_replaced_with_what_is_named(database: Database) -> None:
    values = {"feed": "s:1", "seq": 1, "chain": "a"}
    with database.write() as unit:
        assert insert_new(unit, schema.feed_head, values)
        assert not insert_new(unit, schema.feed_head, {**values, "seq": 2})
        assert insert_or_replace(unit, schema.feed_head, [{**values, "seq": 3}, {**values, "feed": "s:2"}])
        assert insert_or_replace(unit, schema.feed_head, [{**values, "seq": 4}], same="chain")
        assert not insert_or_replace(unit, schema.feed_head, [{**values, "seq": 5, "chain": "b"}], same="chain")
        assert insert_or_replace(unit, schema.feed_head, [])
    with database.read() as unit:
        of = schema.feed_head.c
        found = unit.execute(select(of.feed, of.seq, of.chain).order_by(of.feed)).all()
    assert [tuple(row) for row in found] == [("s:1", 4, "a"), ("s:2", 1, "a")]


def test_numbers_taken_by_many_writers_at_once_have_no_holes_and_no_reader_passes_one(database: Database) -> None:
    rounds, writers, names = 25, 8, ["s:1", "s:2", "s:3"]
    seen: list[tuple[int, int]] = []
    done = threading.Event()

    def enter(unit: Connection) -> None:
        for name, at in heads.lock(unit, reversed(names)).items():
            insert_new(
                unit, schema.epoch_past,
                {"epoch": f"{name}/{at.seq + 1}", "ended_ms": at.seq + 1, "reason": name},
            )  # fmt: skip
            heads.save(unit, {name: type(at)(name, at.seq + 1, at.chain)})

    def write() -> None:
        for _ in range(rounds):
            database.transact(enter)

    def watch() -> None:
        of = schema.epoch_past.c
        while not done.is_set():
            with database.read() as unit:
                numbers = unit.execute(select(of.ended_ms).where(of.reason == "s:1")).scalars().all()
            seen.append((len(numbers), max(numbers, default=0)))

    reader = threading.Thread(target=watch)
    reader.start()
    with ThreadPoolExecutor(writers) as pool:
        for one in [pool.submit(write) for _ in range(writers)]:
            one.result()
    done.set()
    reader.join()
    assert seen
    assert all(count == highest for count, highest in seen)
    with database.read() as unit:
        found = unit.execute(select(schema.feed_head.c.feed, schema.feed_head.c.seq)).all()
    assert {tuple(row) for row in found} == {(name, rounds * writers) for name in names}


def test_a_transaction_that_met_another_begins_again(database: Database) -> None:
    """Two take the same rows in opposite order: PostgreSQL ends one of them, and it comes through all the same."""
    with database.write() as unit:
        heads.lock(unit, ["s:1", "s:2"])
    of = schema.feed_head.c
    both = threading.Barrier(2)
    tries: list[str] = []

    def crosswise(first: str, second: str) -> None:
        def work(unit: Connection) -> None:
            tries.append(first)
            unit.execute(update(schema.feed_head).where(of.feed == first).values(seq=of.seq + 1))
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(1)
            unit.execute(update(schema.feed_head).where(of.feed == second).values(seq=of.seq + 1))

        database.transact(work)

    with ThreadPoolExecutor(2) as pool:
        for one in (pool.submit(crosswise, "s:1", "s:2"), pool.submit(crosswise, "s:2", "s:1")):
            one.result()
    with database.read() as unit:
        assert set(unit.execute(select(of.seq)).scalars()) == {2}
    postgres = database.transact(lambda unit: unit.dialect.name) == "postgresql"
    assert len(tries) == (3 if postgres else 2)


def test_a_database_that_cannot_be_reached_is_said_to_be_busy() -> None:
    with pytest.raises(SyncError) as refused:
        Database("postgresql://nobody@127.0.0.1:1/none").check()
    assert refused.value.code == "server.busy"
    assert refused.value.retryable


def test_transactions_that_look_something_up_beside_themselves_do_not_wait_for_one_another(postgres: Postgres) -> None:
    """As many at once as a worker has threads: with one pool for both, each holds the connection that another waits for."""
    database = Database(postgres.database())
    database.prepare(real_world())

    def work(unit: Connection) -> str:
        unit.execute(text("SELECT pg_sleep(0.2)"))
        return identity(database)[0]

    with ThreadPoolExecutor(40) as pool:
        found = [pool.submit(database.transact, work) for _ in range(40)]
        assert len({one.result(timeout=20) for one in found}) == 1
    database.close()


def test_a_database_that_throws_its_connections_out_is_busy_and_never_a_bug(postgres: Postgres) -> None:
    url = postgres.database()
    database = Database(url)
    database.prepare(real_world())
    done, said, seen = threading.Event(), set[str](), [0]

    def ask() -> None:
        while not done.is_set():
            try:
                identity(database)
                database.transact(lambda unit: heads.lock(unit, ["s:1"]))
                seen[0] += 1
            except SyncError as refused:
                said.add(refused.code)

    with ThreadPoolExecutor(8) as pool, psycopg.connect(url, autocommit=True) as link:
        asking = [pool.submit(ask) for _ in range(8)]
        for _ in range(60):
            link.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'yanfang-server'"
            )
            time.sleep(0.02)
        done.set()
        for one in asking:
            one.result(timeout=20)
    assert said <= {"server.busy"}
    assert seen[0] > 0
    identity(database)
    database.close()
