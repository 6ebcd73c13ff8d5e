"""A scan that the server puts together beside its requests, from the real program to the real program."""

import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from app.core.syncing import SyncReport
from app.services import sync_schedule
from app.services.sync_loop import Pulse, SyncLoop
from tests.e2e.two_laptops import Pair, two_laptops
from tests.unit.sync.kit import until
from tests.unit.sync.test_files_up import MIB, narrow_proxy
from tests.unit.sync.test_long_files import Impatient


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Two laptops behind a proxy that lets no large body pass, so that their files come in chunks."""
    server = Impatient(tmp_path / "server")
    try:
        with narrow_proxy(server.url, MIB) as url:
            server.url = url
            with two_laptops(server, tmp_path) as made:
                yield made
    finally:
        server.kill()


def scan() -> bytes:
    noise = Image.frombytes("RGB", (900, 900), random.randbytes(900 * 900 * 3))
    kept = io.BytesIO()
    noise.save(kept, "PNG")
    assert kept.tell() > 2 * MIB
    return kept.getvalue()


def test_the_loop_of_the_program_gets_the_receipt_by_itself(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_schedule, "LEAST_ASK_S", 0.2)
    (taken,) = pair.a.evidence.take(pair.visit, [("扫描.png", scan())]).value
    assert taken.evidence is not None
    reports: list[SyncReport] = []

    def hear(pulse: Pulse) -> None:
        assert pulse.error is None
        if pulse.outcome is not None:
            reports.append(pulse.outcome.value)

    loop = SyncLoop(pair.a.sync, lambda: 0.0)
    loop.listen(hear)
    try:
        loop.now()
        until(lambda: bool(reports) and reports[-1].is_complete)
    finally:
        loop.stop()
    assert (reports[0].files_at_work, reports[0].is_complete) == (1, False)
    assert pair.a.sync.status().files_pending == 0
    pair.meet()
    (shown,) = pair.b.evidence.of(pair.visit)
    assert shown.id == taken.evidence
    assert pair.b.sync.status().files_absent == 0
    pair.assert_equal()
