"""Who can make the server believe that it lost history: that begins a new epoch, in which every laptop reads all anew."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.protocol.feeds import receipts_feed
from sync.protocol.messages import Cursor
from sync.protocol.policy import Role
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.town import Box, Town

ORG = "610102"
FALSE = "f" * 64


@pytest.fixture(params=BOTH)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", address(request)).with_offices()
    yield made
    made.close()


def claim(box: Box, feed: str, seq: int) -> Any:
    return box.send(box.line(f"s:{ORG}"), cursors=(Cursor(feed, seq, FALSE),))[1].get("code")


def test_a_device_in_use_is_believed_once(town: Town) -> None:
    box, epoch = town.box((Role.INSPECTOR, ORG), org=ORG), town.epoch
    box.push(box.line(f"s:{ORG}"))
    assert claim(box, f"s:{ORG}", 1) == "epoch.changed"
    assert claim(box, f"s:{ORG}", 1) == "pull.cursor"
    assert town.epoch != epoch


def test_a_device_that_was_locked_out_is_not_believed(town: Town) -> None:
    box, epoch = town.box((Role.INSPECTOR, ORG), org=ORG), town.epoch
    box.push(box.line(f"s:{ORG}"))
    town.office.devices.revoke(box.id)
    assert claim(box, receipts_feed(box.id), 1) == "pull.cursor"
    assert claim(box, receipts_feed(box.id), 10**9) == "pull.cursor"
    assert town.epoch == epoch


def test_a_cursor_before_the_first_entry_tells_of_no_loss(town: Town) -> None:
    box, epoch = town.box((Role.INSPECTOR, ORG), org=ORG), town.epoch
    for seq in (0, -1):
        assert claim(box, f"s:{ORG}", seq) == "pull.cursor"
    assert town.epoch == epoch
