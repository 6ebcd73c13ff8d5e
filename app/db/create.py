"""Bring a database to this version's schema, and say in a new one who this installation is."""

from importlib import resources

from sqlalchemy import Connection, Engine, inspect

from app.core.ids import PersonId
from app.core.places import Office
from app.db.engine import for_writing
from app.db.tables import RULES, SCHEMA_VERSION, metadata
from sync.protocol.lines import GENESIS

_STAMP = (
    "CREATE TABLE alembic_version"
    " (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    f"INSERT INTO alembic_version VALUES ('{SCHEMA_VERSION:04d}')",
)


def migrate(connection: Connection) -> None:
    """Make the tables of an empty database, or run what an older one misses of the schema's history.

    All of it within the connection's transaction.
    """
    if inspect(connection).has_table("alembic_version"):
        run_history(connection)
        return
    metadata.create_all(connection, checkfirst=False)
    for statement in (*RULES, *_STAMP):
        connection.exec_driver_sql(statement)


def run_history(connection: Connection) -> None:
    """Run the scripts that the database has not seen yet, from the first one where it is empty."""
    from alembic import command
    from alembic.config import Config

    with resources.as_file(resources.files("app.db.migrations")) as scripts:
        config = Config()
        config.set_main_option("script_location", scripts.as_posix().replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def settle(engine: Engine, *, device: str, replica: str, scope: str, nonce: str) -> None:
    """Write into a new store who it is."""
    with for_writing(engine).begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sync_self(one, device, replica, rseq, chain_head, hlc, scope, open_nonce)"
            " VALUES (1, ?, ?, 0, ?, 0, ?, ?)",
            (device, replica, GENESIS, scope, nonce),
        )


def create_schema(engine: Engine, *, device: str, replica: str, scope: str, nonce: str) -> None:
    """Make a whole new store in an empty file; the program itself goes through `opening.create_store`."""
    with for_writing(engine).begin() as connection:
        migrate(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
    settle(engine, device=device, replica=replica, scope=scope, nonce=nonce)


def office_of(engine: Engine) -> Office:
    """Return the office of a store, before anybody can write to it."""
    with engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT name, code, short_name, rehearsal, me FROM office").one()
    return Office(row.name, row.code, row.short_name, bool(row.rehearsal), PersonId(row.me))
