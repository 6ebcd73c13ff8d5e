"""Four laptops of one task without a network: they exchange packets, later each one syncs, and nothing is lost or doubled."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.bootstrap import Services
from app.core.errors import Refused
from app.core.findings import Finding
from app.core.ids import FindingId, InspectionId
from app.core.inspections import Answer
from app.core.packets import Imported
from app.services.demo.play import sign_all
from tests.e2e.packet_road import Road, open_lines, read
from tests.e2e.two_laptops import pharmacy_visit, shown
from tests.unit.services.desks import new_office, photo
from tests.unit.sync.kit import ServerProcess


@dataclass
class Team:
    """Laptops that met at the office, and went out."""

    laptops: list[Services]
    server: ServerProcess
    visit: InspectionId
    folder: Path
    sticks: int = 0
    away: set[int] = field(default_factory=set)

    def say(self, who: int, item: str, **given: object) -> None:
        self.laptops[who].inspections.answer(self.visit, "SGF", item, **given)

    def given(self, who: int, item: str) -> Answer:
        return self.laptops[who].inspections.view(self.visit).sheets[0].answers[item]

    def photo(self, who: int, text: str) -> None:
        self.laptops[who].evidence.take(self.visit, [(f"{text}.jpg", photo(text))])

    def hand(self, who: int, to: int) -> Imported:
        """Give a packet from hand to hand."""
        self.sticks += 1
        device = self.laptops[to].packets.card().device
        paths = self.laptops[who].packets.export_to_mate(device, self.folder / f"hand{self.sticks}").value.paths
        return read(self.laptops[to], *paths)

    def all_exchange(self) -> None:
        """Go round twice: afterwards everybody has everything."""
        count = len(self.laptops)
        for who in [*range(count), *range(count)]:
            done = self.hand(who, (who + 1) % count)
            assert done.code == ""

    def all_sync(self, order: list[int] | None = None) -> None:
        everyone = order or list(range(len(self.laptops)))
        for who in [*everyone, *everyone]:
            report = self.laptops[who].sync.run().value
            assert report.is_complete, report

    def assert_equal(self) -> None:
        """All show the same, have delivered everything, and are whole."""
        first = shown(self.laptops[0], self.visit)
        for laptop in self.laptops:
            assert shown(laptop, self.visit) == first
            assert open_lines(laptop) == 0
            assert laptop.packets.status().unconfirmed == 0
            assert [(one.row, one.field, one.other) for one in laptop.sync.conflicts()] == [
                (one.row, one.field, one.other) for one in self.laptops[0].sync.conflicts()
            ]
            checks = laptop.doctor.run()
            assert all(one.ok for one in checks), checks


@contextmanager
def team(server: ServerProcess, folder: Path, size: int = 4) -> Iterator[Team]:
    bureau = uuid.uuid4().hex[:12]
    laptops = [new_office(folder / f"laptop{number}", player=number % 2, code=bureau) for number in range(size)]
    try:
        _, visit = pharmacy_visit(laptops[0])
        for laptop in laptops:
            laptop.sync.enrol(server.url, server.code(f"s:{bureau}"))
        made = Team(laptops, server, visit, folder)
        made.all_sync()
        for laptop in laptops:
            assert len(laptop.packets.refresh_mates().value) == size - 1
        yield made
    finally:
        for laptop in laptops:
            laptop.close()


@pytest.fixture
def four(server: ServerProcess, tmp_path: Path) -> Iterator[Team]:
    with team(server, tmp_path) as made:
        yield made


@pytest.fixture
def three(server: ServerProcess, tmp_path: Path) -> Iterator[Team]:
    with team(server, tmp_path, 3) as made:
        yield made


def test_four_laptops_see_one_anothers_work_on_site_and_are_equal_after_each_has_synced(four: Team) -> None:
    for who, item in enumerate(("SGF-1.01", "SGF-1.02", "SGF-1.03", "SGF-2.01")):
        four.say(who, item, state="fail", detail=f"{who}号机所见")
        four.photo(who, f"照片{who}")
    four.all_exchange()
    for who in range(4):
        laptop = four.laptops[who]
        assert [four.given(who, item).detail for item in ("SGF-1.01", "SGF-1.02", "SGF-1.03", "SGF-2.01")] == [
            f"{number}号机所见" for number in range(4)
        ]
        assert len(laptop.evidence.of(four.visit)) == 4
        assert laptop.packets.status().unconfirmed > 0
    four.all_sync()
    four.assert_equal()
    assert four.laptops[0].sync.conflicts() == ()
    for laptop in four.laptops:
        originals = {b"".join(laptop.evidence.original(one.id)) for one in laptop.evidence.of(four.visit)}
        assert originals == {photo(f"照片{who}") for who in range(4)}
        assert laptop.sync.status().files_pending == 0


def test_who_writes_over_a_team_mates_value_makes_no_conflict_whoever_syncs_first(four: Team) -> None:
    four.say(0, "SGF-1.01", state="pass", detail="一")
    for who in range(1, 4):
        four.hand(who - 1, who)
        assert four.given(who, "SGF-1.01").detail == "零一二三"[who]
        four.say(who, "SGF-1.01", detail="零一二三四"[who + 1])
    four.hand(3, 0)
    assert four.given(0, "SGF-1.01").detail == "四"
    four.say(0, "SGF-1.01", detail="五")
    four.hand(0, 2)
    four.all_sync([2, 1, 3, 0])
    four.assert_equal()
    assert four.laptops[0].sync.conflicts() == ()
    assert four.given(3, "SGF-1.01").detail == "五"


def test_two_who_did_not_see_one_another_get_one_question_and_no_value_is_lost(three: Team) -> None:
    three.say(0, "SGF-1.01", state="pass")
    three.say(1, "SGF-1.01", state="fail")
    three.all_exchange()
    seen = {three.given(who, "SGF-1.01").state for who in range(3)}
    assert seen == {"fail"}  # all show the later one
    three.all_sync([2, 0, 1])
    three.assert_equal()
    (line,) = three.laptops[2].sync.conflicts()
    assert {line.current, line.other} == {"pass", "fail"}


def test_what_a_lost_laptop_gave_to_a_team_mate_reaches_the_server(three: Team) -> None:
    three.say(0, "SGF-1.01", state="fail", detail="没有记录")
    three.photo(0, "唯一的照片")
    found = three.hand(0, 1)
    assert (found.code, found.files) == ("", 1)
    three.laptops.pop(0).close()  # and is never seen again
    three.all_sync()
    three.assert_equal()
    assert three.given(1, "SGF-1.01").detail == "没有记录"
    (piece,) = three.laptops[1].evidence.of(three.visit)
    assert b"".join(three.laptops[1].evidence.original(piece.id)) == photo("唯一的照片")
    assert three.laptops[1].sync.conflicts() == ()


def test_a_relay_carries_the_others_by_packet_to_a_server_out_of_reach(three: Team, tmp_path: Path) -> None:
    road = Road(three.server, tmp_path / "road")
    three.say(0, "SGF-1.01", state="pass")
    three.say(1, "SGF-1.01", detail="先看到再补充")
    three.photo(1, "货架")
    three.hand(0, 2)
    three.hand(1, 2)
    three.say(2, "SGF-1.03", state="fail")
    done = road.round(three.laptops[2])
    assert (done.code, done.problem) == ("", "")
    assert three.laptops[2].packets.status().unconfirmed == 0
    assert open_lines(three.laptops[2]) == 0
    assert open_lines(three.laptops[0]) > 0  # its own receipt is still to come
    road.round(three.laptops[0])
    assert open_lines(three.laptops[0]) == 0
    three.all_sync()
    three.assert_equal()


def test_a_signature_made_on_site_locks_the_record_on_the_others_too(three: Team) -> None:
    three.say(0, "SGF-1.01", state="pass")
    document = three.laptops[0].documents.freeze_record(three.visit).value
    sign_all(three.laptops[0], document.id)
    pdf = three.laptops[0].documents.pdf(document.id)
    three.hand(0, 1)
    assert [one.id for one in three.laptops[1].documents.of(three.visit)] == [document.id]
    with pytest.raises(Refused, match=r"record\.locked|inspection\."):
        three.say(1, "SGF-1.01", state="fail")
    three.all_sync([1, 2, 0])
    three.assert_equal()
    assert three.laptops[2].documents.pdf(document.id) == pdf


def test_what_a_team_mate_wrote_never_enters_the_confirmed_layer_before_the_server_says_so(three: Team) -> None:
    three.say(0, "SGF-1.01", state="pass")
    before = _confirmed(three.laptops[1])
    three.hand(0, 1)
    assert three.given(1, "SGF-1.01").state == "pass"
    assert _confirmed(three.laptops[1]) == before
    assert ("answer", three.laptops[1].packets.status().unconfirmed_rows[0][1]) in three.laptops[1].packets.status().unconfirmed_rows
    three.laptops[1].sync.run()
    assert _confirmed(three.laptops[1]) != before
    assert three.laptops[1].packets.status().unconfirmed == 0


def test_the_same_packet_again_and_an_older_one_after_a_newer_change_nothing(three: Team) -> None:
    device = three.laptops[1].packets.card().device
    three.say(0, "SGF-1.01", state="pass")
    old = three.laptops[0].packets.export_to_mate(device, three.folder / "old").value.paths
    three.say(0, "SGF-1.01", state="fail")
    new = three.laptops[0].packets.export_to_mate(device, three.folder / "new").value.paths
    assert read(three.laptops[1], *new).lines > 0
    assert read(three.laptops[1], *old).lines == 0
    assert read(three.laptops[1], *new).lines == 0
    assert three.given(1, "SGF-1.01").state == "fail"
    three.all_sync()
    three.assert_equal()
    assert read(three.laptops[1], *new).lines == 0
    three.assert_equal()


def test_a_stranger_and_a_changed_packet_are_refused(three: Team, tmp_path: Path) -> None:
    stranger = new_office(tmp_path / "stranger", code="9999")
    try:
        stranger.packets.add_mate(three.laptops[0].packets.card_text())
        paths = stranger.packets.export_to_mate(three.laptops[0].packets.card().device, tmp_path / "s").value.paths
        assert read(three.laptops[0], *paths).code == "packet.unknown_mate"
        three.laptops[0].packets.add_mate(stranger.packets.card_text())
        assert read(three.laptops[0], *paths).code == ""
        with pytest.raises(Refused, match=r"packet\.own_card"):
            stranger.packets.add_mate(stranger.packets.card_text())
        with pytest.raises(Refused, match=r"packet\.no_mate"):
            stranger.packets.export_to_mate("nobody", tmp_path)
    finally:
        stranger.close()


def test_a_laptop_set_back_gets_its_own_lost_lines_from_a_team_mate(three: Team, tmp_path: Path) -> None:
    backup = three.laptops[0].backups.make(tmp_path / "copy").value
    three.say(0, "SGF-1.01", state="fail", detail="只在队友处")
    three.hand(0, 1)
    three.laptops[0].backups.restore(backup.path)
    three.hand(1, 0)
    assert three.given(0, "SGF-1.01").detail == "只在队友处"
    three.say(0, "SGF-1.03", state="pass")
    three.all_sync()
    three.assert_equal()
    assert three.given(2, "SGF-1.01").detail == "只在队友处"


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_written_and_handed_over_in_whatever_order_all_end_equal(
    server: ServerProcess, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    items = ("SGF-1.01", "SGF-1.02", "SGF-1.03", "SGF-2.03")
    with team(server, tmp_path, 4) as made:
        for step in range(30):
            who = chance.randrange(4)
            match chance.randrange(7):
                case 0 | 1:
                    made.say(who, chance.choice(items), state=chance.choice(("pass", "fail", "na")))
                case 2:
                    made.say(who, chance.choice(items), note=f"备注{step}")
                case 3:
                    made.photo(who, f"照片{step}")
                case 4:
                    made.laptops[who].findings.save(
                        Finding(FindingId(""), made.visit, "V04", "", facts=f"所见{step}")
                    )
                case 5 | 6 if step > 5:
                    to = chance.choice([one for one in range(4) if one != who])
                    assert made.hand(who, to).code == ""
                case _:
                    if chance.random() < 0.3:
                        assert made.laptops[who].sync.run().value.is_complete
        written = {op for laptop in made.laptops for op in _own(laptop)}
        photos = {one.sha256 for laptop in made.laptops for one in laptop.evidence.of(made.visit)}
        made.all_sync(chance.sample(range(4), 4))
        made.assert_equal()
        assert written <= _at_server(server)
        everywhere = made.laptops[0].evidence.of(made.visit)
        assert {one.sha256 for one in everywhere} >= photos
        assert len({one.id for one in everywhere}) == len(everywhere)


def _confirmed(laptop: Services) -> list[object]:
    with laptop.inspections._store.db.read() as unit:
        return [tuple(row) for row in unit.sql("SELECT tbl, row, cells FROM sync_row ORDER BY 1, 2")]


def _own(laptop: Services) -> set[str]:
    with laptop.inspections._store.db.read() as unit:
        return {row.op for row in unit.sql("SELECT op FROM sync_op")}


def _at_server(server: ServerProcess) -> set[str]:
    from sqlalchemy import select

    from sync.server.db import schema

    office = server.office()
    try:
        with office.database.read() as unit:
            return set(unit.execute(select(schema.op.c.op)).scalars())
    finally:
        office.database.close()


def test_a_shared_folder_on_site_brings_everybody_up_to_date(three: Team) -> None:
    share = three.folder / "share"
    share.mkdir()
    for who, item in enumerate(("SGF-1.01", "SGF-1.02", "SGF-1.03")):
        three.say(who, item, state="fail", detail=f"{who}号机所见")
        three.photo(who, f"照片{who}")
    for _ in range(2):
        for laptop in three.laptops:
            assert all(one.code == "" for one in laptop.packets.exchange(share).value)
    for who in range(3):
        assert [three.given(who, item).detail for item in ("SGF-1.01", "SGF-1.02", "SGF-1.03")] == [
            f"{number}号机所见" for number in range(3)
        ]
        assert len(three.laptops[who].evidence.of(three.visit)) == 3
    assert len(list(share.glob("*.yfpkt"))) == 6  # the newest from each to each
    three.all_sync()
    three.assert_equal()
