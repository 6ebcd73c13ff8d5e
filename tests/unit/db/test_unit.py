import json
from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError

from app.core.errors import Refused
from app.db.engine import for_writing
from app.db.unit import Database
from sync.protocol import lines
from sync.protocol.bulk import LINE_ROWS
from sync.protocol.chain import DeviceKey, open_line, verify_chain
from sync.protocol.lines import DELETED, ROWS, FieldEdit, Kind, Line, encode, parse, singly


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
    assert (row.state, row._ver) == ("pass", line.op)


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


def test_many_rows_made_at_once_are_what_each_alone_would_be(db: Database) -> None:
    def fields(number: int) -> dict[str, str | int | None]:
        wide = {"credit_code": f"C{number}", "chain": None} if number % 3 else {}
        return {"name": f"第{number}家“药店”", "rehearsal": 1, **wide}

    seen: list[int] = []
    with db.write() as unit:
        unit.put("institution", "before", {"name": "先"})
        unit.create("institution", [(f"i{number:04}", fields(number)) for number in range(1234)], seen.append)
        unit.put("institution", "i0007", {"name": "改"})
        changed = {one.id for one in unit.changed}
    assert seen[-1] == 1234
    assert len(changed) == 1235
    key = DeviceKey.from_seed(bytes(32)).public_hex
    with db.read() as unit:
        signed = [open_line(row.line, row.sig, key) for row in unit.sql("SELECT line, sig FROM sync_op ORDER BY n")]
        head = unit.sql("SELECT rseq, chain_head, hlc FROM sync_self")[0]
        rows = {row.id: row for row in unit.sql("SELECT id, name, credit_code, rehearsal, _ver FROM institution")}
    end = verify_chain(signed)
    assert (end.n, end.hash, signed[-1].line.hlc) == (head.rseq, head.chain_head, head.hlc)
    assert len({one.line.txn for one in signed}) == 1
    assert 1 < len(signed) < 40
    made = {one.row: one for line in signed[1:-1] for one in singly(line.line)}
    assert len(made) == 1234
    for number in range(1234):
        row, line = rows[f"i{number:04}"], made[f"i{number:04}"]
        given = {name: value for name, value in fields(number).items() if value is not None}
        assert {edit.name: edit.value for edit in line.fields} == given
        if number != 7:
            assert (row.name, row.credit_code, row.rehearsal) == (given["name"], given.get("credit_code"), 1)
            assert row._ver == line.op
    assert signed[-1].line.fields == (FieldEdit("name", "改", made["i0007"].op),)


def _journal(db: Database) -> list[Line]:
    with db.read() as unit:
        return [parse(bytes(data)) for (data,) in unit.tuples("SELECT line FROM sync_op ORDER BY n")]


def test_rows_made_one_after_the_other_share_a_line_until_something_else_is_written(db: Database) -> None:
    with db.write() as unit:
        for row, visit in (("a", "v1"), ("b", "v1"), ("c", "v2"), ("d", "v2")):
            unit.put("answer", row, {"inspection": visit, "state": "pass"})
        unit.put("answer", "c", {"state": "fail"})
        unit.put("answer", "e", {"inspection": "v2"})
        unit.put("finding", "f1", {"inspection": "v2", "title": "甲"})
        unit.put("finding", "f2", {"inspection": "v2", "title": "乙"})
        unit.put("answer", "g", {"inspection": "v2"})
    written = _journal(db)
    assert [(line.kind, [row for _, row in line.keys]) for line in written] == [
        (Kind.CREATE, ["a", "b"]),  # of one inspection
        (Kind.CREATE, ["c", "d"]),
        (Kind.SET, ["c"]),
        (Kind.SET, ["e"]),
        (Kind.SET, ["f1"]),
        (Kind.SET, ["f2"]),
        (Kind.SET, ["g"]),
    ]
    assert len({line.txn for line in written}) == 1
    assert written[2].field("state") == FieldEdit("state", "fail", written[1].op)
    with db.read() as unit:
        owners = unit.tuples("SELECT kind, row, owner FROM sync_op ORDER BY n LIMIT 2")
    assert owners == [("create", ROWS, "v1"), ("create", ROWS, "v2")]


def test_who_looks_into_the_journal_within_a_transaction_finds_all_that_was_made(db: Database) -> None:
    with db.write() as unit:
        unit.put("answer", "a", {"inspection": "v"})
        unit.put("answer", "b", {"inspection": "v"})
        assert unit.sql("SELECT count(*) AS n FROM sync_op")[0].n == 1
        unit.put("answer", "c", {"inspection": "v"})
        assert unit.tuples("SELECT count(*) FROM sync_op") == [(2,)]
    assert [line.kind for line in _journal(db)] == [Kind.CREATE, Kind.SET]


def test_much_that_is_made_goes_into_several_lines_none_too_long_and_one_row_into_one(db: Database) -> None:
    with db.write() as unit:
        for number in range(40):
            unit.put("answer", f"r{number}", {"inspection": "v", "note": "长" * (900 if number != 20 else 60_000)})
        for number in range(500):
            unit.put("answer", f"s{number}", {"inspection": "w"})
    written = _journal(db)
    assert [key for line in written for key in line.keys] == [
        *sorted((("answer", f"r{number}") for number in range(40)), key=_place(written)),
        *sorted((("answer", f"s{number}") for number in range(500)), key=_place(written)),
    ]
    assert {len(line.keys) for line in written if ("answer", "r20") in line.keys} == {1}
    assert all(len(encode(line)) < 64 << 10 for line in written if ("answer", "r20") not in line.keys)
    assert max(len(line.keys) for line in written) == LINE_ROWS
    with db.read() as unit:
        ver = dict(unit.tuples("SELECT id, _ver FROM answer"))
    assert all(ver[row] == line.op for line in written for _, row in line.keys)


def _place(written: list[Line]) -> Callable[[tuple[str, str]], tuple[int, str]]:
    at = {key: number for number, line in enumerate(written) for key in line.keys}
    return lambda key: (at[key], key[1])


def test_rows_that_grew_too_long_for_their_line_go_on_in_another(db: Database) -> None:
    with db.write() as unit, unit.creating("institution", lambda done: None) as new:
        for number in range(100):
            new.add(f"i{number:02}", {"name": "一"})
        new.settle()
        for number in range(100):
            new.change(f"i{number:02}", {"name": "一", "address": "长" * 2_000})
    written = _journal(db)
    assert {row for line in written for _, row in line.keys} == {f"i{number:02}" for number in range(100)}
    assert sum(len(line.keys) for line in written) == 100
    said = {one.row: one for line in written for one in singly(line)}
    with db.read() as unit:
        for row, address, ver in unit.tuples("SELECT id, address, _ver FROM institution"):
            assert said[row].field("address") == FieldEdit("address", address)
            assert ver == said[row].op


@pytest.mark.parametrize("bad", [{"name": "a\x07"}, {"name": "\ud800"}, {"name": "x" * 300_000}])
def test_one_row_of_many_that_cannot_travel_leaves_none_of_them(db: Database, bad: dict[str, str]) -> None:
    rows = [(f"i{number}", {"name": "一"}) for number in range(1100)] + [("bad", bad)]
    with pytest.raises(Refused, match=r"value\."), db.write() as unit:
        unit.create("institution", rows, lambda done: None)
    _is_empty(db)


def test_a_row_that_is_there_already_or_a_word_from_outside_ends_the_making_of_many(db: Database) -> None:
    def stop(done: int) -> None:
        raise InterruptedError

    with pytest.raises(DBAPIError, match="UNIQUE"), db.write() as unit:
        unit.create("institution", [("same", {"name": "一"})] * 700, lambda done: None)
    with pytest.raises(InterruptedError), db.write() as unit:
        unit.create("institution", [(f"i{number}", {"name": "一"}) for number in range(1100)], stop)
    _is_empty(db)


def _is_empty(db: Database) -> None:
    with db.read() as unit:
        assert not unit.sql("SELECT op FROM sync_op")
        assert not unit.sql("SELECT id FROM institution")
        assert unit.sql("SELECT rseq FROM sync_self")[0].rseq == 0
