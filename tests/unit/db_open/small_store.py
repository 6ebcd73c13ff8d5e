"""A small store of its own, so that opening and backups are tried without the program's tables."""

import datetime as dt

from sqlalchemy import Connection, Engine, text

from app.db.engine import for_writing

KEY = bytes(range(1, 33))
NOW = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)


def migrate(connection: Connection) -> None:
    """Bring the store to version 2; version 1 had no `note`."""
    found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found < 1:
        connection.execute(text("CREATE TABLE visit(id INTEGER PRIMARY KEY, place TEXT NOT NULL)"))
        connection.execute(text("CREATE TABLE tick(visit INTEGER NOT NULL REFERENCES visit(id), n INTEGER)"))
    if found < 2:
        connection.execute(text("ALTER TABLE visit ADD COLUMN note TEXT NOT NULL DEFAULT ''"))


def migrate_to_1(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE visit(id INTEGER PRIMARY KEY, place TEXT NOT NULL)"))
    connection.execute(text("CREATE TABLE tick(visit INTEGER NOT NULL REFERENCES visit(id), n INTEGER)"))


def add_visits(engine: Engine, count: int, place: str = "康宁大药房") -> None:
    with for_writing(engine).begin() as tx:
        tx.execute(text("INSERT INTO visit(place) VALUES (:p)"), [{"p": place * 20}] * count)


def count_visits(engine: Engine) -> int:
    with engine.connect() as c:
        return int(c.execute(text("SELECT count(*) FROM visit")).scalar_one())
