from pathlib import Path

import pytest

from sync.protocol.signing import WINDOW_MS, RequestProof
from sync.server import errors
from sync.server.db.unit import Database
from sync.server.nonces import Nonces
from sync.server.world import World

_NOW = 1_795_346_641_665


def _proof(nonce: str, time_ms: int, device: str = "d1") -> RequestProof:
    return RequestProof("server", device, "GET", "/v1/me", time_ms, nonce, "0" * 64)


@pytest.fixture
def ticks() -> list[float]:
    return [1000.0]


@pytest.fixture
def nonces(tmp_path: Path, ticks: list[float]) -> Nonces:
    return Nonces(Database(tmp_path / "server.db"), World(lambda: _NOW, bytes, lambda: ticks[0]))


def test_a_request_passes_once_and_another_device_may_use_the_same_nonce(nonces: Nonces, ticks: list[float]) -> None:
    ticks[0] += 1
    nonces.burn(_proof("n", _NOW), _NOW)
    nonces.burn(_proof("n", _NOW, "d2"), _NOW)
    with pytest.raises(errors.ReplayedRequest):
        nonces.burn(_proof("n", _NOW), _NOW + 1)


def test_a_request_made_before_the_server_started_is_stale_for_nobody_remembers_it(nonces: Nonces) -> None:
    with pytest.raises(errors.StaleRequest):
        nonces.burn(_proof("n", _NOW - 1), _NOW)


def test_a_clock_that_is_put_right_while_the_server_runs_shuts_nobody_out(nonces: Nonces, ticks: list[float]) -> None:
    ticks[0] += 1
    a_year_back = _NOW - 365 * 86_400_000
    nonces.burn(_proof("n", a_year_back - 900), a_year_back)


def test_a_nonce_is_remembered_as_long_as_its_request_would_be_taken_and_forgotten_later(
    nonces: Nonces, ticks: list[float]
) -> None:
    ticks[0] += 2 * WINDOW_MS / 1000 + 1
    ahead = _proof("n", _NOW + WINDOW_MS)
    nonces.burn(ahead, _NOW)
    with pytest.raises(errors.ReplayedRequest):
        nonces.burn(ahead, _NOW + 2 * WINDOW_MS)
    nonces.burn(_proof("m", _NOW), _NOW + 2 * WINDOW_MS + 1)
    assert len(nonces._burned) == 1
    with pytest.raises(errors.ReplayedRequest):
        nonces.burn(_proof("m", _NOW), _NOW + 2 * WINDOW_MS + 1)
