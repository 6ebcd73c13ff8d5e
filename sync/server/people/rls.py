"""The second line on PostgreSQL: rows of feeds that a transaction did not name are not there for it.

Every statement of this package and of its neighbours asks the policy first; should one forget, the database still shows
and takes only rows of the feeds in `app.feeds`, which holds for one transaction. Without it there are no rows at all.
FORCE binds the tables' owner too; a superuser or a role with BYPASSRLS would pass, so the server must be neither
(`is_bound`). SQLite has no such thing: there every query goes through the same functions alone.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, text

ALL: Final = "*"
# Table and the column that names its feed; a file's row is in the feeds that refer to it.
_FEED_OF: Final = {
    "op": "feed",
    "quarantine": "scope",
    "row_state": "scope",
    "conflict": "scope",
    "blob_ref": "scope",
    "receipt": "device_feed",
}
# A sub-select that depends on no row is worked out once per statement.
_NAMED: Final = "(SELECT unnest(string_to_array(current_setting('app.feeds', true), ',')))"
_SET: Final = text("SELECT set_config('app.feeds', :feeds, true)")
_BOUND: Final = text("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user")


def statements() -> tuple[str, ...]:
    """Return what switches the second line on; again is no error."""
    found: list[str] = []
    for table, column in _FEED_OF.items():
        found += _policy(table, f"'{ALL}' IN {_NAMED} OR {table}.{column} IN {_NAMED}")
    return tuple(found)


def set_feeds(unit: Connection, feeds: Iterable[str]) -> None:
    """Let this transaction see rows of these feeds only; (ALL,) for the server's own work. SQLite: nothing happens."""
    if unit.dialect.name == "postgresql":
        unit.execute(_SET, {"feeds": ",".join(feeds)})


def is_bound(unit: Connection) -> bool:
    """Return whether the second line holds the role that the server works as; on SQLite there is none to hold."""
    return unit.dialect.name != "postgresql" or bool(unit.execute(_BOUND).scalar())


def _policy(table: str, condition: str) -> tuple[str, ...]:
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS {table}_feeds ON {table}",
        f"CREATE POLICY {table}_feeds ON {table} USING ({condition}) WITH CHECK ({condition})",
    )
