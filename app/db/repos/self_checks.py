"""Self-checks: questions to the store, dataclasses back."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from app.core.clock import from_ms, to_ms
from app.core.errors import Refused
from app.core.ids import InstitutionId, SelfCheckId
from app.core.money import from_fen
from app.core.self_checks import (
    Anomaly,
    CheckedKind,
    Filled,
    GivenFile,
    GivenItem,
    Promise,
    PromiseState,
    Reminder,
    Reply,
    SelfCheck,
    SelfCheckLine,
    SelfCheckState,
    Statement,
    TemplateRef,
    promise_state,
)
from app.db.repos.values import day, fen, packed, read_day, read_fen, read_instant, read_texts, texts
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

PACKAGE_MIME = "application/vnd.yanfang.self-check+json"
SEAL_CAPTION = "盖章页"
STATEMENT_FIELDS = ("responsible", "post", "phone", "period", "course", "measures")
_MORE = {"self_check_answer": ', "count" AS cases'}  # a row has a `count` of its own
_LINES = """
SELECT c.*, i.name AS institution_name, coalesce(p.title, '') AS plan_title,
 (SELECT count(*) FROM self_check_anomaly a WHERE a.self_check = c.id AND a._deleted = 0) AS anomalies,
 (SELECT count(*) FROM self_check_anomaly a WHERE a.self_check = c.id AND a._deleted = 0
   AND coalesce(a.reply, 'open') <> 'open') AS replied,
 (SELECT coalesce(sum(r.amount_fen), 0) FROM refund_promise r WHERE r.self_check = c.id AND r._deleted = 0) AS promised,
 (SELECT coalesce(sum(r.paid_fen), 0) FROM refund_promise r WHERE r.self_check = c.id AND r._deleted = 0) AS paid,
 (SELECT min(r.by_on) FROM refund_promise r WHERE r.self_check = c.id AND r._deleted = 0
   AND coalesce(r.paid_fen, 0) < r.amount_fen) AS next_promise,
 (SELECT count(*) FROM self_check_reminder m WHERE m.self_check = c.id AND m._deleted = 0) AS reminders
FROM self_check c LEFT JOIN institution i ON i.id = c.institution LEFT JOIN plan p ON p.id = c.plan
WHERE c._deleted = 0
"""


def get(unit: ReadUnit, check_id: str) -> SelfCheck:
    """Return one, or raise `Refused("selfcheck.unknown")`."""
    rows = unit.sql("SELECT * FROM self_check WHERE id = ? AND _deleted = 0", (check_id,))
    if not rows:
        raise Refused("selfcheck.unknown")
    return _check(rows[0])


def lines(unit: ReadUnit, today: dt.date, check_id: str | None = None) -> tuple[SelfCheckLine, ...]:
    """Return the register, what is due first at the top; or the line of one."""
    only = "" if check_id is None else " AND c.id = ?"
    rows = unit.sql(f"{_LINES}{only} ORDER BY c.due_on, i.name, c.id", () if check_id is None else (check_id,))
    return tuple(_line(row, today) for row in rows)


def of_institution(unit: ReadUnit, institution: str) -> tuple[SelfCheckId, ...]:
    """Return the self-checks of an institution, the newest first."""
    rows = unit.sql(
        "SELECT id FROM self_check WHERE institution = ? AND _deleted = 0 AND state <> 'cancelled'"
        " ORDER BY issued_at DESC, id DESC",
        (institution,),
    )
    return tuple(SelfCheckId(row.id) for row in rows)


def filled(unit: ReadUnit, check: SelfCheck) -> Filled:
    """Return what an institution gave back, as it is stored."""
    return Filled(
        tuple(map(_item, _rows(unit, "self_check_answer", check.id, "template, item"))),
        anomalies(unit, check.id),
        promises(unit, check.id),
        files(unit, check.id),
        check.statement,
    )


def anomalies(unit: ReadUnit, check_id: str) -> tuple[Anomaly, ...]:
    """Return the anomalies in order."""
    return tuple(map(_anomaly, _rows(unit, "self_check_anomaly", check_id, "position, id")))


def promises(unit: ReadUnit, check_id: str) -> tuple[Promise, ...]:
    """Return the refund promises in order."""
    return tuple(map(_promise, _rows(unit, "refund_promise", check_id, "position, by_on, id")))


def files(unit: ReadUnit, check_id: str) -> tuple[GivenFile, ...]:
    """Return the files given, without the package itself."""
    rows = _rows(unit, "self_check_file", check_id, "position, file_name, id")
    return tuple(_file(row) for row in rows if row.mime != PACKAGE_MIME)


def file_rows(unit: ReadUnit, check_id: str) -> set[str]:
    """Return the rows of `files`."""
    return {row.id for row in _rows(unit, "self_check_file", check_id, "id") if row.mime != PACKAGE_MIME}


def package_of(unit: ReadUnit, check_id: str) -> str | None:
    """Return the name in the vault of the package's JSON, None where its bytes are not on this laptop."""
    rows = unit.sql(
        "SELECT b.stored FROM self_check_file f JOIN sync_blob b ON b.sha256 = f.sha256"
        " WHERE f.self_check = ? AND f.mime = ? AND f._deleted = 0 AND b.stored IS NOT NULL",
        (check_id, PACKAGE_MIME),
    )
    return str(rows[0].stored) if rows else None


def stored(unit: ReadUnit, check_id: str) -> Mapping[str, str]:
    """Return the names in the vault of the files whose bytes are here, by SHA-256."""
    rows = unit.sql(
        "SELECT f.sha256, b.stored FROM self_check_file f JOIN sync_blob b ON b.sha256 = f.sha256"
        " WHERE f.self_check = ? AND f._deleted = 0 AND b.stored IS NOT NULL",
        (check_id,),
    )
    return {row.sha256: row.stored for row in rows}


def reminders(unit: ReadUnit, check_id: str) -> tuple[Reminder, ...]:
    """Return the reminders, newest first."""
    rows = _rows(unit, "self_check_reminder", check_id, "at DESC, id")
    return tuple(Reminder(from_ms(row.at), row.by or "", row.method or "", row.note or "") for row in rows)


def fields(check: SelfCheck) -> dict[str, Scalar]:
    """Return what is stored of a self-check."""
    said = {name: getattr(check.statement, name) or None for name in STATEMENT_FIELDS}
    return {
        "institution": check.institution, "plan": check.plan or None, "kind": str(check.kind),
        "contractor": check.contractor or None, "title": check.title, "basis": check.basis or None,
        "package": check.package or None, "issuer": check.issuer or None, "templates": refs_text(check.templates),
        "due_on": day(check.due_on), "state": str(check.state), "note": check.note or None,
        "issued_at": to_ms(check.issued_at), "returned_at": None if check.returned_at is None else to_ms(check.returned_at),
        "returned_package": check.returned_package or None, "returned_key": check.returned_key or None,
        "returned_by": check.returned_by or None, "filled_on": day(check.filled_on),
        "late_note": check.late_note or None, "amount_fen": fen(check.declared_cny),
        "compared_with": check.compared_with or None, **said,
    }  # fmt: skip


def anomaly_fields(check_id: str, position: int, one: Anomaly) -> dict[str, Scalar]:
    """Return what is stored of an anomaly with its reply."""
    return {
        "self_check": check_id, "position": position, "item": one.item, "period": one.period,
        "question": one.question, "source": one.source, "amount_fen": fen(one.amount_cny), "reply": str(one.reply),
        "nature": one.nature, "declared_fen": fen(one.declared_cny), "grounds": one.grounds,
        "evidence": texts(one.evidence),
    }  # fmt: skip


def item_fields(check_id: str, one: GivenItem) -> dict[str, Scalar]:
    """Return what is stored of an answer."""
    return {
        "self_check": check_id, "template": one.template, "item": one.item, "state": one.state, "value": one.value,
        "count": one.count, "amount_fen": fen(one.amount_cny), "detail": one.detail,
        "rows": packed([dict(row) for row in one.rows]), "evidence": texts(one.evidence),
    }  # fmt: skip


def promise_fields(check_id: str, position: int, one: Promise) -> dict[str, Scalar]:
    """Return what is stored of a promise."""
    return {
        "self_check": check_id, "position": position, "amount_fen": fen(one.amount_cny), "by_on": day(one.by_on),
        "note": one.note, "state": str(promise_state(one)), "paid_fen": fen(one.paid_cny), "paid_on": day(one.paid_on),
    }  # fmt: skip


def file_fields(check_id: str, position: int, one: GivenFile) -> dict[str, Scalar]:
    """Return what is stored of a file."""
    return {
        "self_check": check_id, "position": position, "file_name": one.file_name, "mime": one.mime,
        "sha256": one.sha256, "sm3": one.sm3, "size_bytes": one.size_bytes,
        "caption": SEAL_CAPTION if one.is_seal_page else one.caption,
    }  # fmt: skip


def refs_text(refs: tuple[TemplateRef, ...]) -> str:
    """Store template references."""
    return packed([[one.template, one.version, one.digest, list(one.sections)] for one in refs])


def _rows(unit: ReadUnit, table: str, check_id: str, order: str) -> Any:
    return unit.sql(f'SELECT *{_MORE.get(table, "")} FROM "{table}" WHERE self_check = ? AND _deleted = 0 ORDER BY {order}', (check_id,))


def _check(row: Row[Any]) -> SelfCheck:
    return SelfCheck(
        id=SelfCheckId(row.id), institution=InstitutionId(row.institution), kind=CheckedKind(row.kind),
        title=row.title or "", templates=_refs(row.templates), due_on=dt.date.fromisoformat(row.due_on),
        issued_at=from_ms(row.issued_at), state=SelfCheckState(row.state), contractor=row.contractor or "",
        plan=row.plan or "", basis=row.basis or "", package=row.package or "", issuer=row.issuer or "",
        note=row.note or "", returned_at=read_instant(row.returned_at), returned_package=row.returned_package or "",
        returned_key=row.returned_key or "", returned_by=row.returned_by or "", filled_on=read_day(row.filled_on),
        late_note=row.late_note or "", declared_cny=read_fen(row.amount_fen),
        statement=Statement(**{name: getattr(row, name) or "" for name in STATEMENT_FIELDS}),
        compared_with=row.compared_with or "",
    )  # fmt: skip


def _refs(text: str | None) -> tuple[TemplateRef, ...]:
    return tuple(TemplateRef(name, version, digest, tuple(parts)) for name, version, digest, parts in json.loads(text or "[]"))


def _line(row: Row[Any], today: dt.date) -> SelfCheckLine:
    check = _check(row)
    is_waiting = check.state is SelfCheckState.ISSUED
    next_promise = read_day(row.next_promise)
    return SelfCheckLine(
        check=check, institution_name=row.institution_name or "", plan_title=row.plan_title,
        days_left=(check.due_on - today).days if is_waiting else None, anomalies=row.anomalies, replied=row.replied,
        promised_cny=from_fen(row.promised), paid_cny=from_fen(row.paid),
        is_broken=next_promise is not None and next_promise < today, reminders=row.reminders,
    )  # fmt: skip


def _item(row: Row[Any]) -> GivenItem:
    return GivenItem(
        row.template, row.item, row.state or "open", row.value, row.cases, read_fen(row.amount_fen), row.detail or "",
        tuple(json.loads(row.rows or "[]")), read_texts(row.evidence),
    )  # fmt: skip


def _anomaly(row: Row[Any]) -> Anomaly:
    return Anomaly(
        id=row.id, question=row.question or "", item=row.item or "", period=row.period or "",
        amount_cny=read_fen(row.amount_fen), source=row.source or "", reply=Reply(row.reply or "open"),
        nature=row.nature or "", declared_cny=read_fen(row.declared_fen), grounds=row.grounds or "",
        evidence=read_texts(row.evidence),
    )  # fmt: skip


def _promise(row: Row[Any]) -> Promise:
    return Promise(
        amount_cny=read_fen(row.amount_fen) or Decimal(0), by_on=dt.date.fromisoformat(row.by_on), note=row.note or "",
        id=row.id, state=PromiseState(row.state or "promised"), paid_cny=read_fen(row.paid_fen),
        paid_on=read_day(row.paid_on),
    )  # fmt: skip


def _file(row: Row[Any]) -> GivenFile:
    return GivenFile(
        row.sha256, row.file_name or "", row.mime or "", row.size_bytes or 0, row.sm3 or "", row.caption or "",
        is_seal_page=row.caption == SEAL_CAPTION,
    )  # fmt: skip
