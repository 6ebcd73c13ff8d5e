"""Whoever holds a colleague's signed line may bring it, wherever he may read: it may be all that is left of a laptop."""

from pathlib import Path

import pytest

from sync.protocol import codec
from sync.protocol.chain import SignedLine
from sync.protocol.messages import ResupplyAnswer, ResupplyRequest, SuppliedLine
from sync.protocol.policy import Role
from tests.unit.sync.town import Box, Town

FEED = "s:610102"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "server").with_offices()


def carry(carrier: Box, signer: Box, *lines: SignedLine) -> tuple[int, int, int]:
    """Return how many lines the carrier is told to be known, taken and put aside."""
    supplied = tuple(SuppliedLine(signer.id, one.data.decode(), one.sig) for one in lines)
    status, said = carrier.call("POST", "/v1/resupply", codec.dump(ResupplyRequest(carrier.town.epoch, supplied)))
    assert status == 200, said
    answer = ResupplyAnswer(**said)
    return answer.known, answer.taken, answer.parked


def test_a_line_of_an_office_that_its_carrier_does_not_read_is_taken_in(town: Town) -> None:
    author, reader = town.box((Role.INSPECTOR, "610102")), town.box((Role.INSPECTOR, "610102"))
    carrier = town.box((Role.INSPECTOR, "610602"))
    first, second = author.line(FEED), author.line(FEED)
    assert carry(carrier, author, first, second) == (0, 0, 2)
    assert {page.feed: len(page.entries) for page in reader.sync().pages} == {FEED: 2}
    assert {one.status for one in author.receipts().values()} == {"applied"}
    assert carrier.feeds() == set()
    town.close()


def test_its_carrier_does_not_learn_whether_it_was_there(town: Town) -> None:
    author, carrier = town.box((Role.INSPECTOR, "610102")), town.box((Role.INSPECTOR, "610602"))
    known = author.line(FEED)
    author.push(known)
    assert carry(carrier, author, known) == carry(carrier, author, author.line(FEED)) == (0, 0, 1)
    town.close()


def test_what_its_author_may_not_write_nobody_can_bring_for_him(town: Town) -> None:
    author, reader = town.box((Role.INSPECTOR, "610602")), town.box((Role.INSPECTOR, "610102"))
    assert carry(reader, author, author.line(FEED))[1:] in ((1, 0), (0, 1))
    assert reader.feeds() == set()
    assert {one.status for one in author.receipts().values()} == {"quarantined"}
    town.close()
