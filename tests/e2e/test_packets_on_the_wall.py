"""Which packet carried a record or a file is kept exactly: not those that had a receipt by then, not those written later."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.progress import Cancelled, CancelToken, Progress
from app.db import carried
from tests.e2e.packet_road import Road, read
from tests.e2e.two_laptops import Pair
from tests.unit.services.desks import photo


def photos(pair: Pair) -> dict[str, tuple[int, ...]]:
    return {one.title: one.packets for one in pair.a.sync.files()}


def carried_lines(pair: Pair) -> dict[str, tuple[int, ...]]:
    return {one.id: one.packets for one in pair.a.sync.lines(pair.visit)}


def test_each_line_and_file_tells_the_packets_that_hold_it(pair: Pair, road: Road) -> None:
    by_network = set(carried_lines(pair))
    pair.a.evidence.take(pair.visit, [("一.jpg", photo("一"))])
    first = set(carried_lines(pair)) - by_network
    road.write(pair.a)
    pair.a.evidence.take(pair.visit, [("二.jpg", photo("二"))])
    second = set(carried_lines(pair)) - by_network - first
    road.round(pair.a)
    pair.a.evidence.take(pair.visit, [("三.jpg", photo("三"))])
    third = set(carried_lines(pair)) - by_network - first - second
    road.write(pair.a)
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
    told = carried_lines(pair)
    fourth = set(told) - by_network - first - second - third
    assert {told[op] for op in by_network} == {()}
    assert {told[op] for op in first} == {(1, 2)}
    assert {told[op] for op in second} == {(2,)}
    assert {told[op] for op in third} == {(3,)}
    assert {told[op] for op in fourth} == {()}
    assert photos(pair) == {"一.jpg": (1, 2), "二.jpg": (2,), "三.jpg": (3,)}
    [record] = pair.a.sync.receipts()
    assert record.packets == (1, 2, 3)


def test_what_a_restored_server_is_given_again_is_in_the_later_packet_too(pair: Pair, road: Road) -> None:
    pair.a.evidence.take(pair.visit, [("一.jpg", photo("一"))])
    road.round(pair.a)
    assert photos(pair) == {"一.jpg": (1,)}
    road.round(pair.a)  # everything has its receipt: the second packet holds nothing of the record
    assert pair.a.sync.receipts()[0].packets == (1,)
    with pair.a.sync._store.db.marked("pull") as connection:  # as when the server's history begins anew
        connection.exec_driver_sql("UPDATE sync_op SET state = 'pending'")
        connection.exec_driver_sql("UPDATE sync_blob SET state = 'local'")
    road.write(pair.a)
    assert photos(pair) == {"一.jpg": (1, 3)}
    assert {numbers[-1] for numbers in carried_lines(pair).values()} == {3}


def test_packets_for_team_mates_are_no_packets_to_the_server(pair: Pair, road: Road) -> None:
    pair.a.evidence.take(pair.visit, [("一.jpg", photo("一"))])
    pair.a.packets.refresh_mates()
    pair.a.packets.export_to_mate(pair.b.packets.card().device, road.stick())
    assert pair.a.sync.receipts()[0].packets == ()
    assert photos(pair) == {"一.jpg": ()}


def test_a_stopped_export_leaves_no_file_and_no_number(pair: Pair, road: Road) -> None:
    pair.a.evidence.take(pair.visit, [("一.jpg", photo("一")), ("二.jpg", photo("二"))])
    token, heard, stick = CancelToken(), list[Progress](), road.stick()

    def stop_in_the_second_file(progress: Progress) -> None:
        heard.append(progress)
        if progress.done > 0:
            token.cancel()

    with pytest.raises(Cancelled):
        pair.a.packets.export(stick, report=stop_in_the_second_file, cancel=token)
    assert list(stick.iterdir()) == []
    assert pair.a.packets.status().out == ()
    assert photos(pair) == {"一.jpg": (), "二.jpg": ()}
    assert heard[0].total == sum(one.size_bytes for one in pair.a.sync.files())
    assert road.round(pair.a).n == 1


def test_stopped_while_reading_what_was_read_stays_and_the_rest_can_be_read_again(pair: Pair, road: Road) -> None:
    pair.a.evidence.take(pair.visit, [("一.jpg", photo("一"))])
    [taken] = road.deliver(*road.write(pair.a))
    folder = road.reply(taken.device).parent
    token = CancelToken()
    token.cancel()
    assert pair.a.packets.take([folder], cancel=token).value == ()
    assert pair.a.sync.status().files_pending == 1
    assert read(pair.a, folder).receipts > 0
    assert pair.a.sync.status().files_pending == 0


@given(st.lists(st.lists(st.integers(1, 40), max_size=40), max_size=6))
def test_stretches_say_of_each_line_exactly_the_packets_that_hold_it(packets: list[list[int]]) -> None:
    held = [
        (number, first, last) for number, seqs in enumerate(packets, 1) for first, last in carried.runs(seqs)
    ]
    told = carried.stretches(held)
    for seq in range(0, 42):
        assert told.of(seq) == tuple(number for number, seqs in enumerate(packets, 1) if seq in seqs)
