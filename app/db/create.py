"""A new, empty store."""

from sqlalchemy import Connection, Engine

from app.db.engine import for_writing
from app.db.tables import SCHEMA_VERSION, metadata
from sync.protocol.lines import GENESIS

JOURNAL_GUARDS = (
    "CREATE TRIGGER sync_op_frozen BEFORE UPDATE OF op, line, op_hash, sig, kind, tbl, row, content_hash ON sync_op"
    " WHEN OLD.state <> 'pending' BEGIN SELECT RAISE(ABORT, 'journal line is frozen'); END",
    "CREATE TRIGGER sync_op_keep BEFORE DELETE ON sync_op BEGIN SELECT RAISE(ABORT, 'journal lines are kept'); END",
)


def create_tables(connection: Connection) -> None:
    """Make all tables and the guards of the journal."""
    metadata.create_all(connection)
    for statement in JOURNAL_GUARDS:
        connection.exec_driver_sql(statement)


def create_schema(engine: Engine, *, device: str, replica: str, scope: str, nonce: str) -> None:
    """Make the tables of this version and the row that says who this installation is, in one transaction."""
    with for_writing(engine).begin() as connection:
        create_tables(connection)
        connection.exec_driver_sql(
            "INSERT INTO sync_self(one, device, replica, rseq, chain_head, hlc, scope, open_nonce)"
            " VALUES (1, ?, ?, 0, ?, 0, ?, ?)",
            (device, replica, GENESIS, scope, nonce),
        )
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
