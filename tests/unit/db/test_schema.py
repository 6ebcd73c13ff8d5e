from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from app.db.create import migrate, run_history
from app.db.engine import for_writing, make_engine
from app.db.tables import SCHEMA_VERSION, SYNCED, metadata
from app.db.unit import Database
from tests.unit.db.conftest import KEY


def test_the_migrations_lead_to_exactly_the_declared_tables(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "old.db", KEY)
    with for_writing(engine).begin() as connection:
        run_history(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_new_store_is_what_the_migrations_lead_to(db: Database, tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "old.db", KEY)
    with for_writing(engine).begin() as connection:
        run_history(connection)
        old = _picture(connection)
    engine.dispose()
    with db.engine.connect() as connection:
        assert _picture(connection) == old


def test_an_older_store_runs_the_migrations_it_misses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(tmp_path / "old.db", KEY)
    ran: list[Connection] = []
    with for_writing(engine).begin() as connection:
        migrate(connection)
        monkeypatch.setattr("app.db.create.run_history", ran.append)
        migrate(connection)
        assert ran == [connection]
    engine.dispose()


def _picture(connection: Connection) -> object:
    """Return what a schema is, whatever the order of its making and of its columns."""
    found = inspect(connection)
    tables = {
        name: [
            sorted(map(str, parts))
            for parts in (
                found.get_columns(name), found.get_unique_constraints(name), [found.get_pk_constraint(name)],
                found.get_check_constraints(name), [found.get_table_options(name)],
            )
        ]
        for name in found.get_table_names()
    }  # fmt: skip
    others = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL")
    return tables, {name: " ".join(sql.split()) for name, sql in others}


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
