"""Paths and stores for the opening and backup tests."""

from pathlib import Path

import pytest

from app.db.opening import create_store
from tests.unit.db_open.small_store import KEY, NOW, add_visits, migrate, migrate_to_1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "yanfang.db"


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "backups"


@pytest.fixture
def old_store(path: Path) -> Path:
    """A store of version 1 with 300 visits."""
    opened = create_store(path, KEY, migrate_to_1, version=1, now=NOW)
    add_visits(opened.engine, 300)
    opened.engine.dispose()
    return path


@pytest.fixture
def store(path: Path) -> Path:
    """A store of version 2 with 300 visits, closed."""
    opened = create_store(path, KEY, migrate, version=2, now=NOW)
    add_visits(opened.engine, 300)
    opened.engine.dispose()
    return path
