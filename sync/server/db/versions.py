"""Bring a server's database to this version's schema."""

from importlib import resources
from typing import Final

from sqlalchemy import Connection, insert, inspect, select, text

from sync.server.db import schema
from sync.server.db.problems import DatabaseTooNew
from sync.server.people import rls
from sync.server.world import World

_VERSION: Final = text("SELECT version_num FROM alembic_version")
_STAMP: Final = (
    "CREATE TABLE alembic_version"
    " (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    f"INSERT INTO alembic_version VALUES ('{schema.SCHEMA_VERSION:04d}')",
)


def is_current(unit: Connection) -> bool:
    """Return whether nothing is to be done.

    Raises:
        DatabaseTooNew: If the schema is of a later version.
    """
    found = version(unit)
    if found > schema.SCHEMA_VERSION:
        raise DatabaseTooNew(found=found, known=schema.SCHEMA_VERSION)
    return found == schema.SCHEMA_VERSION


def version(unit: Connection) -> int:
    """Return the version of the tables; 0 where there are none."""
    if not inspect(unit).has_table("alembic_version"):
        return 0
    return int(unit.execute(_VERSION).scalar() or 0)


def upgrade(unit: Connection) -> None:
    """Make the tables of an empty database, or run what an older one misses of the history, in the unit's transaction.

    Raises:
        DatabaseTooNew: If the schema is of a later version.
    """
    if is_current(unit):
        return
    if version(unit):
        run_history(unit)
    else:
        schema.metadata.create_all(unit, checkfirst=False)
        for statement in (*schema.RULES[unit.dialect.name], *_STAMP):
            unit.exec_driver_sql(statement)
    if unit.dialect.name == "postgresql":
        for statement in rls.statements():
            unit.exec_driver_sql(statement)


def run_history(unit: Connection) -> None:
    """Run the scripts that the database has not seen yet, from the first one where it is empty."""
    from alembic import command
    from alembic.config import Config

    with resources.as_file(resources.files("sync.server.db.migrations")) as scripts:
        config = Config()
        config.set_main_option("script_location", scripts.as_posix().replace("%", "%%"))
        config.attributes["connection"] = unit
        command.upgrade(config, "head")


def settle(unit: Connection, world: World) -> None:
    """Write into new tables which server this is."""
    of = schema.server_self.c
    if unit.execute(select(of.server)).first() is None:
        unit.execute(insert(schema.server_self).values(one=1, server=world.new_id(), epoch=world.new_id()))
