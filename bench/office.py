"""Offices to measure in: real services over a real store, filled by code with a fixed seed."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from app.bootstrap import Services, open_services
from app.core.clock import now
from app.core.evidence import Link, TargetKind
from app.core.findings import Finding
from app.core.ids import FindingId, InspectionId, PersonId, TaskId
from app.core.inspections import Party
from app.core.tasks import Nature, TaskKind
from app.services.demo import cast
from app.services.demo.furnish import Furnished, furnish
from app.settings.key_slots import Argon2, Costs
from bench.method import SEED

# Opening the vault is slow on purpose and is not what is measured here.
CHEAP = Costs(Argon2(64, 1, 1), Argon2(64, 1, 1))
ENVIRON = {"YANFANG_NO_KEYRING": "1"}
ITEMS, PHOTOS = 300, 50
_NOTES = ("现场核实一致", "查看系统与台账", "店长当场确认", "抽查五份，均有记录", "已告知整改")


@dataclass(frozen=True, slots=True)
class Big:
    """An inspection of `ITEMS` answered items: its task and the items as (template, code)."""

    inspection: InspectionId
    task: TaskId
    items: tuple[tuple[str, str], ...]


def services_at(home: Path) -> Services:
    """Return services of a profile, not opened yet."""
    return open_services(home, environ=ENVIRON, costs=CHEAP)


def new_office(home: Path) -> Services:
    """Make an empty rehearsal office, open."""
    services = services_at(home)
    first = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE,
        first.name,
        first.licence_no,
        cast.SECRET,
        True,
        code=cast.CODE,
        short_name=cast.SHORT_NAME,
    )
    return services


@contextmanager
def office_at(home: Path) -> Iterator[tuple[Services, Furnished]]:
    """Make a furnished rehearsal office and close it at the end."""
    services = new_office(home)
    try:
        yield services, furnish(services, now())
    finally:
        services.close()


def big_inspection(services: Services, people: tuple[PersonId, ...], count: int = ITEMS) -> Big:
    """Make an inspection whose sheets have `count` items or a few more, and answer that many."""
    chance = random.Random(SEED)
    templates, items = [], list[tuple[str, str]]()
    for template in sorted(services.checklists.all(), key=lambda one: (-len(one.items), one.id)):
        templates.append(template.id)
        items += [(template.id, item.code) for item in template.items]
        if len(items) >= count:
            break
    task = _task(services, people, tuple(templates), 10)
    inspection = _start(services, task, people)
    for template_id, code in items[:count]:
        state = chance.choices(("pass", "fail", "na"), (8, 1, 1))[0]
        services.inspections.answer(inspection, template_id, code, state=state, note=chance.choice(_NOTES))
    return Big(inspection, task, tuple(items[:count]))


def add_photos(services: Services, big: Big, contents: Iterator[bytes]) -> None:
    """Take photos in, linked to items spread over the sheets."""
    for number, content in enumerate(contents):
        template, item = big.items[number * 6 % len(big.items)]
        services.evidence.take(
            big.inspection,
            [(f"IMG_{number:04d}.jpg", content)],
            links=[Link(TargetKind.ITEM, f"{template}/{item}")],
            place="营业场所",
        )


def add_findings(services: Services, big: Big, count: int = 10) -> None:
    """Note findings on the dictionary's violations, each with an item and its evidence."""
    numbers = [one.number for one in services.evidence.of(big.inspection)]
    for number, violation in zip(range(count), services.checklists.violations(), strict=False):
        template, item = big.items[number * 6]
        services.findings.save(
            Finding(
                id=FindingId(""), inspection=big.inspection, violation=violation.code, title="",
                facts="现场检查所见，详见检查表及证据。", persons=3, cases=number + 1,
                amount_cny=Decimal(1234 + number), items=(f"{template}/{item}",),
                evidence=tuple(numbers[number : number + 1]),
            )
        )  # fmt: skip


def many_inspections(services: Services, people: tuple[PersonId, ...], count: int, answers: int = 12) -> None:
    """Make `count` pharmacy inspections with some answers each."""
    chance = random.Random(SEED)
    codes = [item.code for item in services.checklists.template("SGF").items]
    for number in range(count):
        task = _task(services, people, ("SGF",), number % 10)
        inspection = _start(services, task, people)
        for code in chance.sample(codes, answers):
            services.inspections.answer(
                inspection, "SGF", code, state=chance.choice(("pass", "pass", "fail", "na"))
            )


def ready_to_sign(services: Services, people: tuple[PersonId, ...]) -> InspectionId:
    """Make a pharmacy inspection that nothing blocks, all items not applicable: a short record."""
    inspection = _start(services, _task(services, people, ("SGF",), 2), people)
    for item in services.checklists.template("SGF").items:
        services.inspections.answer(inspection, "SGF", item.code, state="na", note=_NOTES[0])
    return inspection


def _task(services: Services, people: tuple[PersonId, ...], templates: tuple[str, ...], place: int) -> TaskId:
    places = services.institutions.find(cast.PLACES[place].name)
    return services.tasks.create(
        title="定点医药机构检查（测量）", nature=Nature.ADMINISTRATIVE, kind=TaskKind.RANDOM,
        institution=places[0].id, templates=templates, members=people[:2], approval_no="演练审〔2026〕1号",
    ).value.id  # fmt: skip


def _start(services: Services, task: TaskId, people: tuple[PersonId, ...]) -> InspectionId:
    party = replace(Party(), name="周其真", gender="男", post="店长")
    return services.inspections.start(
        task, inspectors=people[:2], recorder=people[1], place="营业场所", party=party, licence_shown=True,
        recusal_answer="不申请回避。",
    ).value  # fmt: skip
