"""The encrypted engine on real files."""

import logging
import threading
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool

from app.core.errors import AppError
from app.db import engine as engines
from app.db.engine import Use, for_writing, make_engine
from app.db.store_errors import SqliteTooOld, StoreLocked, WrongKey

KEY = bytes(range(1, 33))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "验方 ?#% 库.db"


@pytest.fixture
def engine(path: Path):
    made = make_engine(path, KEY)
    with for_writing(made).begin() as tx:
        tx.execute(text("CREATE TABLE box(id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT"))
        tx.execute(text("CREATE TABLE part(box INTEGER NOT NULL REFERENCES box(id))"))
        tx.execute(text("INSERT INTO box VALUES (1, 0)"))
    yield made
    made.dispose()


def test_the_file_carries_no_readable_header(engine: Engine, path: Path):
    with engine.connect() as c:
        c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = path.read_bytes()
    assert len(raw) > 4096
    assert b"SQLite format" not in raw
    assert b"CREATE TABLE" not in raw


def test_every_connection_has_the_durable_pragmas(engine: Engine):
    wanted = {
        "journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "checkpoint_fullfsync": 1, "foreign_keys": 1,
        "trusted_schema": 0, "cell_size_check": 1, "temp_store": 2, "busy_timeout": 5000,
    }  # fmt: skip
    assert isinstance(engine.pool, QueuePool)
    with engine.connect() as one, engine.connect() as two:
        for c in (one, two):
            found = {name: c.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
            assert found == wanted


def test_foreign_keys_are_enforced(engine: Engine):
    with pytest.raises(IntegrityError), for_writing(engine).begin() as tx:
        tx.execute(text("INSERT INTO part VALUES (99)"))


def test_a_wrong_key_is_said_so(engine: Engine, path: Path):
    other = make_engine(path, b"\x07" * 32)
    with pytest.raises(WrongKey) as caught, other.connect():
        pass
    assert caught.value.code == "db.wrong_key"


def test_a_wiped_key_opens_nothing(path: Path, engine: Engine):
    key = bytearray(KEY)
    mine = make_engine(path, key)
    mine.connect().close()
    mine.dispose()
    key[:] = bytes(32)
    with pytest.raises(StoreLocked), mine.connect():
        pass


def test_the_read_only_engine_refuses_to_write(engine: Engine, path: Path):
    reader = make_engine(path, KEY, Use.READ)
    with reader.connect() as c:
        assert c.execute(text("SELECT n FROM box")).scalar_one() == 0
        with pytest.raises(AppError) as caught:
            c.execute(text("UPDATE box SET n = 1"))
    assert caught.value.code == "db.not_writable"


def test_the_read_only_engine_creates_no_file(tmp_path: Path):
    with pytest.raises(AppError) as caught, make_engine(tmp_path / "none.db", KEY, Use.READ).connect():
        pass
    assert caught.value.code == "db.cannot_open"
    assert list(tmp_path.iterdir()) == []


def test_no_update_of_two_threads_is_lost(engine: Engine):
    def count_up() -> None:
        for _ in range(25):
            with for_writing(engine).begin() as tx:
                n = tx.execute(text("SELECT n FROM box")).scalar_one()
                tx.execute(text("UPDATE box SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with engine.connect() as c:
        assert c.execute(text("SELECT n FROM box")).scalar_one() == 50


def test_a_writer_holds_the_lock_from_its_beginning_and_readers_go_on(engine: Engine):
    with for_writing(engine).begin() as tx:
        tx.execute(text("SELECT 1"))
        with engine.connect() as c:
            assert c.execute(text("SELECT n FROM box")).scalar_one() == 0
        with engine.connect() as c:
            c.exec_driver_sql("PRAGMA busy_timeout=20")
            with pytest.raises(AppError) as caught:
                c.execute(text("UPDATE box SET n = 9"))
            assert caught.value.code == "db.busy"
            assert caught.value.retryable
            c.exec_driver_sql("PRAGMA busy_timeout=5000")


def test_a_failed_block_leaves_nothing(engine: Engine):
    def half() -> None:
        with for_writing(engine).begin() as tx:
            tx.execute(text("UPDATE box SET n = 5"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with engine.connect() as c:
        assert c.execute(text("SELECT n FROM box")).scalar_one() == 0


def test_neither_key_nor_values_reach_the_log(path: Path, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)
        try:
            mine = make_engine(path, KEY)
            with for_writing(mine).begin() as tx:
                tx.execute(text("CREATE TABLE secret(v)"))
                tx.execute(text("INSERT INTO secret VALUES (:v)"), {"v": "张三的身份证"})
            mine.dispose()
        finally:
            logging.getLogger("sqlalchemy").setLevel(logging.NOTSET)
    assert KEY.hex() not in caplog.text
    assert "张三" not in caplog.text
    assert KEY.hex() not in repr(mine)


def test_an_old_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engines.sqlcipher, "sqlite_version_info", (3, 40, 1))
    with pytest.raises(SqliteTooOld):
        make_engine(path, KEY)


def test_another_reader_of_the_format_needs_the_raw_key(engine: Engine, path: Path):
    raw = sqlcipher.connect(str(path), isolation_level=None)
    raw.execute(f"PRAGMA key=\"x'{KEY.hex()}'\"")
    assert raw.execute("SELECT n FROM box").fetchone() == (0,)
    raw.close()
