"""What holds for every test: no display, no network beyond this machine, nothing of the user's own is touched."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.e2e.packet_road import Road
    from tests.e2e.two_laptops import Pair
    from tests.postgres import Postgres
    from tests.unit.sync.kit import ServerProcess

# Before anything imports Qt or looks for a password store.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# Hundreds of processes are started; each would compile everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
FOR_TESTS = ("YANFANG_SHARED", "YANFANG_KILLS", "YANFANG_SCHEDULES", "YANFANG_SCHEDULES_POSTGRES", "YANFANG_POWER_WAYS",
             "YANFANG_CUT_EVERY", "YANFANG_GAP_S", "YANFANG_CHROMIUM", "YANFANG_OPENAPI_EXAMPLES")  # fmt: skip
for name in [one for one in os.environ if one.startswith("YANFANG") and one not in FOR_TESTS]:
    del os.environ[name]

# A busy machine is no fault.
settings.register_profile("untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_LOCAL = ("127.", "::1", "localhost")


@pytest.fixture(scope="session", autouse=True)
def _a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A test that forgets to name a profile folder finds an empty one, not the user's."""
    home = tmp_path_factory.mktemp("home")
    before = {name: os.environ.get(name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA")}
    for name in before:
        os.environ[name] = str(home / name.lower())
    yield home
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to any other machine; a test that needs the network is a broken test."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(own: socket.socket, address: Any) -> None:
        _must_be_here(own, address)
        connect(own, address)

    def guarded_ex(own: socket.socket, address: Any) -> int:
        _must_be_here(own, address)
        return connect_ex(own, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)


def _must_be_here(own: socket.socket, address: Any) -> None:
    is_internet = own.family in (socket.AF_INET, socket.AF_INET6)
    if is_internet and not str(address[0]).startswith(_LOCAL):
        raise AssertionError(f"a test reaches for {address}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["ServerProcess"]:
    from tests.unit.sync.kit import ServerProcess

    process = ServerProcess(tmp_path_factory.mktemp("server"))
    yield process
    process.kill()


@pytest.fixture
def pair(server: "ServerProcess", tmp_path: Path) -> Iterator["Pair"]:
    from tests.e2e.two_laptops import two_laptops

    with two_laptops(server, tmp_path) as made:
        yield made


@pytest.fixture
def road(server: "ServerProcess", tmp_path: Path) -> "Road":
    from tests.e2e.packet_road import Road

    return Road(server, tmp_path / "road")


@pytest.fixture(scope="session")
def postgres() -> Iterator["Postgres"]:
    """A running PostgreSQL; where its program cannot run, the test is skipped and says why."""
    from tests.postgres import NoPostgres, Postgres

    try:
        server = Postgres()
    except NoPostgres as why:
        pytest.skip(f"no PostgreSQL can run here: {why}")
    yield server
    server.stop()
