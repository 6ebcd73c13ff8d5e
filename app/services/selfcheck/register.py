"""The office's register of self-checks: who was asked, what came back, what was promised and paid, who was reminded."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from app.core.clock import to_ms, today
from app.core.errors import Refused
from app.core.ids import InstitutionId, SelfCheckId
from app.core.outcome import Outcome
from app.core.self_checks import (
    Hint,
    Promise,
    SelfCheck,
    SelfCheckLine,
    SelfCheckState,
    SelfCheckView,
    promise_state,
)
from app.db.repos import registers
from app.db.repos import self_checks as stored
from app.services.checklists import Checklists
from app.services.papers import kinds
from app.services.selfcheck.form_layout import asked_items
from app.services.selfcheck.listing import write_register
from app.services.selfcheck.storing import pinned_all
from app.services.store import Store
from app.services.written import exported

_CHUNK = 1 << 20


class Register:
    """List, show, remind, note payments, cancel."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists

    def lines(self) -> tuple[SelfCheckLine, ...]:
        """Return the register: who was asked, returned, is overdue, amounts, promises kept; what is due first on top."""
        with self._store.db.read() as unit:
            return stored.lines(unit, today(self._store.now()))

    def view(self, check_id: SelfCheckId) -> SelfCheckView:
        """Return all that is shown of one.

        Raises:
            Refused: `selfcheck.unknown`.
        """
        with self._store.db.read() as unit:
            check = stored.get(unit, check_id)
            return SelfCheckView(
                line=stored.lines(unit, today(self._store.now()), check_id)[0],
                place=registers.institution(unit, check.institution),
                filled=stored.filled(unit, check),
                reminders=stored.reminders(unit, check_id),
                stored=frozenset(stored.stored(unit, check_id)),
            )

    def export_register(self, to: Path, checks: Sequence[SelfCheckId] = ()) -> Outcome[int]:
        """Write the register as a workbook, all of it where none are named; return how many rows.

        Raises:
            Refused: `selfcheck.unknown`.
            Unavailable: `sheet.not_written`.
        """
        views = [self.view(one) for one in checks or [line.check.id for line in self.lines()]]
        templates = {one.id: one for one in self._checklists.all()}
        write_register(to, views, templates, f"{self._store.office.name} 自查自纠情况登记")
        return Outcome(len(views))

    def of_institution(self, institution: InstitutionId) -> tuple[SelfCheckId, ...]:
        """Return the self-checks of an institution, newest first, cancelled ones left out."""
        with self._store.db.read() as unit:
            return stored.of_institution(unit, institution)

    def remind(self, check_id: SelfCheckId, method: str, note: str = "") -> Outcome[SelfCheckView]:
        """Note that an institution was reminded (电话、书面、约谈、通报).

        Raises:
            Refused: `selfcheck.unknown`, `selfcheck.method_missing`.
        """
        if not method.strip():
            raise Refused("selfcheck.method_missing")
        with self._store.db.write() as unit:
            stored.get(unit, check_id)
            unit.append("self_check_reminder", self._store.new_id(), {
                "self_check": check_id, "by": self._store.me, "method": method.strip(), "note": note.strip(),
                "at": to_ms(self._store.now()),
            })  # fmt: skip
            changed = unit.changed
        return Outcome(self.view(check_id), changed)

    def paid(self, check_id: SelfCheckId, promise_id: str, amount_cny: Decimal, on: dt.date) -> Outcome[Promise]:
        """Note how much of a promise was paid in all until a day.

        Raises:
            Refused: `selfcheck.promise_unknown`, `selfcheck.paid_too_much`, `selfcheck.paid_later` for a day to come.
        """
        if on > today(self._store.now()):
            raise Refused("selfcheck.paid_later", day=on.isoformat())
        with self._store.db.write() as unit:
            known = {one.id: (n, one) for n, one in enumerate(stored.promises(unit, check_id))}
            if promise_id not in known:
                raise Refused("selfcheck.promise_unknown")
            position, old = known[promise_id]
            if amount_cny > old.amount_cny:
                raise Refused("selfcheck.paid_too_much", promised=f"{old.amount_cny:,.2f}")
            new = dataclasses.replace(old, paid_cny=amount_cny, paid_on=on)
            unit.put("refund_promise", promise_id, stored.promise_fields(check_id, position, new))
            return Outcome(dataclasses.replace(new, state=promise_state(new)), unit.changed)

    def cancel(self, check_id: SelfCheckId, reason: str) -> Outcome[SelfCheck]:
        """Take a request back that nothing came of; the reason stays.

        Raises:
            Refused: `selfcheck.reason_missing`, `selfcheck.returned_already`.
        """
        if not reason.strip():
            raise Refused("selfcheck.reason_missing")
        with self._store.db.write() as unit:
            check = stored.get(unit, check_id)
            if check.state in (SelfCheckState.RETURNED, SelfCheckState.COMPARED):
                raise Refused("selfcheck.returned_already", day="")
            unit.put("self_check", check_id, {"state": str(SelfCheckState.CANCELLED), "note": reason.strip()})
            return Outcome(stored.get(unit, check_id), unit.changed)

    def neglected(self) -> tuple[Hint, ...]:
        """Return what the rules say of those that refuse or neglect it; a person decides whom they are about."""
        return self._hints(["self_check_neglected"])

    def save_file(self, check_id: SelfCheckId, sha256: str, to: Path) -> Outcome[Path]:
        """Write a file that an institution gave to a place a person chose, and note it in the journal.

        Raises:
            Refused: `selfcheck.file_not_here`, `document.export_failed`.
        """
        with self._store.db.read() as unit:
            name = stored.stored(unit, check_id).get(sha256)
        if name is None:
            raise Refused("selfcheck.file_not_here")
        with exported(to) as part, part.open("wb") as out:
            for chunk in self._store.files.chunks(name, _CHUNK):
                out.write(chunk)
        with self._store.db.write() as unit:
            unit.custody("export", check_id, sha256=sha256)
            return Outcome(to, unit.changed)

    def items_of(self, check: SelfCheck) -> Mapping[tuple[str, str], str]:
        """Return the questions by template and item code, in order."""
        templates = pinned_all(self._checklists, check.templates)
        return {
            (template.id, item.code): item.question
            for ref, template in zip(check.templates, templates, strict=True)
            for item in asked_items(template, ref)
        }

    def _hints(self, codes: Sequence[str]) -> tuple[Hint, ...]:
        on, office = today(self._store.now()), self._store.office
        rules = [kinds.rule(one, on, office) for one in codes]
        return tuple(Hint(one.id, one.text, one.clause, one.source) for one in rules)
