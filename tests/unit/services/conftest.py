from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk, Templates


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("offices"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk_of(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[Callable[[str], Desk]]:
    opened: list[Desk] = []

    def copy(state: str) -> Desk:
        desk = templates.copy(state, tmp_path / f"{state}-{len(opened)}", clock)
        opened.append(desk)
        return desk

    yield copy
    for desk in opened:
        desk.services.close()


@pytest.fixture
def office(desk_of: Callable[[str], Desk]) -> Desk:
    """People, institutions and tasks; no visit."""
    return desk_of("office")


@pytest.fixture
def visit(desk_of: Callable[[str], Desk]) -> Desk:
    """A pharmacy checked item by item, with photos."""
    return desk_of("visit")


@pytest.fixture
def ready(desk_of: Callable[[str], Desk]) -> Desk:
    """With a signed interview and findings: nothing stops signing."""
    return desk_of("ready")


@pytest.fixture
def frozen(desk_of: Callable[[str], Desk]) -> Desk:
    """The record's pages are composed, nobody has signed."""
    return desk_of("frozen")


@pytest.fixture
def signed(desk_of: Callable[[str], Desk]) -> Desk:
    """Everybody has signed."""
    return desk_of("signed")
