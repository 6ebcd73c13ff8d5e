"""Three clients × kinds of field × kinds of change × orders of arrival: the reviewed table, and what holds in all of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.protocol.fold import Status, fold
from sync.protocol.lines import DELETED, scalar_text
from tests.golden.cases import FIELD_KINDS, cases
from tests.golden.outcomes import Outcome, entries, lost, orders, outcome, page
from tests.unit.sync.kit import MemoryFold

TABLE = Path(__file__).with_name("merges.txt")
KINDS = pytest.mark.parametrize("kind", FIELD_KINDS)


def every(kind: str) -> Iterator[Outcome]:
    values = FIELD_KINDS[kind]
    return (outcome(entries(case, order, values)) for case in cases() for order in orders())


@KINDS
def test_every_meeting_ends_as_reviewed_whatever_kind_of_value_it_is_about(kind: str) -> None:
    assert page(FIELD_KINDS[kind]) == TABLE.read_text(encoding="utf-8")


@KINDS
def test_the_four_values_of_a_kind_differ(kind: str) -> None:
    assert len({scalar_text(value) for value in FIELD_KINDS[kind]}) == 4


@KINDS
def test_no_value_is_lost_silently(kind: str) -> None:
    """I5: it is current, or somebody replaced it who named it, or it stands in a conflict, or its author was told."""
    for found in every(kind):
        assert lost(found.feed, found.verdicts, found.store) == []


@KINDS
def test_no_order_of_arrival_changes_what_a_signature_covers(kind: str) -> None:
    """I6: after the first signature not one cell changes."""
    for found in every(kind):
        store, signed = MemoryFold(), None
        for entry in found.feed:
            fold(store, entry)
            state = store.row("t", "r")
            if state is not None and state.locked_by is not None:
                cells = dict(store.cells("t", "r"))
                signed = signed or cells
                assert cells == signed


@KINDS
def test_a_meeting_delivered_twice_is_as_one_delivered_once(kind: str) -> None:
    for found in every(kind):
        before = found.store.dump()
        assert [fold(found.store, entry).status for entry in found.feed] == [Status.APPLIED] * len(found.feed)
        assert found.store.dump() == before


@KINDS
def test_no_deletion_hides_an_edit_it_did_not_know(kind: str) -> None:
    """The edit wins whichever came first: a row stays out only where whoever took it out knew all that stands in it."""
    values = FIELD_KINDS[kind]
    for case in cases():
        saw = {step.op: dict(step.saw) for step in (*case.a, *case.b, *case.c)}
        for order in orders():
            cells = dict(outcome(entries(case, order, values)).store.cells("t", "r"))
            gone = cells.pop(DELETED, None)
            if gone is not None and gone.value:
                assert {name: cell.op for name, cell in cells.items()} == saw[gone.op]
