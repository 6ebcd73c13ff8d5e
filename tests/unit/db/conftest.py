import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.ids import Uuid7
from app.db.create import create_schema
from app.db.engine import make_engine
from app.db.journal import Writer
from app.db.unit import Database
from sync.protocol.chain import DeviceKey

KEY = bytes(range(32))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    engine = make_engine(tmp_path / "store.db", KEY)
    create_schema(engine, device="dev-1", replica="rep-1", scope="s:000000", nonce="n")
    seconds = itertools.count()
    start = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
    database = Database(
        engine,
        Writer(DeviceKey.from_seed(bytes(32)), "person-1", 1),
        lambda: start + dt.timedelta(seconds=next(seconds)),
        Uuid7(),
    )
    yield database
    database.close()
