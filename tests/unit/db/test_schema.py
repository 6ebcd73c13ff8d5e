from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.db.tables import SCHEMA_VERSION, SYNCED, metadata
from app.db.unit import Database


def test_the_migrations_lead_to_exactly_the_declared_tables(db: Database) -> None:
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_version_the_program_knows(db: Database) -> None:
    with db.read() as unit:
        assert unit.sql("PRAGMA user_version")[0][0] == SCHEMA_VERSION
        assert unit.sql("SELECT version_num FROM alembic_version")[0][0] == f"{SCHEMA_VERSION:04d}"


def test_a_field_named_inspection_is_what_makes_a_row_part_of_a_record() -> None:
    unowned = {name for name, table in SYNCED.items() if "inspection" not in table.c}
    assert unowned == {
        "absence", "interest", "third_party",
        "draw", "draw_file", "draw_pick", "draw_staff", "import_batch", "inspection", "institution", "lead", "lead_keeper", "lead_look", "lead_reporter",
        "number_range", "office_fact", "past_check", "person", "register_fact", "task", "task_recusal",
    }  # fmt: skip
