"""A week of one bureau, step by step: two laptops, one server, everything that goes wrong in a week, and nothing lost."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.bootstrap import Services
from app.core.documents import DocumentState
from app.core.evidence import Link, TargetKind
from app.core.findings import Finding
from app.core.ids import FindingId, InspectionId, InstitutionId
from app.core.inspections import Party
from app.core.places import Institution, InstitutionKind
from app.services.demo import cast
from app.services.demo.play import sign_all
from tests.e2e.two_laptops import Pair, shown, two_laptops
from tests.unit.services.desks import SURROUNDINGS, open_home, photo
from tests.unit.sync.kit import ROOT, ServerProcess

ITEM = Link(TargetKind.ITEM, "SGF/SGF-1.01")


def test_a_week_of_two_laptops_and_a_server_ends_with_everything_whole(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    with ExitStack() as ended:
        ended.callback(server.kill)
        pair = ended.enter_context(two_laptops(server, tmp_path))
        ended.callback(lambda: pair.server.kill())  # it is another one by then
        week = Week(pair, tmp_path)
        week.monday()
        week.tuesday()
        week.wednesday()
        week.thursday()
        week.friday()
        week.saturday()
        week.sunday()


class Week:
    """What the two of them did; each day leaves what the next one finds."""

    def __init__(self, pair: Pair, folder: Path) -> None:
        self.pair, self.folder = pair, folder
        self.a, self.b = pair.a, pair.b
        self.backup = self.key = Path()

    def monday(self) -> None:
        """Both answer the same items without a network, each also what the other does not."""
        pair = self.pair
        self.say(self.a, "SGF-1.01", state="pass", note="甲看到的")
        self.say(self.b, "SGF-1.01", state="fail", note="乙看到的")
        self.say(self.a, "SGF-1.03", state="na")
        self.say(self.b, "SGF-1.03", state="na")
        self.say(self.a, "SGF-2.03", count=6)
        self.say(self.b, "SGF-2.03", detail="生活用品")
        self.a.evidence.take(pair.visit, [("货架.jpg", photo("货架"))], links=[ITEM])
        self.b.evidence.take(pair.visit, [("柜台.jpg", photo("柜台"))], links=[ITEM])
        pair.meet()
        pair.assert_equal()
        both = pair.given(self.b, "SGF-2.03")
        assert (both.count, both.detail) == (6, "生活用品")
        open_ones = {one.field: {one.current, one.other} for one in self.a.sync.conflicts()}
        assert open_ones == {"state": {"pass", "fail"}, "note": {"甲看到的", "乙看到的"}}
        assert "conflict_open" in {one.code for one in self.a.inspections.blockers(pair.visit)}
        assert len(pair.a.evidence.of(pair.visit)) == 2

    def tuesday(self) -> None:
        """The conflict is decided; in the evening the administrator makes a backup, with the server running."""
        pair = self.pair
        for line in self.b.sync.conflicts():
            self.b.sync.resolve(line.id, "new", "fail" if line.field == "state" else "两人一起再看过")
        pair.meet()
        pair.assert_equal()
        assert self.a.sync.conflicts() == ()
        assert {one.other for one in self.a.sync.decided()} >= {"pass", "甲看到的"}
        assert pair.given(self.a, "SGF-1.01").note == "两人一起再看过"
        made = server(self.pair.server, "backup", "--to", str(self.folder / "backups"))
        self.backup = Path(made["folder"])
        self.key = Path(shutil.copyfile(made["key_file"], self.folder / "kept-apart.key"))

    def wednesday(self) -> None:
        """A second visit is signed on one laptop while the other still writes: the signature stands, the edit is kept."""
        pair, visit = self.pair, self.second_visit()
        self.second = visit
        self.a.inspections.answer(visit, "SGF", "SGF-1.01", state="pass")
        pair.meet()
        self.b.inspections.answer(visit, "SGF", "SGF-1.01", state="fail", detail="其实没有")
        self.record = self.a.documents.freeze_record(visit).value.id
        sign_all(self.a, self.record)
        self.paper = self.a.documents.pdf(self.record)
        pair.meet()
        pair.assert_equal()
        late = {one.field: one for one in self.b.sync.conflicts()}
        assert (late["state"].other, late["detail"].other, late["state"].reason) == ("fail", "其实没有", "late_after_signature")
        for line in late.values():
            self.b.sync.resolve(line.id, "current")
        pair.meet()
        assert self.a.sync.conflicts() == ()
        self.assert_signed()

    def thursday(self) -> None:
        """Somebody copies the profile folder of a laptop to a spare one; both go on working under one key."""
        pair = self.pair
        self.a.close()
        shutil.copytree(self.folder / "a", self.folder / "spare")
        self.reopen_a()
        spare = open_home(self.folder / "spare")
        try:
            spare.vault.unlock(cast.SECRET)
            self.say(self.a, "SGF-1.05", state="pass", note="原来那台")
            self.say(spare, "SGF-1.06", state="fail", detail="备用那台")
            spare.evidence.take(pair.visit, [("备用.jpg", photo("备用"))])
            for laptop in (self.a, spare, self.b, self.a, spare):
                assert laptop.sync.run().value.is_complete
            assert shown(spare, pair.visit) == shown(self.a, pair.visit)
            assert all(one.ok for one in spare.doctor.run())
        finally:
            spare.close()
        pair.meet()
        pair.assert_equal()
        assert (pair.given(self.b, "SGF-1.05").note, pair.given(self.b, "SGF-1.06").detail) == ("原来那台", "备用那台")
        assert len(self.b.evidence.of(pair.visit)) == 3

    def friday(self) -> None:
        """The server's disk is gone. It is restored from Tuesday's backup; the laptops give back what it had lost."""
        pair = self.pair
        made = self.a.findings.save(
            Finding(FindingId(""), pair.visit, "V04", "周五的事实", facts="所见", amount_cny=Decimal(500))
        ).value
        pair.meet()
        pair.server.kill()
        self.say(self.b, "SGF-1.07", state="na", note="服务器停着的时候写的")
        before = self.everything(self.b)
        shutil.rmtree(pair.server.folder)
        lost, pair.server = pair.server, Restored(self.folder / "server-2", self.backup, self.key)
        assert lost.folder != pair.server.folder
        for laptop in (self.a, self.b):
            with laptop.inspections._store.db.write() as unit:  # the name stays, the machine behind it is another
                unit.local("UPDATE sync_self SET server = ?", (pair.server.url,))
        pair.meet()
        pair.assert_equal()
        assert pair.given(self.a, "SGF-1.07").note == "服务器停着的时候写的"
        assert made.id in {one.id for one in self.b.findings.of(pair.visit)}
        assert self.everything(self.a) == self.everything(self.b) == before
        self.assert_signed()

    def saturday(self) -> None:
        """One laptop has no network: its work goes by folder, the receipts come back the same way."""
        pair, stick = self.pair, self.folder / "stick"
        stick.mkdir()
        self.say(self.a, "SGF-1.08", state="fail", detail="带在 U 盘里")
        self.a.evidence.take(pair.visit, [("U 盘.jpg", photo("U 盘"))])
        assert self.a.packets.export(stick).value.lines > 0
        taken = server(pair.server, "packet", "import", str(stick))
        assert [one["lines"] > 0 for one in taken["packets"]] == [True]
        self.a.packets.take([stick])
        status = self.a.sync.status()
        assert (status.pending, status.refused, status.files_pending) == (0, 0, 0)
        assert self.b.sync.run().value.is_complete
        assert pair.given(self.b, "SGF-1.08").detail == "带在 U 盘里"
        assert len(self.b.evidence.of(pair.visit)) == 4
        pair.meet()
        pair.assert_equal()

    def sunday(self) -> None:
        """Everybody looks through what is there: both laptops and the server are whole, and nobody waits for anything."""
        for laptop in (self.a, self.b):
            status = laptop.sync.status()
            assert (status.pending, status.conflicts, status.files_pending, status.files_lost) == (0, 0, 0, 0)
            assert {one.other for one in laptop.sync.decided()} >= {"pass", "甲看到的", "fail", "其实没有"}
            laptop.close()
        for name in ("a", "b"):
            assert doctor(self.folder / name) == []
        found = server(self.pair.server, "doctor")
        assert (found["is_whole"], found["findings"]) == (True, [])

    def say(self, laptop: Services, item: str, **given: Any) -> None:
        laptop.inspections.answer(self.pair.visit, "SGF", item, **given)

    def second_visit(self) -> InspectionId:
        people = self.pair.inspectors
        place = self.a.institutions.save(Institution(InstitutionId(""), "青禾区第二药房（演练）", InstitutionKind.PHARMACY)).value
        task = self.a.tasks.create(
            title="复查（演练）", nature="administrative", kind="random", institution=place.id, templates=["SGF"], members=people
        ).value
        return self.a.inspections.start(
            task.id, inspectors=people, recorder=people[1], place="店内", party=Party("周其真", "男", "", "店长"),
            licence_shown=True, recusal_answer="不申请回避。",
        ).value  # fmt: skip

    def reopen_a(self) -> None:
        self.a = self.pair.a = open_home(self.folder / "a")
        self.a.vault.unlock(cast.SECRET)

    def everything(self, laptop: Services) -> list[Any]:
        return [shown(laptop, visit) for visit in (self.pair.visit, self.second)]

    def assert_signed(self) -> None:
        """The signed record is what was signed, byte for byte, on both."""
        for laptop in (self.a, self.b):
            assert laptop.documents.view(self.record).document.state is DocumentState.SIGNED
            assert laptop.documents.pdf(self.record) == self.paper
            assert laptop.inspections.view(self.second).sheets[0].answers["SGF-1.01"].state == "pass"


class Restored(ServerProcess):
    """A server on a new disk, filled from a backup."""

    def __init__(self, folder: Path, backup: Path, key: Path) -> None:
        self.from_backup, self.key = backup, key
        super().__init__(folder)

    def start(self) -> None:
        if not self.folder.exists():
            server(self, "restore", "--from", str(self.from_backup), "--key", str(self.key))
            server(self, "recover", "--reason", "磁盘损坏")
        super().start()


def server(process: ServerProcess, *command: str) -> dict[str, Any]:
    """Run a command of the server beside it and return what it says."""
    return _said([sys.executable, "-m", "sync.server.cli", *command, *process.place(), "--json"])


def doctor(home: Path) -> list[str]:
    """Return the codes of what is not whole in a profile."""
    said = _said([sys.executable, "-m", "app", "doctor", "--home", str(home), "--json"])
    return [one["code"] for one in said["checks"] if not one["ok"]]


def _said(command: list[str]) -> dict[str, Any]:
    environ = {**os.environ, **SURROUNDINGS, "YANFANG_PIN": cast.SECRET}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told
