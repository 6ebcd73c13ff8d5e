"""Offices in a known state, made once and copied for each test: a fresh one takes seconds, a copy some milliseconds."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.bootstrap import Services, open_services
from app.core.clock import now, today
from app.core.documents import DocumentKind, SignerRole
from app.core.ids import DocumentId, InspectionId, PersonId, TaskId
from app.services.demo import cast
from app.services.demo.furnish import furnish
from app.services.demo.play import check, findings, handwriting, interview, sign_all
from app.settings.key_slots import Argon2, Costs

CHEAP = Costs(pin=Argon2(64, 1, 1), passphrase=Argon2(64, 1, 1))
SURROUNDINGS = {"YANFANG_NO_KEYRING": "1"}
YEAR = today(now()).year  # numbers are counted by the year, and servers know only the machine's own clock
STATES = ("office", "visit", "ready", "frozen", "signed")
HAND = handwriting("周其真")


@dataclass(frozen=True, slots=True)
class Desk:
    """An open office with one visit; `record` is its newest record, None before one is frozen."""

    home: Path
    services: Services
    inspectors: tuple[PersonId, ...]
    tasks: tuple[TaskId, ...]
    inspection: InspectionId
    interview: DocumentId | None = None
    record: DocumentId | None = None


def open_home(home: Path, clock: Callable[[], Any] = now) -> Services:
    return open_services(home, environ=SURROUNDINGS, clock=clock, costs=CHEAP)


def new_office(home: Path, clock: Callable[[], Any] = now, player: int = 0, code: str = cast.CODE) -> Services:
    services = open_home(home, clock)
    who = cast.PEOPLE[player]
    services.vault.setup(
        cast.OFFICE, who.name, who.licence_no, cast.SECRET, True, code=code, short_name=cast.SHORT_NAME
    )
    return services


class Templates:
    """Homes as each state left them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, dict[str, Any]] = {}

    def copy(self, state: str, to: Path, clock: Callable[[], Any] = now) -> Desk:
        """Return an office in this state in a folder of its own."""
        facts = self._make(state)
        shutil.copytree(self._folder / state, to)
        services = open_home(to, clock)
        services.vault.unlock(cast.SECRET)
        return Desk(home=to, services=services, **facts)

    def _make(self, state: str) -> dict[str, Any]:
        if state not in self._made:
            before = STATES[STATES.index(state) - 1] if state != "office" else None
            home = self._folder / state
            if before is None:
                services = new_office(home)
                made = furnish(services, now())
                facts: dict[str, Any] = {
                    "inspectors": made.inspectors, "tasks": made.tasks, "inspection": InspectionId(""),
                }  # fmt: skip
            else:
                facts = dict(self._make(before))
                shutil.copytree(self._folder / before, home)
                services = open_home(home)
                services.vault.unlock(cast.SECRET)
                facts |= _step(services, state, facts)
            services.close()
            self._made[state] = facts
        return self._made[state]


def _step(services: Services, state: str, facts: dict[str, Any]) -> dict[str, Any]:
    visit = facts["inspection"]
    match state:
        case "visit":
            return {"inspection": check(services, facts["tasks"][0], now())}
        case "ready":
            asked = interview(services, visit, *facts["inspectors"][:2])
            findings(services, visit)
            services.inspections.set_details(visit, situation="查看营业场所和票据。", party_opinion="情况属实。")
            return {"interview": asked}
        case "frozen":
            return {"record": services.documents.freeze_record(visit).value.id}
        case _:
            sign_all(services, facts["record"])
            return {}


@cache
def photo(text: str = "货架") -> bytes:
    from app.media.sample import make_sample_photo

    return make_sample_photo(text, (text,), now(), None)


def records(services: Services, inspection: InspectionId) -> list[Any]:
    return [one for one in services.documents.of(inspection) if one.kind is DocumentKind.RECORD]


def sign_one(services: Services, document: DocumentId, role: SignerRole) -> None:
    line = next(one for one in services.documents.view(document).signers if one.role is role)
    services.documents.sign(document, role, line.pages, HAND, aspect=0.4)


def whole(services: Services) -> None:
    """Assert what `doctor` asserts."""
    checks = services.doctor.run()
    assert all(one.ok for one in checks), checks
