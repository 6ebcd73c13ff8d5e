import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.bootstrap import Services, open_services
from app.core.clock import now
from app.services.demo import cast
from app.services.demo.furnish import Furnished, furnish
from tests.unit.services.desks import CHEAP, SURROUNDINGS


class Clock:
    """The real clock, moved on by hand where a test needs another hour or day."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_services(tmp_path: Path, clock: Clock) -> Iterator[Callable[[str], Services]]:
    opened: list[Services] = []

    def make(name: str, player: int = 0) -> Services:
        services = open_services(tmp_path / name, environ=SURROUNDINGS, clock=clock, costs=CHEAP)
        who = cast.PEOPLE[player]
        services.vault.setup(
            cast.OFFICE, who.name, who.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
        )
        opened.append(services)
        return services

    yield make
    for services in opened:
        services.close()


@pytest.fixture
def services(make_services: Callable[[str], Services]) -> Services:
    return make_services("laptop")


@pytest.fixture
def furnished(services: Services, clock: Clock) -> Furnished:
    return furnish(services, clock())
