"""Everything of one inspection that is printed, read in one snapshot."""

import datetime as dt

from app.core.ids import InspectionId
from app.core.readings import versions
from app.db.repos import evidence, findings, inspections, interviews, readings, registers, tasks
from app.db.unit import ReadUnit
from app.services import paper
from app.services.checklists import Checklists


def case_of(unit: ReadUnit, checklists: Checklists, inspection: InspectionId, frozen_at: dt.datetime) -> paper.Case:
    """Return what an inspection says at this moment.

    Raises:
        Refused: `inspection.unknown`, `template.changed`.
    """
    visit = inspections.get(unit, inspection)
    place = registers.institution(unit, visit.institution)
    sheets = []
    for sheet in inspections.sheets(unit, inspection):
        template = checklists.pinned(sheet.ref)
        shown = checklists.visible_at(template, sheet.answers, place)
        sheets.append(paper.Sheet(template, sheet.answers, shown))
    return paper.Case(
        office=registers.office(unit),
        task=tasks.get(unit, visit.task),
        place=place,
        visit=visit,
        people=registers.people(unit),
        sheets=tuple(sheets),
        findings=findings.of(unit, inspection),
        evidence=evidence.of(unit, inspection),
        interviews=interviews.of(unit, inspection),
        frozen_at=frozen_at,
        read=versions(readings.of(unit, inspection)),
    )
