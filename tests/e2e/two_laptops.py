"""Two offices of one bureau and a real server process between them."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.bootstrap import Services
from app.core.ids import InspectionId, InstitutionId, PersonId
from app.core.inspections import Answer, Party
from app.core.places import Institution, InstitutionKind, Person, Role
from app.services.demo import cast
from tests.unit.services.desks import new_office
from tests.unit.sync.kit import ServerProcess


@dataclass
class Pair:
    """Laptop `a` made the visit, laptop `b` pulled it."""

    a: Services
    b: Services
    server: ServerProcess
    visit: InspectionId
    inspectors: tuple[PersonId, ...]

    def meet(self) -> None:
        """Sync until both have read everything."""
        for one in (self.a, self.b, self.a, self.b):
            report = one.sync.run().value
            assert report.is_complete, report

    def given(self, laptop: Services, item: str) -> Answer:
        return laptop.inspections.view(self.visit).sheets[0].answers.get(item, Answer("SGF", item))

    def assert_equal(self) -> None:
        """Both show the same and both are whole."""
        assert shown(self.a, self.visit) == shown(self.b, self.visit)
        assert [(one.row, one.field, one.other) for one in self.a.sync.conflicts()] == [
            (one.row, one.field, one.other) for one in self.b.sync.conflicts()
        ]
        for laptop in (self.a, self.b):
            checks = laptop.doctor.run()
            assert all(one.ok for one in checks), checks


def shown(laptop: Services, visit: InspectionId) -> Any:
    return (
        laptop.inspections.view(visit),
        laptop.findings.of(visit),
        [(one.id, one.number, one.caption, one.links, one.voided_reason, one.sha256) for one in laptop.evidence.of(visit)],
        laptop.interviews.of(visit),
        laptop.documents.of(visit),
    )


def pharmacy_visit(laptop: Services) -> tuple[tuple[PersonId, ...], InspectionId]:
    """Begin the visit of a pharmacy; return its two inspectors too."""
    people = tuple(
        laptop.people.save(Person(PersonId(""), who.name, Role.INSPECTOR, who.licence_no)).value.id for who in cast.PEOPLE[:2]
    )
    place = laptop.institutions.save(Institution(InstitutionId(""), "青禾区百草堂大药房（演练）", InstitutionKind.PHARMACY)).value
    task = laptop.tasks.create(
        title="专项检查（演练）", nature="administrative", kind="random", institution=place.id, templates=["SGF"], members=people
    ).value
    visit = laptop.inspections.start(
        task.id, inspectors=people, recorder=people[1], place="店内",
        party=Party("周其真", "男", "", "店长"), licence_shown=True, recusal_answer="不申请回避。",
    ).value  # fmt: skip
    return people, visit


@contextmanager
def two_laptops(server: ServerProcess, folder: Path) -> Iterator[Pair]:
    """Open two laptops of a bureau that nobody else on this server belongs to."""
    bureau = uuid.uuid4().hex[:12]
    a, b = new_office(folder / "a", code=bureau), new_office(folder / "b", player=1, code=bureau)
    try:
        people, visit = pharmacy_visit(a)
        for laptop in (a, b):
            laptop.sync.enrol(server.url, server.code(f"s:{bureau}"))
        pair = Pair(a, b, server, visit, people)
        pair.meet()
        yield pair
    finally:
        pair.a.close()
        pair.b.close()
