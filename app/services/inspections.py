"""A visit from its start to its close: answers saved as they are given, never lost, never blocked."""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.core.clock import to_ms, today
from app.core.documents import DocumentKind, DocumentState
from app.core.errors import Refused
from app.core.ids import InspectionId, PersonId, RowId, TaskId, derived_id
from app.core.inspections import (
    KEEP,
    Answer,
    Blocker,
    Inspection,
    InspectionState,
    InspectionView,
    Keep,
    Party,
)
from app.core.money import from_fen
from app.core.outcome import Outcome
from app.core.tasks import TaskState
from app.core.visits import check_inspectors, keep_third_parties_out
from app.db.repos import conflicts, documents, findings, inspections, interviews, registers, tasks, undo
from app.db.repos.task_views import recused
from app.db.repos.values import fen, packed
from app.db.unit import ReadUnit
from app.services.checklists import Checklists
from app.services.guards import as_blockers, before_signing
from app.services.store import Store
from sync.protocol.lines import Scalar

_DETAILS = frozenset(
    {"place", "party", "witness", "licence_shown", "recusal_answer", "party_opinion", "situation"}
)
_STATES = frozenset({"open", "pass", "fail", "na"})


class Inspections:
    """Start, answer, undo, check and close inspections."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists

    def start(
        self,
        task_id: TaskId,
        *,
        inspectors: Sequence[PersonId],
        recorder: PersonId,
        place: str,
        party: Party | None = None,
        licence_shown: bool = False,
        recusal_answer: str = "",
    ) -> Outcome[InspectionId]:
        """Begin a visit now and pin the task's checklists to it.

        Raises:
            Refused: `inspection.two_inspectors`, `inspection.licence_invalid`, `inspection.running`,
                `task.closed`, `task.recused`, `task.unknown`, `person.unknown`, `person.third_party`, `template.unknown`.
        """
        now = self._store.minute()
        with self._store.db.write() as unit:
            task = tasks.get(unit, task_id)
            if task.state in (TaskState.CLOSED, TaskState.CANCELLED):
                raise Refused("task.closed", number=task.number)
            if inspections.of_task(unit, task_id):
                raise Refused("inspection.running", number=task.number)
            people = registers.people(unit)
            check_inspectors(inspectors, people, today(now))
            gone = recused(unit, task_id)
            for one in (*inspectors, recorder):
                if one in gone:
                    raise Refused("task.recused", name=people[one].name)
            if recorder not in people:
                raise Refused("person.unknown")
            keep_third_parties_out((recorder,), people)
            visit = Inspection(
                id=InspectionId(self._store.new_id()),
                task=task_id,
                institution=task.institution,
                inspectors=tuple(dict.fromkeys(inspectors)),
                recorder=recorder,
                started_at=now,
                place=place.strip() or registers.institution(unit, task.institution).address,
                party=party or Party(),
                licence_shown=licence_shown,
                recusal_answer=recusal_answer.strip(),
            )
            unit.put("inspection", visit.id, inspections.fields(visit))
            for position, template_id in enumerate(task.templates):
                template = self._checklists.template(template_id)
                unit.put(
                    "sheet",
                    derived_id(visit.id, template.id),
                    {
                        "inspection": visit.id,
                        "template": template.id,
                        "version": template.version,
                        "digest": template.digest,
                        "position": position,
                    },
                )
            unit.put("task", task_id, {"state": str(TaskState.IN_PROGRESS)})
            return Outcome(visit.id, unit.changed)

    def of_task(self, task_id: TaskId) -> tuple[InspectionId, ...]:
        """Return the visits of a task, newest first."""
        with self._store.db.read() as unit:
            return inspections.of_task(unit, task_id)

    def view(self, inspection_id: InspectionId) -> InspectionView:
        """Return all that the inspection screen shows, in one snapshot.

        Raises:
            Refused: `inspection.unknown`.
        """
        with self._store.db.read() as unit:
            visit = inspections.get(unit, inspection_id)
            task = tasks.get(unit, visit.task)
            place = registers.institution(unit, visit.institution)
            counts = inspections.counts(unit, inspection_id)
            return InspectionView(
                inspection=visit,
                state=state_of(unit, visit, task.state),
                task_number=task.number,
                task_title=task.title,
                institution_name=place.name,
                institution_kind=str(place.kind),
                institution_address=place.address,
                rehearsal=place.rehearsal or registers.office(unit).rehearsal,
                people=registers.people_names(unit),
                sheets=inspections.sheets(unit, inspection_id),
                evidence_count=counts.evidence,
                finding_count=counts.findings,
                interview_count=counts.interviews,
                amount_cny=from_fen(counts.fen),
            )

    def set_details(self, inspection_id: InspectionId, **details: Any) -> Outcome[Inspection]:
        """Change place, party, witness, notices or the party's opinion.

        Raises:
            Refused: `record.locked` once somebody has signed.
        """
        unknown = details.keys() - _DETAILS
        if unknown:
            raise TypeError(f"unknown details: {sorted(unknown)}")
        with self._store.db.write() as unit:
            visit = dataclasses.replace(inspections.get(unit, inspection_id), **details)
            fields = inspections.fields(visit)
            unit.put("inspection", inspection_id, {name: fields[name] for name in details})
            return Outcome(visit, unit.changed)

    def answer(
        self,
        inspection_id: InspectionId,
        template: str,
        item: str,
        *,
        state: str | Keep = KEEP,
        value: str | Keep | None = KEEP,
        count: int | Keep | None = KEEP,
        amount_cny: Decimal | Keep | None = KEEP,
        detail: str | Keep = KEEP,
        note: str | Keep = KEEP,
    ) -> Outcome[Answer]:
        """Save what was given for one item; fields left at KEEP stay.

        Raises:
            Refused: `record.locked`, `item.unknown`, `answer.state`, `answer.count`, `money.invalid`.
        """
        fields: dict[str, Scalar] = {}
        if not isinstance(state, Keep):
            if state not in _STATES:
                raise Refused("answer.state", state=state)
            fields["state"] = state
        if not isinstance(value, Keep):
            fields["value"] = value or None
        if not isinstance(count, Keep):
            if count is not None and not 0 <= count <= 10**9:
                raise Refused("answer.count", count=count)
            fields["count"] = count
        if not isinstance(amount_cny, Keep):
            fields["amount_fen"] = fen(amount_cny)
        if not isinstance(detail, Keep):
            fields["detail"] = detail
        if not isinstance(note, Keep):
            fields["note"] = note
        with self._store.db.write() as unit:
            self._must_have_item(unit, inspection_id, template, item)
            inspections.must_be_unsigned(unit, inspection_id, "answer")
            row = derived_id(inspection_id, template, item)
            if self._differs(unit.current("answer", row), fields):
                place = {"inspection": inspection_id, "template": template, "item": item}
                stamp: dict[str, Scalar] = {"answered_at": to_ms(self._store.now()), "answered_by": self._store.me}
                unit.put("answer", row, {**place, **fields}, stamp)
            return Outcome(inspections.answer(unit, inspection_id, template, item), unit.changed)

    def put_row(
        self,
        inspection_id: InspectionId,
        template: str,
        item: str,
        cells: Mapping[str, str],
        row: RowId | None = None,
    ) -> Outcome[Answer]:
        """Add (no `row`) or replace a detail row of a ROWS item; empty cells are left out.

        Raises:
            Refused: `record.locked`, `item.unknown`, `row.unknown`, `row.unknown_column`.
        """
        with self._store.db.write() as unit:
            columns = {column.name for column in self._must_have_item(unit, inspection_id, template, item)}
            inspections.must_be_unsigned(unit, inspection_id, "answer_row")
            unknown = cells.keys() - columns
            if unknown:
                raise Refused("row.unknown_column", column=sorted(unknown)[0])
            row_id = row or RowId(self._store.new_id())
            before = unit.current("answer_row", row_id)
            place = {"inspection": inspection_id, "template": template, "item": item}
            if row is not None and (before is None or any(before[name] != here for name, here in place.items())):
                raise Refused("row.unknown")
            fields: dict[str, Scalar] = {
                **place,
                "cells": packed({name: text for name, text in cells.items() if text}),
            }
            if before is None:
                last = unit.sql(
                    "SELECT coalesce(max(position), 0) AS n FROM answer_row WHERE inspection = ? AND template = ?"
                    " AND item = ?",
                    (inspection_id, template, item),
                )
                fields["position"] = last[0].n + 1
            unit.put("answer_row", row_id, fields)
            return Outcome(inspections.answer(unit, inspection_id, template, item), unit.changed)

    def remove_row(self, inspection_id: InspectionId, row: RowId) -> Outcome[Answer]:
        """Take a detail row out; it stays in the journal.

        Raises:
            Refused: `record.locked`, `row.unknown`.
        """
        with self._store.db.write() as unit:
            before = unit.current("answer_row", row)
            if before is None or before["inspection"] != inspection_id:
                raise Refused("row.unknown")
            unit.delete("answer_row", row)
            return Outcome(
                inspections.answer(unit, inspection_id, before["template"], before["item"]), unit.changed
            )

    def undo(self, inspection_id: InspectionId) -> Outcome[Answer | None]:
        """Take back the last answer given on this laptop, as a new visible change; None where there is nothing left.

        Raises:
            Refused: `record.locked`.
        """
        with self._store.db.write() as unit:
            step = undo.last_step(unit, inspection_id)
            if step is None:
                return Outcome(None)
            inspections.must_be_unsigned(unit, inspection_id, "answer")
            undo.take_back(unit, step)
            return Outcome(inspections.answer(unit, inspection_id, step.template, step.item), unit.changed)

    def blockers(self, inspection_id: InspectionId) -> tuple[Blocker, ...]:
        """Return everything that stops signing, and what is worth a warning before it; blocks first."""
        with self._store.db.read() as unit:
            found = [*self._form_blockers(unit, inspection_id), *self._sheet_blockers(unit, inspection_id)]
            told = {one.code for one in found}
            held = before_signing(unit, self._checklists, inspection_id, "record", self._store.now())
            found += [one for one in as_blockers(held) if one.code not in told]
        order = {"block": 0, "warn": 1, "note": 2}
        return tuple(sorted(found, key=lambda one: order[one.severity]))

    def close(self, inspection_id: InspectionId) -> Outcome[Inspection]:
        """Close the visit and its task after all have signed.

        Raises:
            Refused: `inspection.unsigned`, `task.closed`.
        """
        with self._store.db.write() as unit:
            visit = inspections.get(unit, inspection_id)
            task = tasks.get(unit, visit.task)
            if task.state is TaskState.CLOSED:
                raise Refused("task.closed", number=task.number)
            if state_of(unit, visit, task.state) is not InspectionState.SIGNED:
                raise Refused("inspection.unsigned")
            closed_at = to_ms(self._store.now())
            unit.put("task", visit.task, {"state": str(TaskState.CLOSED), "closed_at": closed_at})
            return Outcome(inspections.get(unit, inspection_id), unit.changed)

    def _form_blockers(self, unit: ReadUnit, inspection_id: InspectionId) -> list[Blocker]:
        visit = inspections.get(unit, inspection_id)
        found = []
        for missing, code, severity in (
            (not visit.licence_shown, "licence_not_shown", "block"),
            (not visit.party.name, "party_missing", "block"),
            (not visit.place, "place_missing", "block"),
            (not visit.recusal_answer, "recusal_unanswered", "warn"),
            (not visit.party_opinion, "party_opinion_missing", "warn"),
            (not tasks.get(unit, visit.task).approval_no, "approval_missing", "warn"),
        ):
            if missing:
                found.append(Blocker(severity, code, "form"))
        done = (DocumentState.SIGNED, DocumentState.AMENDED)
        signed = {one.interview for one in documents.of(unit, inspection_id) if one.state in done}
        for interview in interviews.of(unit, inspection_id):
            if interview.ended_at is None:
                found.append(Blocker("block", "interview_running", "form", params={"name": interview.subject.name}))
            elif interview.id not in signed:
                found.append(Blocker("block", "interview_unsigned", "form", params={"name": interview.subject.name}))
        open_conflicts = conflicts.count_in(unit, inspection_id)
        if open_conflicts:
            found.append(Blocker("block", "conflict_open", "form", params={"count": open_conflicts}))
        for finding in findings.of(unit, inspection_id):
            if not finding.evidence:
                found.append(
                    Blocker("block", "finding_without_evidence", "form", params={"title": finding.title})
                )
            if not finding.facts.strip():
                found.append(Blocker("block", "finding_without_facts", "form", params={"title": finding.title}))
        return found

    def _sheet_blockers(self, unit: ReadUnit, inspection_id: InspectionId) -> list[Blocker]:
        place = registers.institution(unit, inspections.get(unit, inspection_id).institution)
        found = []
        for sheet in inspections.sheets(unit, inspection_id):
            template = self._checklists.pinned(sheet.ref)
            for problem in self._checklists.problems_at(template, sheet.answers, place):
                found.append(
                    Blocker(
                        str(problem.severity), problem.code, "template", template.id, problem.item, problem.message
                    )
                )
            shown = self._checklists.visible_at(template, sheet.answers, place)
            untouched = [
                code for code in shown if sheet.answers.get(code, Answer(template.id, code)).state == "open"
            ]
            if untouched:
                found.append(
                    Blocker(
                        "warn", "items_open", "form", template.id, sorted(untouched)[0],
                        params={"count": len(untouched), "sheet": template.title},
                    )
                )  # fmt: skip
        return found

    def _must_have_item(self, unit: ReadUnit, inspection_id: InspectionId, template: str, item: str) -> Any:
        rows = unit.sql(
            "SELECT version FROM sheet WHERE id = ? AND _deleted = 0", (derived_id(inspection_id, template),)
        )
        if not rows:
            raise Refused("item.unknown", item=item)
        try:
            return self._checklists.template(template, rows[0].version).item(item).columns
        except KeyError as error:
            raise Refused("item.unknown", item=item) from error

    def _differs(self, before: Mapping[str, Any] | None, fields: Mapping[str, Scalar]) -> bool:
        old = before or {"state": "open", "detail": "", "note": ""}
        return any((old.get(name) or None) != (value or None) for name, value in fields.items())


def state_of(unit: ReadUnit, visit: Inspection, task_state: TaskState) -> InspectionState:
    """Return where a visit stands, from its newest record."""
    if task_state is TaskState.CLOSED:
        return InspectionState.CLOSED
    records = [one for one in documents.of(unit, visit.id) if one.kind is DocumentKind.RECORD]
    if not records:
        return InspectionState.OPEN
    return {
        DocumentState.FROZEN: InspectionState.FROZEN,
        DocumentState.SIGNING: InspectionState.SIGNING,
        DocumentState.SIGNED: InspectionState.SIGNED,
        DocumentState.AMENDED: InspectionState.SIGNED,
    }[records[-1].state]
