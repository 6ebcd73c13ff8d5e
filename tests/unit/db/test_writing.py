import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.errors import Refused
from app.db.unit import Database


def test_writers_of_several_threads_wait_for_their_turn_and_none_is_lost(db: Database) -> None:
    def write(name: str) -> None:
        for number in range(20):
            with db.write() as unit:
                unit.put("answer", f"{name}{number}", {"inspection": "i1", "state": "pass"})

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with db.read() as unit:
        assert unit.sql("SELECT count(*) AS n FROM answer")[0].n == 80
        assert [row.n for row in unit.sql("SELECT n FROM sync_op ORDER BY seq")] == list(range(1, 81))


def test_a_transaction_inside_another_is_refused_and_the_outer_one_goes_on_to_fail_whole(db: Database) -> None:
    with pytest.raises(DBAPIError, match="within a transaction"), db.write() as outer:
        outer.put("answer", "a1", {"inspection": "i1", "state": "pass"})
        with db.write() as inner:
            inner.put("answer", "a2", {"inspection": "i1", "state": "pass"})
    with db.read() as unit:
        assert unit.sql("SELECT id FROM answer") == []


def test_statements_of_sqlalchemy_and_of_the_driver_end_together(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "pass"})
        assert unit.first(text("SELECT state FROM answer")) == ("pass",)
    with pytest.raises(Refused), db.write() as unit:
        unit.put("answer", "a1", {"state": "fail"})
        assert unit.first(text("SELECT state FROM answer")) == ("fail",)
        raise Refused("answer.state")
    with db.read() as unit:
        assert unit.sql("SELECT state FROM answer")[0].state == "pass"


def test_a_closed_database_has_no_connection_left_and_opens_again_for_the_next_write(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "pass"})
    db.close()
    assert db.engine.pool.checkedout() == 0
    with db.write() as unit:
        assert unit.current("answer", "a1")["state"] == "pass"


def test_a_write_outside_the_journal_is_refused_on_the_connection_that_writes(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "pass"})
    connection = db._writing._opened()[0]
    with pytest.raises(DBAPIError, match="outside the journal"), connection.begin():
        connection.exec_driver_sql("UPDATE answer SET state = 'fail'")
