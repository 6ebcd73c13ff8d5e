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
        "absence", "draw", "draw_file", "draw_pick", "draw_staff", "import_batch", "inspection", "institution",
        "interest", "lead", "lead_keeper", "lead_look", "lead_reporter", "number_range", "office_fact", "past_check",
        "person", "plan", "plan_exemption", "plan_group", "plan_report", "plan_stage", "refund_promise",
        "register_fact", "self_check", "self_check_anomaly", "self_check_answer", "self_check_file",
        "self_check_reminder", "task", "task_recusal", "third_party",
    }  # fmt: skip
