"""Fill an empty rehearsal office with its cast and three tasks."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from app.core.clock import today
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId, TaskId
from app.core.places import Institution, Person, Role
from app.core.tasks import Nature, TaskKind
from app.services.demo import cast
from app.services.institutions import Institutions
from app.services.office import OfficeService
from app.services.people import People
from app.services.tasks import Tasks


class Rooms(Protocol):
    """The services that furnishing needs."""

    @property
    def office(self) -> OfficeService: ...
    @property
    def institutions(self) -> Institutions: ...
    @property
    def people(self) -> People: ...
    @property
    def tasks(self) -> Tasks: ...


@dataclass(frozen=True, slots=True)
class Furnished:
    """What was made: inspectors in the order of the cast, tasks: pharmacy, hospital, a second pharmacy."""

    inspectors: tuple[PersonId, ...]
    tasks: tuple[TaskId, TaskId, TaskId]


def furnish(services: Rooms, now: dt.datetime) -> Furnished:
    """Make people, institutions and tasks.

    Raises:
        Refused: `demo.real_office` where the office is not for rehearsal: fiction must never mix with real cases.
    """
    if not services.office.get().rehearsal:
        raise Refused("demo.real_office")
    me = services.office.get().me
    people = []
    for number, player in enumerate(cast.PEOPLE):
        person = Person(
            id=me if number == 0 else PersonId(""),
            name=player.name,
            role=Role(player.role),
            licence_no=player.licence_no,
            licence_from=dt.date(2023, 1, 1) if player.licence_no else None,
            licence_to=player.licence_to,
            phone=player.phone,
        )
        people.append(services.people.save(person).value.id)
    places: dict[str, InstitutionId] = {}
    for place in cast.PLACES:
        saved = services.institutions.save(
            Institution(
                id=InstitutionId(""), name=place.name, kind=place.kind, level=place.level, ownership=place.ownership,
                credit_code="", medins_code=place.medins_code, address=place.address, legal_rep=place.head,
                head=place.head, phone=place.phone, rehearsal=True,
            )
        ).value  # fmt: skip
        places[place.name] = saved.id
    names = [place.name for place in cast.PLACES]
    day = today(now)
    basis = "《医疗保障基金使用监督管理条例》第二十二条、第二十七条"
    pharmacy = services.tasks.create(
        title="定点零售药店“四规范”专项检查（演练）",
        nature=Nature.ADMINISTRATIVE,
        kind=TaskKind.RANDOM,
        institution=places[names[0]],
        templates=("SGF",),
        members=people[:2],
        due_on=day,
        basis=basis,
        approval_no="演练审〔2026〕7号",
    ).value
    hospital = services.tasks.create(
        title="三级公立医院“五合理”与集中采购检查（演练）",
        nature=Nature.ADMINISTRATIVE,
        kind=TaskKind.SPECIAL,
        institution=places[names[10]],
        templates=("WHL", "CGH", "CGY", "CGX"),
        members=people[:3],
        due_on=day + dt.timedelta(days=6),
        basis=basis,
        approval_no="演练审〔2026〕8号",
    ).value
    second = services.tasks.create(
        title="投诉举报核查：康宁药房（演练）",
        nature=Nature.ADMINISTRATIVE,
        kind=TaskKind.COMPLAINT,
        institution=places[names[1]],
        templates=("SGF",),
        members=people[1:3],
        due_on=day - dt.timedelta(days=2),
        is_late=True,
        basis=basis,
    ).value
    return Furnished(tuple(people), (pharmacy.id, hospital.id, second.id))
