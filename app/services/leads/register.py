"""The register of leads (举报线索台账): numbered, due by the law's days, checked, answered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.core.clock import local, to_ms, today
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId
from app.core.leads import OPEN, STEPS, Channel, Decision, Lead, LeadId, LeadLine, LeadState, Reporter
from app.core.naming import near_key
from app.core.outcome import Outcome
from app.core.papers import INTERIM
from app.core.tasks import Nature, Task, TaskKind
from app.core.workdays import Deadline
from app.db.repos import leads, registers
from app.db.unit import ReadUnit, WriteUnit
from app.services.leads.wall import ReporterWall, check_apart
from app.services.papers import law, number_pool
from app.services.store import Store
from app.services.tasks import Tasks
from sync.protocol.lines import Scalar

_CHECK, _LONGER, _ANSWER = "lead_check", "lead_check_longer", "reporter_reply"
_ANSWERED_FROM = (LeadState.CHECKED, LeadState.CLOSED, LeadState.REJECTED, LeadState.TRANSFERRED)
_MOST_ALIKE = 10


class Leads:
    """Register leads, take them through their states, make tasks of them."""

    def __init__(self, store: Store, tasks: Tasks, wall: ReporterWall) -> None:
        self._store, self._tasks, self.wall = store, tasks, wall

    def lines(self, state: str | None = None, text: str = "") -> tuple[LeadLine, ...]:
        """Return leads, open ones first by what is due, then the newest.

        Args:
            text: Part of number, content, institution or outcome. The reporter is never searched.
        """
        with self._store.db.read() as unit:
            found = self._lines(unit, leads.every(unit))
        wanted = text.strip()
        kept = [
            line for line in found
            if (state is None or line.lead.state == state)
            and (not wanted or wanted in "\n".join((
                line.lead.number, line.lead.content, line.lead.named, line.institution_name, line.lead.outcome,
            )))
        ]  # fmt: skip
        far = 10**6
        return tuple(
            sorted(kept, key=lambda one: (one.lead.state not in OPEN, far if one.days_left is None else one.days_left))
        )

    def line(self, lead_id: LeadId) -> LeadLine:
        """Return one lead with what is due.

        Raises:
            Refused: `lead.unknown`.
        """
        with self._store.db.read() as unit:
            (line,) = self._lines(unit, (leads.get(unit, lead_id),))
            about = _about(line.lead, line.institution_name)
            alike = [one.number for one in leads.every(unit) if one.id != lead_id and about & _about(one)]
            return replace(line, alike=tuple(alike[:_MOST_ALIKE]))

    def find(self, text: str) -> LeadId:
        """Return the one lead whose id or number this is.

        Raises:
            Refused: `lead.unknown`.
        """
        with self._store.db.read() as unit:
            found = [one.id for one in leads.every(unit) if text and text in (one.id, one.number, one.interim)]
        if len(found) != 1:
            raise Refused("lead.unknown")
        return found[0]

    def add(
        self,
        *,
        channel: Channel | str,
        content: str,
        named: str = "",
        institution: InstitutionId | None = None,
        received_on: dt.date | None = None,
        amount_cny: Decimal | None = None,
        handler: PersonId | None = None,
        reporter: Reporter | None = None,
    ) -> Outcome[LeadId]:
        """Register a lead; who reported it is sealed in the same transaction.

        Args:
            named: What the reported institution was called; its name on record where empty.
            reporter: None or empty for an anonymous lead.

        Raises:
            Refused: `lead.content_missing`, `lead.institution_missing`, `lead.received_later` for a day to come,
                `lead.reporter_in_content`, `lead.no_keeper`, `institution.unknown`, `person.unknown`.
        """
        day = today(self._store.now())
        received = received_on or day
        if not content.strip():
            raise Refused("lead.content_missing")
        if institution is None and not named.strip():
            raise Refused("lead.institution_missing")
        if received > day:
            raise Refused("lead.received_later", day=received.isoformat())
        given = reporter if reporter is not None and not reporter.is_empty else None
        if given:
            check_apart(given, content, named)
        with self._store.db.write() as unit:
            name = registers.institution(unit, institution).name if institution else ""
            if handler is not None:
                registers.person(unit, handler)
            lead = Lead(
                id=LeadId(self._store.new_id()), number="", received_on=received, channel=Channel(channel),
                institution=institution, named=named.strip() or name, content=content.strip(), amount_cny=amount_cny,
                is_real_name=bool(given and given.name.strip()), received_by=self._store.me, handler=handler,
            )  # fmt: skip
            due = self._check_due(unit, lead)
            numbered = self._number(unit, local(self._store.now()).year)
            unit.put("lead", lead.id, leads.fields(replace(lead, due_on=due.due)) | numbered)
            if given:
                self.wall.seal(unit, lead.id, given)
            return Outcome(lead.id, unit.changed)

    def edit(
        self, lead_id: LeadId, *, content: str, named: str = "", institution: InstitutionId | None = None,
        amount_cny: Decimal | None = None,
    ) -> Outcome[Lead]:  # fmt: skip
        """Correct what a lead says while it is open; what stood before stays in the journal.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `lead.content_missing`, `lead.institution_missing`.
        """
        if not content.strip():
            raise Refused("lead.content_missing")
        with self._store.db.write() as unit:
            lead = _open(unit, lead_id)
            name = registers.institution(unit, institution).name if institution else ""
            if not (named.strip() or name):
                raise Refused("lead.institution_missing")
            return self._put(unit, replace(
                lead, content=content.strip(), named=named.strip() or name, institution=institution, amount_cny=amount_cny
            ))  # fmt: skip

    def accept(self, lead_id: LeadId, handler: PersonId | None = None) -> Outcome[Lead]:
        """Take a lead on (受理) and say who handles it.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `person.unknown`.
        """
        with self._store.db.write() as unit:
            return self._accept(unit, lead_id, handler)

    def reject(self, lead_id: LeadId, reason: str) -> Outcome[Lead]:
        """Do not take a lead on (不予受理), with the reason.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `lead.reason_missing`.
        """
        with self._store.db.write() as unit:
            lead = _step(unit, lead_id, LeadState.REJECTED)
            day = today(self._store.now())
            return self._put(unit, replace(
                lead, reason=_needed(reason), decided_on=day, decision=Decision.NOT_FILED, closed_on=day
            ))  # fmt: skip

    def extend(self, lead_id: LeadId, reason: str) -> Outcome[Lead]:
        """Give the check its second period, once and with the approval named.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `lead.reason_missing`, `lead.extended_already`.
        """
        with self._store.db.write() as unit:
            lead = _open(unit, lead_id)
            if lead.extended:
                raise Refused("lead.extended_already", number=lead.number)
            lead = replace(lead, extended=_needed(reason))
            return self._put(unit, replace(lead, due_on=self._check_due(unit, lead).due))

    def checked(
        self, lead_id: LeadId, outcome: str, decision: Decision | str, decided_on: dt.date | None = None
    ) -> Outcome[Lead]:
        """Note what the check found and whether a case is filed; from that day the reporter's answer is due.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `lead.outcome_missing`, `lead.received_later`.
        """
        if not outcome.strip():
            raise Refused("lead.outcome_missing")
        day = today(self._store.now())
        if decided_on is not None and decided_on > day:
            raise Refused("lead.received_later", day=decided_on.isoformat())
        with self._store.db.write() as unit:
            lead = _step(unit, lead_id, LeadState.CHECKED)
            return self._put(unit, replace(
                lead, outcome=outcome.strip(), decision=Decision(decision), decided_on=decided_on or day
            ))  # fmt: skip

    def reply(self, lead_id: LeadId, words: str, on: dt.date | None = None) -> Outcome[Lead]:
        """Note how the reporter was told of the decision; without the reporter's name.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `lead.reply_missing`, `lead.received_later`.
        """
        if not words.strip():
            raise Refused("lead.reply_missing")
        day = today(self._store.now())
        if on is not None and on > day:
            raise Refused("lead.received_later", day=on.isoformat())
        with self._store.db.write() as unit:
            lead = leads.get(unit, lead_id)
            if lead.state not in _ANSWERED_FROM:
                raise Refused("lead.step", number=lead.number)
            return self._put(unit, replace(lead, reply=words.strip(), replied_on=on or day))

    def close(self, lead_id: LeadId, *, unanswered: str = "") -> Outcome[Lead]:
        """Close a lead (办结).

        Args:
            unanswered: Why somebody who gave his name was not told.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `lead.unanswered`.
        """
        with self._store.db.write() as unit:
            lead = _step(unit, lead_id, LeadState.CLOSED)
            if lead.is_real_name and lead.replied_on is None and not unanswered.strip():
                raise Refused("lead.unanswered", number=lead.number)
            return self._put(unit, replace(
                lead, reason=unanswered.strip() or lead.reason, closed_on=today(self._store.now())
            ))  # fmt: skip

    def transfer(self, lead_id: LeadId, to: str, reason: str) -> Outcome[Lead]:
        """Give a lead to whoever is competent (移送); the reporter's sealed text stays here.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `lead.transfer_missing`, `lead.reason_missing`.
        """
        if not to.strip():
            raise Refused("lead.transfer_missing")
        with self._store.db.write() as unit:
            lead = _step(unit, lead_id, LeadState.TRANSFERRED)
            return self._put(unit, replace(
                lead, transfer=to.strip(), reason=_needed(reason), closed_on=today(self._store.now())
            ))  # fmt: skip

    def task(
        self,
        lead_id: LeadId,
        *,
        templates: Sequence[str],
        members: Sequence[PersonId],
        title: str = "",
        nature: Nature | str = Nature.ADMINISTRATIVE,
        due_on: dt.date | None = None,
        known: Sequence[tuple[str, str]] = (),
        basis: str = "",
        **more: Any,
    ) -> Outcome[Task]:
        """Make the task that checks a lead; it knows what was reported, and nothing of who reported it.

        A lead that was only registered is accepted with it.

        Args:
            known: What the lead says where empty.
            more: What else `Tasks.create` takes.

        Raises:
            Refused: `lead.unknown`, `lead.step`, `lead.institution_unknown` where the institution is on no register, and
                what `Tasks.create` refuses.
        """
        with self._store.db.read() as unit:
            lead = _open(unit, lead_id)
            if lead.state is LeadState.CHECKED:
                raise Refused("lead.step", number=lead.number)
        if lead.institution is None:
            raise Refused("lead.institution_unknown", name=lead.named)

        def accept(unit: WriteUnit) -> None:
            if _open(unit, lead_id).state is LeadState.REGISTERED:
                self._accept(unit, lead_id)

        return self._tasks.create(
            title=title.strip() or f"{lead.named}举报线索核查", nature=nature, kind=TaskKind.COMPLAINT,
            institution=lead.institution, templates=templates, members=members, due_on=due_on or lead.due_on,
            lead=lead.id, basis=basis or f"举报线索{lead.number}", known=known or ((lead.content, lead.number),),
            is_late=due_on in (None, lead.due_on), beside=accept, **more,
        )  # fmt: skip

    def assign_number(self, lead_id: LeadId) -> Outcome[Lead]:
        """Give a lead with a provisional number its final one.

        Raises:
            Refused: `lead.unknown`, `number.not_provisional`, `number.none_left`.
        """
        with self._store.db.write() as unit:
            lead = leads.get(unit, lead_id)
            if not lead.number.startswith(INTERIM):
                raise Refused("number.not_provisional", number=lead.number)
            numbered = self._number(unit, lead.received_on.year)
            if str(numbered["number"]).startswith(INTERIM):
                raise Refused("number.none_left", title=lead.named)
            unit.put("lead", lead_id, numbered | {"interim": lead.number})
            return Outcome(leads.get(unit, lead_id), unit.changed)

    def _accept(self, unit: WriteUnit, lead_id: LeadId, handler: PersonId | None = None) -> Outcome[Lead]:
        lead = _step(unit, lead_id, LeadState.ACCEPTED)
        chosen = handler or lead.handler or self._store.me
        registers.person(unit, chosen)
        return self._put(unit, replace(lead, handler=chosen))

    def _put(self, unit: WriteUnit, lead: Lead) -> Outcome[Lead]:
        unit.put("lead", lead.id, leads.fields(lead))
        return Outcome(leads.get(unit, lead.id), unit.changed)

    def _lines(self, unit: ReadUnit, found: Sequence[Lead]) -> list[LeadLine]:
        people, of_lead = registers.people(unit), leads.tasks_of(unit)
        sealed, looks = leads.counts(unit)
        day, lines = today(self._store.now()), []
        for lead in found:
            check = self._check_due(unit, lead) if lead.state in (LeadState.REGISTERED, LeadState.ACCEPTED) else None
            answer = self._answer_due(unit, lead)
            due = [one.due for one in (check, answer) if one is not None]
            pairs = of_lead.get(lead.id, ())
            lines.append(
                LeadLine(
                    lead, registers.institution(unit, lead.institution).name if lead.institution else lead.named,
                    people[lead.handler].name if lead.handler in people else "", check, answer,
                    (min(due) - day).days if due else None, tuple(one for one, _ in pairs),
                    tuple(number for _, number in pairs), sealed.get(lead.id, 0), looks.get(lead.id, 0),
                )
            )  # fmt: skip
        return lines

    def _check_due(self, unit: ReadUnit, lead: Lead) -> Deadline:
        office = registers.office(unit)
        due = law.period(_CHECK, lead.received_on, office)
        return law.period(_LONGER, due.due, office) if lead.extended else due

    def _answer_due(self, unit: ReadUnit, lead: Lead) -> Deadline | None:
        if not lead.is_real_name or lead.decided_on is None or lead.replied_on is not None:
            return None
        return law.period(_ANSWER, lead.decided_on, registers.office(unit))

    def _number(self, unit: WriteUnit, year: int) -> dict[str, Scalar]:
        picked = number_pool.take_next(unit, number_pool.LEAD_WORD, year, to_ms(self._store.now()))
        if picked is not None:
            return {"number": picked.printed, "series": picked.series, "year": year, "serial": picked.serial}
        number = number_pool.provisional_of(unit, "lead", number_pool.LEAD_WORD)
        return {"number": number, "interim": number}


def _about(lead: Lead, name: str = "") -> frozenset[str]:
    """Return what tells whom a lead is about: the institution on record, and its names in whatever spelling."""
    return frozenset(filter(None, (lead.institution, near_key(lead.named), near_key(name))))


def _open(unit: ReadUnit, lead_id: LeadId) -> Lead:
    lead = leads.get(unit, lead_id)
    if lead.state not in OPEN:
        raise Refused("lead.step", number=lead.number)
    return lead


def _step(unit: ReadUnit, lead_id: LeadId, state: LeadState) -> Lead:
    lead = leads.get(unit, lead_id)
    if state not in STEPS[lead.state]:
        raise Refused("lead.step", number=lead.number)
    return replace(lead, state=state)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refused("lead.reason_missing")
    return reason.strip()
