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
_PROOF = sa.text("kind IN ('append', 'sign', 'void')")


def upgrade() -> None:
    '''
_TAIL = '''
    # What administrators did is added to and never changed, whoever asks for it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION admin_act_kept() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'admin_act is only added to'; END $$"
        )
        op.execute(
            "CREATE TRIGGER admin_act_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_act "
            "EXECUTE FUNCTION admin_act_kept()"
        )
    else:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER admin_act_{act.lower()} BEFORE {act} ON admin_act "
                "BEGIN SELECT RAISE(ABORT, 'admin_act is only added to'); END"
            )
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
    proof = f'sa.text("{schema.PROOF}")'
    return _HEAD + source.replace(plain, "_TEXT").replace(proof, "_PROOF") + "\n" + _TAIL


if __name__ == "__main__":
    FIRST.write_text(first(), encoding="utf-8")
