import json

import pytest
from sqlalchemy.exc import DBAPIError

from app.core.errors import Refused
from app.db.engine import for_writing
from app.db.unit import Database
from sync.protocol import lines
from sync.protocol.chain import DeviceKey, open_line, verify_chain
from sync.protocol.lines import DELETED, FieldEdit


def _lines(db: Database) -> list[lines.Line]:
    with db.read() as unit:
        return [lines.parse(row.line) for row in unit.sql("SELECT line FROM sync_op ORDER BY n")]


def test_a_change_and_its_line_are_written_together(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "item": "SGF-1.01", "state": "pass"})
    (line,) = _lines(db)
    assert (line.table, line.row, line.field("state").value) == ("answer", "a1", "pass")
    with db.read() as unit:
        row = unit.sql("SELECT state, _ver FROM answer WHERE id = 'a1'")[0]
    assert row.state == "pass"
    assert json.loads(row._ver)["state"] == line.op


def test_an_edit_names_the_line_it_replaces(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "pass"})
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "fail"})
    first, second = _lines(db)
    assert [edit.name for edit in second.fields] == ["state"]
    assert second.field("state").base == first.op


def test_setting_the_same_value_writes_no_line(db: Database) -> None:
    for _ in range(2):
        with db.write() as unit:
            unit.put("person", "p1", {"name": "张三", "is_active": True})
    assert len(_lines(db)) == 1


def test_a_failing_transaction_leaves_neither_row_nor_line(db: Database) -> None:
    with pytest.raises(Refused, match="invalid"), db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "pass"})
        unit.put("answer", "a2", {"inspection": "i1", "note": "x" * 300_000})
    assert _lines(db) == []
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "na"})
    assert _lines(db)[0].n == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO answer(id, _ver) VALUES ('x', '{}')",
        "UPDATE answer SET state = 'pass'",
        "DELETE FROM answer",
    ],
)
def test_a_write_that_bypasses_the_journal_is_refused_by_the_database(db: Database, statement: str) -> None:
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "fail"})
    with pytest.raises(DBAPIError, match="outside the journal"), for_writing(db.engine).begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_signed_row_takes_no_change(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "fail"})
        unit.sign("answer", "a1")
    with pytest.raises(Refused, match="locked"), db.write() as unit:
        unit.put("answer", "a1", {"state": "pass"})
    with pytest.raises(Refused, match="locked"), db.write() as unit:
        unit.local("UPDATE answer SET state = 'pass'")


def test_a_signature_covers_every_field_as_it_was_seen(db: Database) -> None:
    with db.write() as unit:
        unit.put("person", "p1", {"name": "张三", "is_active": True})
        unit.sign("person", "p1")
    edit, sign = _lines(db)
    assert {(e.name, e.value, e.base) for e in sign.fields} == {("name", "张三", edit.op), ("is_active", 1, edit.op)}


def test_journal_lines_cannot_be_deleted(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "state": "fail"})
    with pytest.raises(DBAPIError, match="kept"), for_writing(db.engine).begin() as connection:
        connection.exec_driver_sql("DELETE FROM sync_op")


def test_the_lines_form_one_signed_chain(db: Database) -> None:
    for state in ("pass", "fail", "na"):
        with db.write() as unit:
            unit.put("answer", "a1", {"inspection": "i1", "state": state})
            unit.custody("view", "e1")
    key = DeviceKey.from_seed(bytes(32)).public_hex
    with db.read() as unit:
        rows = unit.sql("SELECT line, sig FROM sync_op ORDER BY n")
        head = unit.sql("SELECT rseq, chain_head FROM sync_self")[0]
    end = verify_chain([open_line(row.line, row.sig, key) for row in rows])
    assert (end.n, end.hash) == (head.rseq, head.chain_head)
    assert end.n == 6


def test_a_removed_row_keeps_its_values_and_its_line(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer_row", "r1", {"inspection": "i1", "cells": "{}"})
        unit.delete("answer_row", "r1")
    with db.read() as unit:
        assert unit.sql("SELECT cells, _deleted FROM answer_row")[0] == ("{}", 1)
    assert _lines(db)[1].kind is lines.Kind.DELETE


def test_a_control_character_is_refused_and_newlines_become_plain(db: Database) -> None:
    with pytest.raises(Refused, match="control_character"), db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "note": "药\x00房"})
    with db.write() as unit:
        unit.put("answer", "a1", {"inspection": "i1", "note": "一\r\n二\t三"})
    assert _lines(db)[0].field("note").value == "一\n二\t三"


def test_a_row_locked_before_it_exists_keeps_its_owner_and_covers_nothing(db: Database) -> None:
    with db.write() as unit:
        unit.sign("answer", "a1", "i1")
    (line,) = _lines(db)
    assert (line.kind, line.row, line.fields) == (lines.Kind.SIGN, "a1", ())
    with db.read() as unit:
        assert unit.sql("SELECT owner FROM sync_op")[0].owner == "i1"


def test_a_question_with_text_that_no_row_can_hold_is_refused(db: Database) -> None:
    with pytest.raises(Refused, match=r"value\.invalid"), db.read() as unit:
        unit.sql("SELECT 1 FROM answer WHERE id = ?", ("\ud800",))


def test_a_removed_row_is_brought_back_by_a_line_that_names_the_removal(db: Database) -> None:
    with db.write() as unit:
        unit.put("finding", "f", {"inspection": "v", "title": "甲"})
        unit.delete("finding", "f")
    removal = _lines(db)[-1].op
    with db.write() as unit:
        assert unit.put("finding", "f", {"title": "甲"})
        assert not unit.put("finding", "f", {"title": "甲"})
    line = _lines(db)[-1]
    assert line.fields == (FieldEdit(DELETED, False, removal),)
    with db.read() as unit:
        (row,) = unit.sql("SELECT title, _deleted, _ver FROM finding WHERE id = 'f'")
    assert (row.title, row._deleted, json.loads(row._ver)[DELETED]) == ("甲", 0, line.op)
