"""Read a paper with everything it is filled from: what the data says, what a person wrote, what would be printed."""

import datetime as dt
from collections.abc import Mapping

from app.core.clock import local, to_ms
from app.core.papers import FieldView, Origin, Paper, PaperId, PaperState, Service, Value
from app.core.places import Office
from app.db.repos import evidence, findings, inspections, plans, registers, tasks
from app.db.repos import papers as stored
from app.db.unit import ReadUnit
from app.services.checklists import Checklists
from app.services.papers import kinds, lists
from app.services.papers.services import service_of
from app.services.papers.sources import Known, value_of
from forms.filling import problems
from forms.papers import Field
from forms.papers import Paper as Kind
from forms.sources import PAPERS_PREFIX

RECEIPT = "service_receipt"
PROBLEMS = {
    "missing": "paper.field_missing",
    "unknown": "paper.field_unknown",
    "wrong_kind": "paper.field_wrong_kind",
    "not_an_option": "paper.field_not_an_option",
    "too_few_rows": "paper.field_too_few_rows",
    "row_width": "paper.field_row_width",
    "not_a_number": "paper.field_not_a_number",
    "not_a_day": "paper.field_not_a_day",
    "not_an_instant": "paper.field_not_an_instant",
    "before_start": "paper.field_before_start",
}


def known(unit: ReadUnit, checklists: Checklists, paper: Paper, now: dt.datetime) -> Known:
    """Return all that a paper can be filled from at this moment."""
    task = tasks.get(unit, paper.task)
    visit = inspections.get(unit, paper.inspection) if paper.inspection else None
    office = registers.office(unit)
    parent = stored.get(unit, paper.parent) if paper.parent else None
    return Known(
        office=office,
        facts=stored.office_facts(unit),
        task=task,
        place=registers.institution(unit, task.institution),
        people=registers.people(unit),
        now=now,
        contents=tuple(checklists.template(one).title for one in task.templates),
        times_this_year=_times(unit, task.institution, visit.id if visit else "", now),
        visit=visit,
        findings=findings.of(unit, visit.id) if visit else (),
        evidence=evidence.of(unit, visit.id) if visit else (),
        issued=_issued(unit, checklists, paper, parent, now),
        own=_own(unit, paper, office, now),
        parent_number=parent.number if parent else "",
        plan=plans.find(unit, task.plan) if task.plan else None,
    )


def fields_of(unit: ReadUnit, paper: Paper, data: Known) -> tuple[FieldView, ...]:
    """Return the fields of a draft as they stand, or those of an issued paper as they are printed."""
    kind = kinds.kind(paper.kind)
    wrote = stored.written(unit, paper.id)
    if paper.document is not None:
        return tuple(_printed(one, wrote.get(one.id)) for one in kind.fields)
    on = local(data.now).date()
    labels = dict(kinds.edition(kind, on, data.office).labels)
    hints = kinds.hints(kind, on, data.office)
    views = [_field(one, wrote, value_of(data, one), labels, hints) for one in kind.fields]
    judged = {one.field: PROBLEMS[one.code] for one in problems(kind, values_of(views))}
    for field, view in zip(kind.fields, views, strict=True):
        if field.ahead and field.id not in judged and _is_over(view, on):
            judged[field.id] = "paper.field_over"
    return tuple(_judged(view, judged.get(view.id, "")) for view in views)


def values_of(fields: tuple[FieldView, ...] | list[FieldView]) -> dict[str, Value]:
    """Return what would be printed, by field."""
    return {one.id: one.value for one in fields if one.value is not None}


def one_problem(kind: Kind, name: str, value: Value) -> str:
    """Return why a value cannot stand in a field at all, or empty; one that is only unfinished can."""
    for one in problems(kind, {name: value}):
        if one.field == name and one.code not in ("missing", "too_few_rows", "before_start"):
            return PROBLEMS[one.code]
    return ""


def _field(
    field: Field,
    wrote: Mapping[str, tuple[Value | None, Value | None]],
    data: Value | None,
    labels: Mapping[str, str],
    hints: Mapping[str, str],
) -> FieldView:
    value, origin, then = data, Origin.DATA if data is not None else Origin.EMPTY, None
    if field.id in wrote:
        value, then = wrote[field.id]
        origin = Origin.PERSON
    return FieldView(
        id=field.id,
        label=labels.get(field.id) or field.label,
        kind=str(field.kind),
        required=field.required,
        value=value,
        origin=origin,
        hint=hints.get(field.id, ""),
        source=field.source,
        options=field.options,
        columns=tuple((one.title, str(one.kind)) for one in field.columns),
        data=data,
        data_then=then,
        is_outdated=origin is Origin.PERSON and data != then and data != value,
    )


def _is_over(called: FieldView, today: dt.date) -> bool:
    """Return whether a notice calls for a day that is over, and not for that of the visit itself."""
    day = _day(called.value)
    return day is not None and day < today and day != _day(called.data)


def _day(instant: Value | None) -> dt.date | None:
    return local(dt.datetime.fromisoformat(instant)).date() if isinstance(instant, str) and instant else None


def _printed(field: Field, kept: tuple[Value | None, Value | None] | None) -> FieldView:
    value, data = kept or (None, None)
    origin = Origin.EMPTY if value in (None, "", ()) else Origin.DATA if value == data else Origin.PERSON
    columns = tuple((one.title, str(one.kind)) for one in field.columns)
    return FieldView(
        field.id, field.label, str(field.kind), field.required, value, origin, options=field.options, columns=columns,
        source=field.source, data_then=data,
    )  # fmt: skip


def _judged(view: FieldView, problem: str) -> FieldView:
    if not problem:
        return view
    return FieldView(**{name: getattr(view, name) for name in view.__slots__} | {"problem": problem})


def _times(unit: ReadUnit, institution: str, but: str, now: dt.datetime) -> int:
    """Return how often the office has been at an institution this year, by the calendar of China."""
    first = local(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    row = unit.sql(
        "SELECT count(*) AS n FROM inspection v JOIN task t ON t.id = v.task WHERE v.institution = ? AND v.id <> ?"
        " AND v.started_at >= ? AND v._deleted = 0 AND t.nature = 'administrative'",
        (institution, but, to_ms(first)),
    )
    return int(row[0].n)


def _issued(
    unit: ReadUnit, checklists: Checklists, paper: Paper, parent: Paper | None, now: dt.datetime
) -> dict[str, Value]:
    """Return the values of the papers issued before in this case, the newest of each kind; the parent's as it stands."""
    found: dict[str, Value] = {}
    sources = (one.source for one in kinds.kind(paper.kind).fields if one.source.startswith(PAPERS_PREFIX))
    asked = {source.split(".")[1] for source in sources}
    for other in stored.of_task(unit, paper.task) if asked else ():
        if other.kind not in asked or other.document is None or other.state is PaperState.VOID or other.issued_at is None:
            continue
        values = {name: value for name, (value, _) in stored.written(unit, other.id).items() if value is not None}
        values |= {"number": other.number, "issued_on": local(other.issued_at).date().isoformat()}
        found |= {f"papers.{other.kind}.{name}": value for name, value in values.items()}
    if parent is not None and parent.document is None and parent.kind in asked:
        drafted = values_of(fields_of(unit, parent, known(unit, checklists, parent, now)))
        found |= {f"papers.{parent.kind}.{name}": value for name, value in drafted.items()}
    return found


def _own(unit: ReadUnit, paper: Paper, office: Office, now: dt.datetime) -> dict[str, Value]:
    """Return what only papers of this kind are filled with."""
    match paper.kind:
        case lists.INDEX:
            return lists.index(unit, paper)
        case lists.LEDGER:
            return lists.ledger(unit, now)
        case kind:
            return _served(unit, paper, office) if kind == RECEIPT else {}


def _served(unit: ReadUnit, paper: Paper, office: Office) -> dict[str, Value]:
    """Return what a receipt (送达回证) says of the paper it is about, and of its service where that was noted."""
    if not paper.about:
        return {}
    about = stored.get(unit, PaperId(paper.about))
    values: dict[str, Value] = {"paper_title": about.title, "paper_number": about.number, "copies": 1}
    rows = unit.sql("SELECT * FROM paper_service WHERE receipt = ? AND _deleted = 0 AND _voided IS NULL", (paper.id,))
    for row in rows:
        values |= receipt_values(service_of(row, office))
    return {name: value for name, value in values.items() if value not in ("", ())}


def receipt_values(service: Service) -> dict[str, Value]:
    """Return what is printed on a receipt of one service."""
    is_proxy = bool(service.relation)
    return {
        "method": kinds.METHODS[service.method],
        "served_at": service.served_at.isoformat(timespec="minutes"),
        "service_place": service.place,
        "proxy": service.receiver if is_proxy else "",
        "proxy_relation": service.relation,
        "refusal": service.refused_reason,
        "witness": service.witness,
        "servers": service.servers,
        "remarks": "；".join(filter(None, (service.tracking, service.note))),
    }
