"""Service (送达): how a paper reached its receiver, noted with its date, refusal and witness, and the receipt (送达回证)."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.clock import to_ms
from app.core.errors import Refused
from app.core.outcome import Outcome
from app.core.papers import Paper, PaperId, PaperState, Service, ServiceId, ServiceMethod
from app.db.repos import papers as stored
from app.db.repos import registers
from app.db.unit import ReadUnit
from app.services.papers import kinds, reading
from app.services.papers.issuing import Issuing
from app.services.papers.services import of_paper, service_of

_SERVERS = 2


@dataclass(frozen=True, slots=True)
class _ServiceRow:
    paper: str
    inspection: str | None
    receipt: str | None


class Serving(Issuing):
    """Note how papers were served, and make their receipts."""

    def services(self, paper_id: PaperId) -> tuple[Service, ...]:
        """Return how a paper was served, in the order noted; voided entries too."""
        with self._store.db.read() as unit:
            return of_paper(unit, stored.get(unit, paper_id).id)

    def serve(
        self,
        paper_id: PaperId,
        method: ServiceMethod | str,
        *,
        served_at: dt.datetime,
        receiver: str = "",
        relation: str = "",
        place: str = "",
        servers: Sequence[tuple[str, str]] = (),
        refused_reason: str = "",
        witness: str = "",
        is_recorded: bool = False,
        consent: bool = False,
        tracking: str = "",
        note: str = "",
    ) -> Outcome[Service]:
        """Note that a paper was served; the day it was signed for is the date of service.

        Args:
            servers: Names and licence numbers; at least two, but by post, electronically or by announcement.
            witness: Needed where the paper was refused or left, unless it was recorded (`is_recorded`).
            consent: The addressee agreed in writing to electronic service.
            tracking: Number of the letter; where it was announced.

        Raises:
            Refused: `paper.draft`, `paper.void`, `service.not_served` for a kind that is not served, `service.method`,
                `service.too_early`, `service.in_future`, `service.receiver_missing`, `service.servers`,
                `service.reason_missing`, `service.witness_missing`, `service.witness_serves`, `service.consent_missing`,
                `service.tracking_missing`.

        Source: 行政处罚法 61; 民事诉讼法 on service; domain report 4.0, 4.1 entry 14.
        """
        if method not in list(ServiceMethod):
            raise Refused("service.method", method=str(method)[:40])
        how = ServiceMethod(method)
        given = {
            "receiver": receiver, "relation": relation, "place": place, "refused_reason": refused_reason, "witness": witness,
            "tracking": tracking, "note": note,
        }  # fmt: skip
        words = {name: text.strip() for name, text in given.items()}
        named = tuple((name.strip(), card.strip()) for name, card in servers if name.strip())
        self._check_words(how, words, named, is_recorded=is_recorded, consent=consent)
        with self._store.db.write() as unit:
            paper = self._served(unit, paper_id)
            now = self._store.now()
            if paper.issued_at is not None and served_at < paper.issued_at.replace(second=0, microsecond=0):
                raise Refused("service.too_early", title=paper.title)
            if served_at > now:
                raise Refused("service.in_future")
            row = self._store.new_id()
            unit.put("paper_service", row, {
                "inspection": paper.inspection, "paper": paper.id, "method": str(how), "served_at": to_ms(served_at),
                **{name: text or None for name, text in words.items()},
                "servers": json.dumps([list(one) for one in named], ensure_ascii=False),
                "recorded": int(is_recorded), "consent": int(consent), "noted_at": to_ms(now),
            })  # fmt: skip
            unit.note("paper", paper.id, paper.inspection)
            found = unit.sql("SELECT * FROM paper_service WHERE id = ?", (row,))[0]
            return Outcome(service_of(found, registers.office(unit)), unit.changed)

    def make_receipt(self, service_id: ServiceId) -> Outcome[Paper]:
        """Draft the receipt (送达回证) of a service, filled from it; it is issued and signed like every paper.

        Raises:
            Refused: `service.unknown`, `service.receipt_made`.
        """
        with self._store.db.write() as unit:
            row = self._row(unit, service_id)
            if row.receipt and stored.get(unit, PaperId(row.receipt)).state is not PaperState.VOID:
                raise Refused("service.receipt_made")
            about = stored.get(unit, PaperId(row.paper))
            made = self._begin(unit, reading.RECEIPT, about.task, None, about.id)
            unit.put("paper_service", service_id, {"receipt": made.id})
            return Outcome(made, unit.changed)

    def void_service(self, service_id: ServiceId, reason: str) -> Outcome[None]:
        """Void an entry that was wrong; it stays visible, and a new one is noted.

        Raises:
            Refused: `service.unknown`, `paper.reason_missing`.
        """
        if not reason.strip():
            raise Refused("paper.reason_missing")
        with self._store.db.write() as unit:
            row = self._row(unit, service_id)
            unit.void("paper_service", service_id, reason.strip())
            unit.note("paper", row.paper, row.inspection)
            return Outcome(None, unit.changed)

    def ledger(self, since: dt.date, until: dt.date) -> tuple[tuple[Paper, Service], ...]:
        """Return the services of a span of days by date of service (送达台账), voided ones too."""
        with self._store.db.read() as unit:
            office = registers.office(unit)
            rows = unit.sql("SELECT * FROM paper_service WHERE _deleted = 0 ORDER BY served_at, id")
            found = [service_of(row, office) for row in rows]
            return tuple(
                (stored.get(unit, one.paper), one) for one in found if since <= one.effective_on <= until
            )

    def _served(self, unit: ReadUnit, paper_id: PaperId) -> Paper:
        paper = stored.get(unit, paper_id)
        if paper.state is PaperState.VOID:
            raise Refused("paper.void", title=paper.title, number=paper.number)
        if paper.document is None:
            raise Refused("paper.draft", title=paper.title)
        if not kinds.kind(paper.kind).served:
            raise Refused("service.not_served", title=paper.title)
        return paper

    def _row(self, unit: ReadUnit, service_id: ServiceId) -> _ServiceRow:
        rows = unit.sql("SELECT * FROM paper_service WHERE id = ? AND _deleted = 0 AND _voided IS NULL", (service_id,))
        if not rows:
            raise Refused("service.unknown")
        return _ServiceRow(rows[0].paper, rows[0].inspection, rows[0].receipt)

    def _check_words(
        self,
        how: ServiceMethod,
        words: dict[str, str],
        servers: Sequence[tuple[str, str]],
        *,
        is_recorded: bool,
        consent: bool,
    ) -> None:
        by_hand = how in (ServiceMethod.DIRECT, ServiceMethod.LEFT)
        if by_hand and len({name for name, _ in servers}) < _SERVERS:
            raise Refused("service.servers", least=_SERVERS)
        if how in (ServiceMethod.DIRECT, ServiceMethod.MAIL, ServiceMethod.ELECTRONIC) and not words["receiver"]:
            raise Refused("service.receiver_missing")
        if how is ServiceMethod.LEFT:
            if not words["refused_reason"]:
                raise Refused("service.reason_missing")
            if not words["witness"] and not is_recorded:
                raise Refused("service.witness_missing")
        if words["witness"] and words["witness"] in {name for name, _ in servers}:
            raise Refused("service.witness_serves", name=words["witness"])
        if how is ServiceMethod.ELECTRONIC and not consent:
            raise Refused("service.consent_missing")
        if how in (ServiceMethod.MAIL, ServiceMethod.ANNOUNCED) and not words["tracking"]:
            raise Refused("service.tracking_missing")

