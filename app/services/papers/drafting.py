"""Drafts: made from the data, completed by a person, never overwritten unasked."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Mapping

from app.core.clock import from_ms, to_ms, today
from app.core.errors import Refused
from app.core.ids import TaskId
from app.core.outcome import Outcome
from app.core.papers import Paper, PaperId, PaperState, PaperView, Value
from app.db.repos import documents, inspections, registers, tasks
from app.db.repos import papers as stored
from app.db.unit import ReadUnit, WriteUnit
from app.services.checklists import Checklists
from app.services.document_views import view_of
from app.services.guards import before_issuing
from app.services.papers import kinds, reading
from app.services.papers.services import of_paper
from app.services.papers.sources import Known
from app.services.store import Store

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_THERE = {
    PaperState.DRAFT: "paper.drafted_already", PaperState.ISSUED: "paper.issued_already",
    PaperState.SIGNING: "paper.issued_already", PaperState.SIGNED: "paper.signed_already",
}  # fmt: skip


class Drafting:
    """Make, show, fill and discard drafts."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists

    def of_task(self, task: TaskId) -> tuple[Paper, ...]:
        """Return the papers of a task in the order they were drafted, voided ones too."""
        with self._store.db.read() as unit:
            return stored.of_task(unit, task)

    def get(self, paper_id: PaperId) -> Paper:
        """Return one paper.

        Raises:
            Refused: `paper.unknown`.
        """
        with self._store.db.read() as unit:
            return stored.get(unit, paper_id)

    def view(self, paper_id: PaperId) -> PaperView:
        """Return all that a screen shows of one paper.

        Raises:
            Refused: `paper.unknown`.
        """
        with self._store.db.read() as unit:
            return self._view(unit, stored.get(unit, paper_id))

    def draft(
        self, kind: str, task: TaskId, *, about: PaperId | None = None, is_only: bool = False
    ) -> Outcome[Paper]:
        """Begin a paper of a task, with its companions; its fields show what the data says.

        Args:
            about: The paper that a receipt (送达回证) is for.
            is_only: It is wanted only where there is none of its kind, for whoever does not see what there is.

        Raises:
            Refused: `paper.kind_unknown`, `paper.composed_elsewhere` for a record that is composed from the inspection,
                `paper.companion_alone`, `paper.forbidden` with the reason, `paper.unknown`, `task.unknown`, and
                `paper.drafted_already`, `paper.issued_already`, `paper.signed_already` where one is there.
        """
        wanted = kinds.kind(kind)
        if wanted.record is not None:
            raise Refused("paper.composed_elsewhere", title=wanted.title)
        if wanted.parent:
            raise Refused("paper.companion_alone", title=wanted.title, parent=kinds.kind(wanted.parent).title)
        with self._store.db.write() as unit:
            found = tasks.get(unit, task)
            reason = kinds.forbidden(wanted, kinds.path_of(found))
            if reason:
                raise Refused("paper.forbidden", title=wanted.title, reason=reason)
            if about is not None and stored.get(unit, about).task != task:
                raise Refused("paper.unknown")
            if is_only:
                _refuse_another(stored.of_task(unit, task), kind, about or "")
            made = self._begin(unit, kind, task, None, about)
            for companion in wanted.companions:
                self._begin(unit, companion, task, made.id, None)
            return Outcome(made, unit.changed)

    def fill(self, paper_id: PaperId, values: Mapping[str, Value]) -> Outcome[PaperView]:
        """Write fields by hand; what a person wrote stands until `refill`, whatever the data says later.

        Args:
            values: By field, in the form of its kind; empty for a field that is left blank on purpose.

        Raises:
            Refused: `paper.issued`, `paper.field_unknown` or what makes a value one that cannot stand there;
                `value.control_character`, `value.invalid` for a text that no printer would show.
        """
        with self._store.db.write() as unit:
            paper = self._open(unit, paper_id)
            kind = kinds.kind(paper.kind)
            labels = {one.id: one.label for one in kind.fields}
            shown = {one.id: one for one in reading.fields_of(unit, paper, self._known(unit, paper))}
            for name, given in values.items():
                if name not in labels:
                    raise Refused("paper.field_unknown", field=name[:60])
                value = _clean(given)
                problem = reading.one_problem(kind, name, value)
                if problem:
                    raise _refused(problem, labels[name])
                if shown[name].value == value and shown[name].data in (value, shown[name].data_then):
                    continue  # nothing new: left alone, a field goes on to follow the data
                self._write(unit, paper, name, value, shown[name].data)
            return Outcome(self._view(unit, paper), unit.changed)

    def refill(self, paper_id: PaperId, names: Iterable[str] = ()) -> Outcome[PaperView]:
        """Give fields back to the data: what a person wrote there is taken out, and stays in the journal.

        Args:
            names: Fields; none: those whose data has changed since a person wrote over it.

        Raises:
            Refused: `paper.issued`, `paper.field_unknown`.
        """
        with self._store.db.write() as unit:
            paper = self._open(unit, paper_id)
            shown = {one.id: one for one in reading.fields_of(unit, paper, self._known(unit, paper))}
            chosen = tuple(names) or tuple(one.id for one in shown.values() if one.is_outdated)
            for name in chosen:
                if name not in shown:
                    raise Refused("paper.field_unknown", field=name[:60])
                if unit.current("paper_field", stored.field_id(paper.id, name)) is not None:
                    unit.delete("paper_field", stored.field_id(paper.id, name))
            return Outcome(self._view(unit, paper), unit.changed)

    def discard(self, paper_id: PaperId) -> Outcome[None]:
        """Throw a draft away with its companions; it stays in the journal.

        Raises:
            Refused: `paper.issued`, which is voided instead; `paper.companion_alone`.
        """
        with self._store.db.write() as unit:
            paper = self._open(unit, paper_id)
            if paper.parent:
                raise Refused("paper.companion_alone", title=paper.title, parent=stored.get(unit, paper.parent).title)
            for one in (*stored.companions(unit, paper.id), paper):
                unit.delete("paper", one.id)
            return Outcome(None, unit.changed)

    def office_facts(self) -> Mapping[str, str]:
        """Return what papers print of the office: address, phone, contact, court … (`office.*` of `forms.sources`)."""
        with self._store.db.read() as unit:
            return stored.office_facts(unit)

    def set_office_facts(self, facts: Mapping[str, str]) -> Outcome[Mapping[str, str]]:
        """Change what papers print of the office, for all its laptops; issued papers keep what they say.

        Raises:
            Refused: `paper.office_fact` for one that no paper prints.
        """
        with self._store.db.write() as unit:
            for name, value in facts.items():
                if name not in kinds.office_facts():
                    raise Refused("paper.office_fact", name=name[:60], known="、".join(sorted(kinds.office_facts())))
                unit.put("office_fact", stored.office_fact_id(unit, name), {"name": name, "value": value.strip()})
            return Outcome(stored.office_facts(unit), unit.changed)

    def _missing(self, unit: ReadUnit, paper: Paper) -> list[str]:
        """Return the labels of the fields that stop a draft from being issued."""
        return [one.label for one in reading.fields_of(unit, paper, self._known(unit, paper)) if one.problem]

    def _begin(
        self, unit: WriteUnit, kind: str, task: TaskId, parent: PaperId | None, about: PaperId | None
    ) -> Paper:
        made = Paper(
            id=PaperId(self._store.new_id()),
            kind=kind,
            title=kinds.kind(kind).title,
            task=task,
            state=PaperState.DRAFT,
            drafted_at=from_ms(to_ms(self._store.now())),
            drafted_by=self._store.me,
            inspection=next(iter(inspections.of_task(unit, task)), None),
            parent=parent,
            about=about or "",
        )
        unit.put("paper", made.id, {**stored.fields(made), "drafted_at": to_ms(made.drafted_at)})
        return made

    def _open(self, unit: ReadUnit, paper_id: PaperId) -> Paper:
        paper = stored.get(unit, paper_id)
        if paper.document is not None or paper.state is PaperState.VOID:
            raise Refused("paper.issued", title=paper.title, number=paper.number)
        return self._bound(unit, paper)

    def _bound(self, unit: ReadUnit, paper: Paper) -> Paper:
        """Return a draft with the visit that has begun since."""
        if paper.document is not None or paper.inspection is not None:
            return paper
        return dataclasses.replace(paper, inspection=next(iter(inspections.of_task(unit, paper.task)), None))

    def _known(self, unit: ReadUnit, paper: Paper) -> Known:
        return reading.known(unit, self._checklists, paper, self._store.now())

    def _view(self, unit: ReadUnit, given: Paper) -> PaperView:
        paper = self._bound(unit, stored.get(unit, given.id))
        kind = kinds.kind(paper.kind)
        document = documents.get(unit, paper.document) if paper.document else None
        visit = inspections.get(unit, paper.inspection) if paper.inspection else None
        place = registers.institution(unit, tasks.get(unit, paper.task).institution)
        now, companions = self._store.now(), stored.companions(unit, paper.id)
        return PaperView(
            paper=paper,
            institution_name=place.name,
            is_numbered=bool(kind.number_word),
            is_served=kind.served,
            fields=reading.fields_of(unit, paper, self._known(unit, paper)),
            signers=view_of(unit, document).signers if document else (),
            guards=() if document else before_issuing(unit, self._checklists, paper, visit, now),
            companions=tuple(one.id for one in companions),
            incomplete=tuple(one.id for one in companions if self._missing(unit, self._bound(unit, one))),
            services=of_paper(unit, paper.id),
        )

    def _write(self, unit: WriteUnit, paper: Paper, name: str, value: Value | None, data: Value | None) -> None:
        unit.put("paper_field", stored.field_id(paper.id, name), {
            "inspection": paper.inspection, "paper": paper.id, "name": name, "value": stored.dump(value),
            "data": stored.dump(data),
        })  # fmt: skip


def _refuse_another(papers: Iterable[Paper], kind: str, about: str) -> None:
    """Refuse where papers hold one of a kind that is not void, naming the newest."""
    there = [one for one in papers if (one.kind, one.about) == (kind, about) and one.state is not PaperState.VOID]
    if there:
        newest = there[-1]
        day = today(newest.issued_at or newest.drafted_at).isoformat()
        number = newest.number or newest.interim
        raise Refused(_THERE[newest.state], title=newest.title, number=number, day=day, paper=newest.id)


def _clean(value: Value) -> Value:
    """Return a value as rows keep texts: NFC, newlines as LF; within JSON the store would not see what it refuses elsewhere.

    Raises:
        Refused: `value.control_character`, `value.invalid`.
    """
    if isinstance(value, tuple):
        return tuple(_clean(one) for one in value)  # type: ignore[return-value]
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    found = _CONTROL.search(text)
    if found is not None:
        raise Refused("value.control_character", sign=f"U+{ord(found[0]):04X}")
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Refused("value.invalid", reason="text")
    return text


def _refused(code: str, label: str) -> Refused:
    """Return the refusal of a value; its code is one of `reading.PROBLEMS`."""
    return Refused(code, field=label)
