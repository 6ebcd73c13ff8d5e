"""Courier packets between real laptops and a real server: nothing is lost or doubled, whatever the road does."""

import time
from pathlib import Path
from typing import Any

import pytest

from app.core.ids import PersonId
from app.core.places import Person, Role
from app.services.demo.play import sign_all
from tests.e2e.packet_road import VOLUME, Road, clone, open_lines, read
from tests.e2e.two_laptops import Pair, shown, two_laptops
from tests.unit.services.desks import photo
from tests.unit.sync.kit import ServerProcess


def say(pair: Pair, laptop: object, item: str, **given: object) -> None:
    laptop.inspections.answer(pair.visit, "SGF", item, **given)


def take_photo(pair: Pair, laptop: object, text: str) -> None:
    laptop.evidence.take(pair.visit, [(f"{text}.jpg", photo(text))])


def test_a_packet_delivers_and_its_reply_brings_receipts_and_the_others_work(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    take_photo(pair, pair.a, "货架")
    say(pair, pair.b, "SGF-1.03", state="fail")
    pair.b.sync.run()
    assert open_lines(pair.a) > 0
    done = road.round(pair.a)
    assert (done.code, done.problem, done.is_stale) == ("", "", False)
    assert open_lines(pair.a) == 0
    assert pair.a.sync.status().files_pending == 0
    assert pair.given(pair.a, "SGF-1.03").state == "fail"
    status = pair.a.packets.status()
    assert (status.waiting, status.out[0].n) == (None, 1)
    pair.b.sync.run()
    assert shown(pair.a, pair.visit) == shown(pair.b, pair.visit)
    pair.meet()
    pair.assert_equal()


def test_the_same_packet_and_the_same_reply_twice_change_nothing(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    take_photo(pair, pair.a, "货架")
    paths = road.write(pair.a)
    first, second = road.deliver(*paths)[0], road.deliver(*paths)[0]
    assert (first.is_repeated, second.is_repeated) == (False, True)
    before = road.server.status()
    road.deliver(*paths)
    assert road.server.status() == before
    reply = road.reply(first.device)
    assert read(pair.a, reply).receipts > 0
    again = read(pair.a, reply)
    assert (again.code, again.is_stale) == ("", True)
    pair.meet()
    pair.assert_equal()


def test_packets_that_arrive_in_the_wrong_order_deliver_everything_once(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    one = road.write(pair.a)
    say(pair, pair.a, "SGF-1.01", state="fail")
    take_photo(pair, pair.a, "货架")
    two = road.write(pair.a)
    say(pair, pair.a, "SGF-2.03", count=6)
    three = road.write(pair.a)
    assert pair.a.packets.status().waiting == 1
    for paths in (three, one, two):
        assert all(taken.answered.problem is None for taken in road.deliver(*paths))
    assert read(pair.a, road.reply(road.taken[0].device)).problem == ""
    assert open_lines(pair.a) == 0
    assert pair.a.packets.status().waiting is None
    pair.meet()
    pair.assert_equal()
    assert pair.given(pair.b, "SGF-1.01").state == "fail"
    assert pair.a.sync.conflicts() == ()


def test_replies_in_the_wrong_order_and_late_bring_everything(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    device = road.deliver(*road.write(pair.a))[0].device
    early = road.reply(device)
    say(pair, pair.b, "SGF-1.03", state="fail")
    pair.b.sync.run()
    say(pair, pair.a, "SGF-2.03", count=6)
    road.deliver(*road.write(pair.a))
    late = road.reply(device)
    assert read(pair.a, late).lines > 0
    assert read(pair.a, early).is_stale
    assert open_lines(pair.a) == 0
    assert pair.given(pair.a, "SGF-1.03").state == "fail"
    pair.meet()
    pair.assert_equal()


def test_a_reply_that_overlaps_what_the_network_brought_adds_the_rest(pair: Pair, road: Road) -> None:
    say(pair, pair.b, "SGF-1.01", state="pass")
    pair.b.sync.run()
    device = road.deliver(*road.write(pair.a))[0].device
    pair.a.sync.run()  # what the cursors of the packet ask for has come by network meanwhile
    say(pair, pair.b, "SGF-1.03", state="fail")
    pair.b.sync.run()
    found = read(pair.a, road.reply(device))
    assert (found.code, found.lines > 0) == ("", True)
    assert pair.given(pair.a, "SGF-1.03").state == "fail"
    pair.meet()
    pair.assert_equal()


def test_one_record_goes_half_by_network_and_half_by_packet(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    pair.a.sync.run()
    say(pair, pair.a, "SGF-1.01", detail="补充")
    take_photo(pair, pair.a, "货架")
    paths = road.write(pair.a)
    say(pair, pair.a, "SGF-1.01", state="fail")
    pair.a.sync.run()
    assert open_lines(pair.a) == 0
    taken = road.deliver(*paths)[0]
    assert taken.answered.problem is None
    assert read(pair.a, road.reply(taken.device)).code == ""
    pair.meet()
    pair.assert_equal()
    answer = pair.given(pair.b, "SGF-1.01")
    assert (answer.state, answer.detail) == ("fail", "补充")
    assert pair.a.sync.conflicts() == ()


def test_a_signed_record_with_its_pdf_arrives_by_packet_alone(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_all(pair.a, document.id)
    road.round(pair.a)
    assert open_lines(pair.a) == 0
    road.round(pair.b)
    road.round(pair.b)  # the first reply said which files there are, the second brings them
    assert shown(pair.a, pair.visit) == shown(pair.b, pair.visit)
    assert pair.b.documents.pdf(document.id) == pair.a.documents.pdf(document.id)


def test_a_laptop_set_back_to_a_backup_loses_nothing_that_was_delivered(pair: Pair, road: Road, tmp_path: Path) -> None:
    backup = pair.a.backups.make(tmp_path / "copy").value
    say(pair, pair.a, "SGF-1.01", state="pass")
    take_photo(pair, pair.a, "货架")
    paths = road.write(pair.a)
    reply = road.reply(road.deliver(*paths)[0].device)
    pair.a.backups.restore(backup.path)
    assert pair.given(pair.a, "SGF-1.01").state != "pass"
    late = read(pair.a, reply)
    assert late.code == ""
    assert pair.given(pair.a, "SGF-1.01").state == "pass"
    say(pair, pair.a, "SGF-1.03", state="fail")
    for _ in range(2):
        road.round(pair.a)
    assert open_lines(pair.a) == 0
    pair.meet()
    pair.assert_equal()
    assert len(pair.b.evidence.of(pair.visit)) == 1
    assert (pair.given(pair.b, "SGF-1.01").state, pair.given(pair.b, "SGF-1.03").state) == ("pass", "fail")


def test_two_laptops_of_one_disk_both_deliver_by_packet(pair: Pair, road: Road, tmp_path: Path) -> None:
    twin = clone(pair.a, tmp_path / "twin")
    try:
        say(pair, pair.a, "SGF-1.01", state="pass")
        say(pair, twin, "SGF-1.03", state="fail")
        take_photo(pair, twin, "孪生")
        road.round(pair.a)
        for _ in range(3):
            road.round(twin)
        assert open_lines(twin) == 0
        road.round(pair.a)
        assert (pair.given(pair.a, "SGF-1.01").state, pair.given(pair.a, "SGF-1.03").state) == ("pass", "fail")
        pair.meet()
        pair.assert_equal()
        assert len(pair.b.evidence.of(pair.visit)) == 1
    finally:
        twin.close()


def test_the_twins_reply_read_by_the_other_one_is_harmless(pair: Pair, road: Road, tmp_path: Path) -> None:
    twin = clone(pair.a, tmp_path / "twin")
    try:
        say(pair, pair.a, "SGF-1.01", state="pass")
        say(pair, twin, "SGF-1.03", state="fail")
        device = road.deliver(*road.write(pair.a))[0].device
        mine = road.reply(device)
        road.deliver(*road.write(twin))
        other = road.reply(device)
        assert read(pair.a, other).code == ""
        assert read(twin, mine).code == ""
        for _ in range(3):
            road.round(twin)
            road.round(pair.a)
        assert (open_lines(twin), open_lines(pair.a)) == (0, 0)
        assert shown(twin, pair.visit) == shown(pair.a, pair.visit)
        pair.meet()
        pair.assert_equal()
    finally:
        twin.close()


def test_volumes_of_one_export_arrive_in_any_order_and_a_lost_one_comes_again(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    for number in range(5):
        take_photo(pair, pair.a, f"照片{number}")
    size = sum(one.size_bytes for one in pair.a.evidence.of(pair.visit))
    paths = road.write(pair.a, volume=size // 2)
    assert len(paths) >= 3
    assert all(path.stat().st_size <= size // 2 for path in paths)
    taken = road.deliver(*reversed(paths[:1] + paths[2:]))
    assert all(one.answered.problem is None for one in taken)
    read(pair.a, road.reply(taken[0].device))
    assert open_lines(pair.a) == 0
    left = pair.a.sync.status().files_pending
    assert 0 < left < 5
    road.round(pair.a)
    assert pair.a.sync.status().files_pending == 0
    pair.meet()
    pair.assert_equal()


def test_a_photo_comes_half_by_packet_and_half_by_network(pair: Pair, road: Road) -> None:
    data = photo("大") + bytes(3 << 20)
    pair.a.evidence.take(pair.visit, [("大.jpg", data)])
    paths = road.write(pair.a, volume=(2 << 20) + (200 << 10))
    assert len(paths) >= 2
    taken = road.deliver(paths[0])[0]
    assert (taken.chunks > 0, taken.files) == (True, 0)
    report = pair.a.sync.run().value
    assert report.is_complete
    pair.meet()
    pair.assert_equal()


def test_after_the_server_lost_history_packets_alone_bring_everything_back(pair: Pair, road: Road) -> None:
    from sync.server import epochs
    from sync.server.world import real_world

    say(pair, pair.a, "SGF-1.01", state="pass")
    road.round(pair.a)
    office = road.server.office()
    try:
        epochs.recover(office.database, real_world(), "test")
    finally:
        office.database.close()
    say(pair, pair.a, "SGF-1.03", state="fail")
    first = road.round(pair.a)
    assert first.problem == "epoch.changed"
    for _ in range(2):
        last = road.round(pair.a)
    assert (last.problem, open_lines(pair.a)) == ("", 0)
    pair.meet()
    pair.assert_equal()
    assert (pair.given(pair.b, "SGF-1.01").state, pair.given(pair.b, "SGF-1.03").state) == ("pass", "fail")


def test_a_reply_from_before_the_server_lost_history_is_void(pair: Pair, road: Road) -> None:
    from sync.server import epochs
    from sync.server.world import real_world

    say(pair, pair.a, "SGF-1.01", state="pass")
    old = road.reply(road.deliver(*road.write(pair.a))[0].device)
    office = road.server.office()
    try:
        epochs.recover(office.database, real_world(), "test")
    finally:
        office.database.close()
    pair.a.sync.run()
    found = read(pair.a, old)
    assert (found.is_stale, found.receipts, found.lines) == (True, 0, 0)
    pair.meet()
    pair.assert_equal()


def test_a_feed_that_the_server_gives_out_no_more_comes_as_a_snapshot(pair: Pair, road: Road) -> None:
    from sync.server import snapshots

    say(pair, pair.a, "SGF-1.01", state="pass")
    say(pair, pair.a, "SGF-1.03", state="fail")
    say(pair, pair.b, "SGF-2.03", count=6)
    pair.a.sync.run()
    feed = f"s:{pair.a.office.get().code}"
    office = road.server.office()
    try:
        snapshots.raise_floor(office.database, feed, road.server.status().feeds[feed])
    finally:
        office.database.close()
    done = road.round(pair.b)
    assert (done.code, done.problem) == ("", "")
    assert (pair.given(pair.b, "SGF-1.01").state, pair.given(pair.b, "SGF-1.03").state) == ("pass", "fail")
    assert open_lines(pair.b) == 0
    pair.meet()
    pair.assert_equal()


def test_a_line_that_the_server_cannot_take_steps_aside_and_the_others_go_on(pair: Pair, road: Road) -> None:
    for item in ("SGF-1.01", "SGF-1.02", "SGF-1.03"):
        say(pair, pair.a, item, state="fail")
    with pair.a.inspections._store.db.marked("pull") as connection:
        connection.exec_driver_sql(
            "UPDATE sync_op SET sig = ? WHERE seq = (SELECT max(seq) - 1 FROM sync_op WHERE tbl = 'answer')", ("00" * 64,)
        )
    first = road.round(pair.a)
    assert first.problem == "chain.signature"
    second = road.round(pair.a)
    assert (second.problem, open_lines(pair.a)) == ("", 0)
    assert pair.a.sync.status().refused == 1
    pair.b.sync.run()
    assert (pair.given(pair.b, "SGF-1.01").state, pair.given(pair.b, "SGF-1.03").state) == ("fail", "fail")


def test_a_gap_is_healed_by_the_packets_after_it(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    say(pair, pair.a, "SGF-1.03", state="fail")
    with pair.a.inspections._store.db.marked("pull") as connection:  # as if a receipt had said so of a line never sent
        connection.exec_driver_sql(
            "UPDATE sync_op SET state = 'done' WHERE seq = (SELECT min(seq) FROM sync_op WHERE state = 'pending')"
        )
    assert road.round(pair.a).problem == "push.gap"
    for _ in range(3):
        last = road.round(pair.a)
    assert (last.problem, open_lines(pair.a)) == ("", 0)
    pair.meet()
    pair.assert_equal()
    assert (pair.given(pair.b, "SGF-1.01").state, pair.given(pair.b, "SGF-1.03").state) == ("pass", "fail")


def test_no_reply_of_another_history_counts_even_where_its_pages_would_join(
    server: ServerProcess, road: Road, tmp_path: Path
) -> None:
    from app.db.sync_store import SyncStore
    from tests.unit.services.desks import new_office

    laptop = new_office(tmp_path / "laptop", code="7001")
    try:
        laptop.packets.join(road.invitation("s:7001"))
        laptop.people.save(Person(PersonId(""), "沈若兰", Role.INSPECTOR, "Z1"))
        old = road.reply(road.deliver(*road.write(laptop))[0].device)
        SyncStore(laptop.inspections._store.db).set_epoch("the epoch after")
        found = read(laptop, old)
        assert (found.is_stale, found.receipts, found.lines) == (True, 0, 0)
        assert open_lines(laptop) > 0
    finally:
        laptop.close()


# what is refused


def test_a_reply_that_only_claims_to_be_the_servers_is_refused(pair: Pair, road: Road, tmp_path: Path) -> None:
    from sync.protocol.chain import DeviceKey
    from sync.protocol.packets import Address, PacketWriter
    from sync.protocol.packets_body import REPLY, Manifest, put
    from sync.protocol.packets_keys import Card

    own = Card.from_text(pair.a.packets.card_text())
    with road.counter() as packets:
        claimed, stranger = packets.cards.own, DeviceKey.from_seed(bytes(32))

        class Forger:
            public_hex = claimed.sign_key
            sign = stranger.sign

        forger: Any = Forger()
        for name, key in (("claimed", forger), ("other", stranger)):
            path = tmp_path / f"{name}.yfpkt"
            with PacketWriter(tmp_path / f"{name}.part", bytes(32)) as writer:
                put(writer, Manifest(REPLY, claimed))
                writer.finish(path, Address("p", claimed.device, own.device, own.box_key, 1, "e", 0), key)
            assert read(pair.a, path).code == "packet.signature"



def test_packets_of_others_are_refused_with_a_reason(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    (path,) = road.write(pair.a)
    assert read(pair.b, path).code == "packet.other_receiver"
    reply = road.reply(road.deliver(path)[0].device)
    assert read(pair.b, reply).code == "packet.other_receiver"
    data = bytearray(reply.read_bytes())
    data[-1] ^= 1
    changed = reply.with_name("changed.yfpkt")
    changed.write_bytes(data)
    assert read(pair.a, changed).code == "packet.changed"
    cut = reply.with_name("cut.yfpkt")
    cut.write_bytes(data[:-100])
    assert read(pair.a, cut).code == "packet.cut"
    other = reply.with_name("note.txt")
    other.write_bytes(reply.read_bytes())
    assert read(pair.a, other).code == "packet.not_one"
    link = reply.with_name("link.yfpkt")
    link.symlink_to(reply)
    assert read(pair.a, link).code == "packet.not_one"
    assert open_lines(pair.a) > 0
    assert read(pair.a, reply).code == ""
    assert open_lines(pair.a) == 0


def test_a_folder_is_read_whole_and_what_is_for_others_is_passed_over(pair: Pair, road: Road) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    say(pair, pair.b, "SGF-1.03", state="fail")
    stick = road.stick()
    for laptop in (pair.a, pair.b):
        laptop.packets.export(stick)
    devices = {one.device for one in road.deliver(*sorted(stick.glob("*.yfpkt")))}
    with road.counter() as packets:
        from sync.server import packet_replies

        for device in devices:
            packet_replies.reply(packets, device, stick, VOLUME)
    (found,) = pair.a.packets.take([stick]).value
    assert (found.code, found.receipts > 0) == ("", True)
    assert open_lines(pair.a) == 0


def test_a_laptop_that_never_met_the_server_is_let_in_by_its_first_packet(
    server: ServerProcess, road: Road, tmp_path: Path
) -> None:
    from tests.unit.services.desks import new_office

    with two_laptops(server, tmp_path) as pair:
        bureau = pair.a.office.get().code
        remote = new_office(tmp_path / "remote", player=1, code=bureau)
        try:
            text = road.invitation(f"s:{bureau}")
            assert remote.packets.join(text).value.fingerprint
            done = road.round(remote)
            assert (done.code, done.problem) == ("", "")
            assert remote.inspections.view(pair.visit)
            remote.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
            road.round(remote)
            assert open_lines(remote) == 0
            pair.meet()
            pair.assert_equal()
            assert pair.given(pair.b, "SGF-1.01").state == "pass"
            assert shown(remote, pair.visit)[0] == shown(pair.a, pair.visit)[0]
        finally:
            remote.close()


def test_no_second_laptop_gets_in_with_the_same_invitation(server: ServerProcess, road: Road, tmp_path: Path) -> None:
    from sync.protocol.errors import SyncError
    from tests.unit.services.desks import new_office

    text = road.invitation("s:0001")
    laptops = [new_office(tmp_path / name, code="0001") for name in ("one", "two")]
    try:
        for laptop in laptops:
            laptop.packets.join(text)
        road.deliver(*road.write(laptops[0]))
        with pytest.raises(SyncError, match=r"enrol\.code_used"):
            road.deliver(*road.write(laptops[1]))
    finally:
        for laptop in laptops:
            laptop.close()


def test_a_revoked_laptops_lines_are_kept_aside_and_it_gets_no_reply(pair: Pair, road: Road) -> None:
    from sync.protocol.errors import SyncError

    say(pair, pair.a, "SGF-1.01", state="pass")
    paths = road.write(pair.a)
    device = pair.a.packets.card().device
    office = road.server.office()
    try:
        office.devices.revoke(device)
    finally:
        office.database.close()
    before = road.server.status()
    road.deliver(*paths)
    assert road.server.status().feeds == before.feeds
    assert road.aside(device) > 0
    with pytest.raises(SyncError, match=r"auth\.revoked"):
        road.reply(device)


def test_hostile_files_on_the_stick_are_refused_quickly(pair: Pair, tmp_path: Path) -> None:
    stick = tmp_path / "hostile"
    stick.mkdir()
    for number, data in enumerate([b"", b"YFPKT01\n", b"YFPKT01\n\xff\xff\xff\xff", b"MZ" * 5000, b"YFPKT01\n\0\0\x10\0" + b"[" * 4096]):
        (stick / f"{number}.yfpkt").write_bytes(data)
    (stick / "folder.yfpkt").mkdir()
    began = time.monotonic()
    found = pair.a.packets.take([stick]).value
    assert time.monotonic() - began < 2
    assert len(found) == 6
    assert all(one.code.startswith("packet.") for one in found)
