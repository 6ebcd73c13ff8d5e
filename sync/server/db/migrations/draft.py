"""Write the first version of the schema anew from the tables: `python -m sync.server.db.migrations.draft`.

Only while no version is released; afterwards every change is a new file that leads from the version before it.
"""

from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps
from sqlalchemy import create_engine

from sync.server.db import schema

FIRST = Path(__file__).parent / "versions" / "v0001_first.py"
_HEAD = '''"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    '''


def first() -> str:
    """Return the source of the first version."""
    with create_engine("sqlite://").connect() as unit:
        steps = produce_migrations(MigrationContext.configure(unit), schema.metadata).upgrade_ops
    assert isinstance(steps, UpgradeOps)
    body = render_python_code(steps, render_as_batch=False, imports=[]).replace("    # ### commands auto generated", "#")
    kept = [line for line in body.splitlines() if "###" not in line]
    source = "\n".join(line.rstrip() for line in kept).strip()
    plain = "sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')"
    return _HEAD + source.replace(plain, "_TEXT") + "\n"


if __name__ == "__main__":
    FIRST.write_text(first(), encoding="utf-8")
