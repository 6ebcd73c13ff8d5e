"""PostgreSQL's own lock behind the server's: rows of other feeds are not there, whatever a query forgets to ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from sync.protocol.lines import FieldEdit
from sync.protocol.policy import Role
from sync.server.people import rls
from tests.postgres import Postgres
from tests.unit.sync.town import Box, Town, bound

TABLES = ("op", "quarantine", "row_state", "conflict", "blob_ref", "receipt")
MINE, OTHER = "s:610100", "s:610600"


class Locked:
    """A server's database with the second line switched on, looked at as the role the server works as."""

    def __init__(self, folder: Path, address: str) -> None:
        self.town = Town(folder, bound(address)).with_offices()
        for org, feed in (("610100", MINE), ("610600", OTHER)):
            box = self.town.box((Role.INSPECTOR, org))
            row = [box.line(feed, row=f"r{org}") for _ in range(2)]
            box.push(*row, *(box.line("s:nowhere") for _ in range(1)))
            box.put(feed, feed.encode())
            self._conflict(box, feed, org)
        engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as unit:
            for statement in rls.statements():  # the server did so itself; again is no error
                unit.exec_driver_sql(statement)
        self.engine: Engine = engine

    def _conflict(self, box: Box, feed: str, org: str) -> None:
        other = self.town.box((Role.INSPECTOR, org))
        other.push(other.line(feed, row=f"r{org}", fields=(rival(),)))

    @contextmanager
    def seeing(self, *feeds: str) -> Iterator[Connection]:
        with self.engine.begin() as unit:
            unit.exec_driver_sql("SET LOCAL ROLE yanfang_app")
            if feeds:
                rls.set_feeds(unit, feeds)
            yield unit

    def close(self) -> None:
        self.engine.dispose()
        self.town.close()


def rival() -> FieldEdit:
    return FieldEdit("x", 2)


@pytest.fixture(scope="module")
def locked(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    made = Locked(tmp_path_factory.mktemp("rls") / "town", postgres.database())
    yield made
    made.close()


def count(unit: Connection, table: str) -> int:
    return int(unit.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.mark.parametrize("table", TABLES)
def test_a_transaction_that_names_no_feed_sees_nothing(locked: Locked, table: str) -> None:
    with locked.seeing() as unit:
        assert count(unit, table) == 0


@pytest.mark.parametrize("table", TABLES)
def test_the_servers_own_work_sees_everything(locked: Locked, table: str) -> None:
    with locked.engine.begin() as owner:
        every = count(owner, table)
    assert every > 0
    with locked.seeing(rls.ALL) as unit:
        assert count(unit, table) == every


@pytest.mark.parametrize(("table", "column"), [("op", "feed"), ("row_state", "scope"), ("conflict", "scope"), ("blob_ref", "scope")])
def test_rows_of_the_named_feed_are_there_and_no_others(locked: Locked, table: str, column: str) -> None:
    with locked.seeing(MINE) as unit:
        assert set(unit.execute(text(f"SELECT DISTINCT {column} FROM {table}")).scalars()) == {MINE}


def test_a_name_is_not_a_pattern(locked: Locked) -> None:
    for name in ("s:%", "s:*", "s:6101", "", "**"):
        with locked.seeing(name) as unit:
            assert count(unit, "op") == 0


def test_the_feeds_of_one_transaction_are_gone_with_it(locked: Locked) -> None:
    with locked.seeing(MINE):
        pass
    with locked.seeing() as unit:
        assert count(unit, "op") == 0


def test_nothing_is_written_into_a_feed_that_was_not_named(locked: Locked) -> None:
    row = "INSERT INTO row_state (tbl, row, scope, feed_seq, cells) VALUES ('t', 'new', :scope, 1, '[]')"
    with pytest.raises(ProgrammingError, match="row-level security"), locked.seeing(MINE) as unit:
        unit.execute(text(row), {"scope": OTHER})
    with pytest.raises(ProgrammingError, match="row-level security"), locked.seeing(MINE) as unit:
        unit.execute(text("UPDATE row_state SET scope = :scope"), {"scope": OTHER})
    with locked.seeing(MINE) as unit:
        assert unit.execute(text("DELETE FROM row_state WHERE row = 'r610600'")).rowcount == 0


def test_a_role_that_would_pass_is_noticed(locked: Locked) -> None:
    with locked.engine.begin() as owner:
        assert not rls.is_bound(owner)
    with locked.seeing() as unit:
        assert rls.is_bound(unit)


def test_on_sqlite_there_is_no_second_line_and_no_error(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    with town.office.database.read() as unit:
        rls.set_feeds(unit, (MINE,))
        assert rls.is_bound(unit)
    town.close()
