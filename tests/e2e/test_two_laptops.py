"""Two laptops of one bureau: what each did offline comes together, and nothing is lost or changed unseen."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from app.core.documents import DocumentState, SignerRole
from app.core.errors import Refused
from app.core.evidence import Link, TargetKind
from app.core.findings import Finding
from app.core.ids import FindingId
from app.core.progress import CancelToken, Progress
from app.services.demo import cast
from app.services.demo.play import sign_all
from tests.e2e.two_laptops import Pair, shown
from tests.unit.services.desks import open_home, photo, sign_one

ITEM = Link(TargetKind.ITEM, "SGF/SGF-1.01")


def say(pair: Pair, laptop: object, item: str, **given: object) -> None:
    laptop.inspections.answer(pair.visit, "SGF", item, **given)


def test_what_each_laptop_added_comes_together(pair: Pair) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    say(pair, pair.b, "SGF-1.03", state="fail", detail="没有记录")
    say(pair, pair.a, "SGF-2.03", count=6)
    say(pair, pair.b, "SGF-2.03", detail="生活用品")
    for laptop, product in ((pair.a, "阿莫西林"), (pair.b, "二甲双胍")):
        laptop.inspections.put_row(pair.visit, "SGF", "SGF-1.04", {"product": product, "book": "9", "counted": "7", "price": "2"})
        laptop.evidence.take(pair.visit, [(f"{product}.jpg", photo(product))], links=[ITEM])
    pair.meet()
    pair.assert_equal()
    assert (pair.given(pair.a, "SGF-1.01").state, pair.given(pair.a, "SGF-1.03").state) == ("pass", "fail")
    both = pair.given(pair.b, "SGF-2.03")
    assert (both.count, both.detail) == (6, "生活用品")
    assert {row.cells["product"] for row in pair.given(pair.b, "SGF-1.04").rows} == {"阿莫西林", "二甲双胍"}
    assert pair.given(pair.a, "SGF-1.01").evidence == 2
    assert pair.a.sync.conflicts() == ()


@pytest.mark.parametrize("keep", ["current", "other"])
@pytest.mark.parametrize("resolver", ["a", "b"])
def test_the_same_item_judged_differently_is_one_question_on_both(pair: Pair, keep: str, resolver: str) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    time.sleep(0.01)
    say(pair, pair.b, "SGF-1.01", state="fail")
    pair.meet()
    pair.assert_equal()
    (line,) = pair.a.sync.conflicts()
    assert (line.field, {line.current, line.other}, line.reason) == ("state", {"pass", "fail"}, "concurrent")
    assert pair.given(pair.a, "SGF-1.01").state == line.current
    assert pair.a.sync.status().conflicts == 1
    assert "conflict_open" in {one.code for one in pair.a.inspections.blockers(pair.visit)}
    getattr(pair, resolver).sync.resolve(line.id, keep)
    with pytest.raises(Refused, match=r"conflict\.unknown"):
        getattr(pair, resolver).sync.resolve(line.id, keep)
    pair.meet()
    pair.assert_equal()
    assert pair.a.sync.conflicts() == ()
    assert pair.b.sync.status().conflicts == 0
    assert pair.given(pair.b, "SGF-1.01").state == getattr(line, keep)
    assert "conflict_open" not in {one.code for one in pair.b.inspections.blockers(pair.visit)}


def test_a_step_that_the_server_has_is_still_taken_back_as_a_new_change(pair: Pair) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    pair.meet()
    say(pair, pair.b, "SGF-1.01", state="fail", note="二号机改过")
    say(pair, pair.a, "SGF-1.03", state="na")
    pair.meet()
    assert pair.b.inspections.undo(pair.visit).value.state == "pass"
    assert pair.b.inspections.undo(pair.visit).value is None  # the rest is the other laptop's
    pair.meet()
    pair.assert_equal()
    assert (pair.given(pair.a, "SGF-1.01").state, pair.given(pair.a, "SGF-1.01").note) == ("pass", "")
    assert pair.a.sync.conflicts() == ()
    assert pair.a.inspections.undo(pair.visit).value.item == "SGF-1.03"


def test_the_same_judgement_twice_is_no_conflict(pair: Pair) -> None:
    for laptop in (pair.a, pair.b):
        say(pair, laptop, "SGF-1.01", state="pass")
    pair.meet()
    pair.assert_equal()
    assert pair.a.sync.conflicts() == ()


@pytest.mark.parametrize("keep", ["current", "other"])
def test_a_finding_removed_here_and_changed_there_is_a_question(pair: Pair, keep: str) -> None:
    made = pair.a.findings.save(Finding(FindingId(""), pair.visit, "V04", "", facts="所见", amount_cny=Decimal(5))).value
    pair.meet()
    pair.a.findings.remove(made.id, "不成立")
    pair.b.findings.save(dataclasses.replace(made, facts="改过"))
    pair.meet()
    pair.assert_equal()
    (line,) = pair.a.sync.conflicts()
    assert line.reason == "edit_vs_delete"
    assert [one.facts for one in pair.a.findings.of(pair.visit)] == ["改过"]
    pair.a.sync.resolve(line.id, keep)
    pair.meet()
    pair.assert_equal()
    assert pair.a.sync.conflicts() == ()
    assert len(pair.b.findings.of(pair.visit)) == (1 if keep == "current" else 0)


def test_a_signed_value_stands_and_the_late_edit_is_kept_beside_it(pair: Pair) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    pair.meet()
    say(pair, pair.b, "SGF-1.01", state="fail", detail="其实没有")
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_all(pair.a, document.id)
    pdf = pair.a.documents.pdf(document.id)
    pair.meet()
    pair.assert_equal()
    assert (pair.given(pair.b, "SGF-1.01").state, pair.given(pair.b, "SGF-1.01").detail) == ("pass", "")
    late = {one.field: one for one in pair.b.sync.conflicts()}
    assert {"state", "detail"} <= late.keys()
    assert (late["state"].other, late["detail"].other, late["state"].reason) == ("fail", "其实没有", "late_after_signature")
    assert late["state"].other_author == cast.PEOPLE[1].name
    assert pair.b.sync.status().refused == 0  # it stands as conflicts: nothing else is to be done about it
    with pytest.raises(Refused, match=r"record\.locked"):
        pair.b.sync.resolve(late["state"].id, "other")
    for line in late.values():
        pair.b.sync.resolve(line.id, "current")
    pair.meet()
    pair.assert_equal()
    assert pair.a.sync.conflicts() == ()
    assert pair.b.documents.pdf(document.id) == pdf
    for laptop in (pair.a, pair.b):
        with pytest.raises(Refused, match=r"record\.locked"):
            say(pair, laptop, "SGF-1.01", state="fail")


def test_an_item_judged_elsewhere_after_the_signature_does_not_enter_the_signed_record(pair: Pair) -> None:
    say(pair, pair.b, "SGF-1.03", state="fail", detail="晚到的判定")
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_one(pair.a, document.id, SignerRole.PARTY)
    pair.meet()
    pair.assert_equal()
    assert pair.given(pair.a, "SGF-1.03").state == "open"
    assert pair.given(pair.b, "SGF-1.03").state == "open"
    assert {"晚到的判定", "fail"} <= {one.other for one in pair.a.sync.conflicts()}


def test_a_record_composed_here_is_signed_there(pair: Pair) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    pair.a.evidence.take(pair.visit, [("a.jpg", photo("甲"))], links=[ITEM])
    document = pair.a.documents.freeze_record(pair.visit).value
    pair.meet()
    sign_all(pair.b, document.id)
    pair.meet()
    pair.assert_equal()
    assert pair.a.documents.view(document.id).document.state is DocumentState.SIGNED
    assert pair.a.documents.pdf(document.id) == pair.b.documents.pdf(document.id)
    pair.a.inspections.close(pair.visit)
    pair.meet()
    pair.assert_equal()


def test_a_record_composed_before_a_pulled_change_is_not_signed(pair: Pair) -> None:
    document = pair.a.documents.freeze_record(pair.visit).value
    say(pair, pair.b, "SGF-1.01", state="na", note="无此业务")
    pair.meet()
    with pytest.raises(Refused, match=r"document\.changed"):
        sign_one(pair.a, document.id, SignerRole.PARTY)


def test_evidence_from_the_other_laptop_shows_its_picture_and_its_bytes(pair: Pair) -> None:
    pair.a.evidence.take(pair.visit, [("a.jpg", photo("货架"))], links=[ITEM], place="店内")
    pair.meet()
    (piece,) = pair.b.evidence.of(pair.visit)
    assert (piece.is_stored, piece.is_on_server) == (True, True)
    assert b"".join(pair.b.evidence.original(piece.id)) == photo("货架")
    thumbnail, rendition = pair.b.evidence.thumbnail(piece.id), pair.b.evidence.rendition(piece.id)
    assert thumbnail is not None
    assert thumbnail == pair.a.evidence.thumbnail(piece.id)
    assert rendition == pair.a.evidence.rendition(piece.id)


def test_voided_here_and_captioned_there_is_void_on_both(pair: Pair) -> None:
    pair.a.evidence.take(pair.visit, [("a.jpg", photo("货架"))])
    pair.meet()
    (piece,) = pair.b.evidence.of(pair.visit)
    pair.a.evidence.void(piece.id, "拍错了")
    pair.b.evidence.caption(piece.id, "货架")
    pair.meet()
    pair.assert_equal()
    assert pair.b.evidence.of(pair.visit)[0].voided_reason == "拍错了"


def test_pulled_rows_are_guarded_like_own_ones(pair: Pair) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    pair.meet()
    db = pair.b.inspections._store.db
    for statement in ("UPDATE answer SET state = 'fail'", "DELETE FROM answer", "DELETE FROM sync_op", "UPDATE answer SET _locked = NULL"):
        with pytest.raises(DBAPIError), db.engine.connect() as connection:
            connection.exec_driver_sql(statement)
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_one(pair.a, document.id, SignerRole.PARTY)
    pair.meet()
    with pytest.raises(Refused, match=r"record\.locked"), db.write() as unit:
        unit.local("UPDATE answer SET state = 'fail'")
    pair.assert_equal()


def test_a_sync_that_was_stopped_goes_on_where_it_was(pair: Pair) -> None:
    for number in range(5):
        pair.a.evidence.take(pair.visit, [(f"{number}.bin", os.urandom(300_000))])
    for step in ("push", "pull", "blobs", "receipts"):
        token = CancelToken()

        def stop(progress: Progress, token: CancelToken = token, step: str = step) -> None:
            if progress.what == step:
                token.cancel()

        pair.a.sync.run(stop, token)
    pair.meet()
    pair.assert_equal()
    assert pair.a.sync.status().files_pending == 0
    assert [one.is_stored for one in pair.b.evidence.of(pair.visit)] == [True] * 5


def test_a_killed_sync_loses_and_doubles_nothing(pair: Pair, tmp_path: Path) -> None:
    for number in range(4):
        say(pair, pair.a, "SGF-1.01", count=number, note=f"第{number}次")
        pair.a.evidence.take(pair.visit, [(f"{number}.bin", os.urandom(400_000))])
    before = shown(pair.a, pair.visit)
    pair.a.close()
    command = [sys.executable, "-m", "app", "sync", "--home", str(tmp_path / "a"), "--json"]
    env = {**os.environ, "YANFANG_PIN": cast.SECRET, "YANFANG_NO_KEYRING": "1"}
    for wait in (0.7, 0.9, 1.1, 1.3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL) if os.name != "nt" else process.kill()
        process.wait()
    pair.a = open_home(tmp_path / "a")
    pair.a.vault.unlock(cast.SECRET)
    pair.meet()
    pair.assert_equal()
    after = shown(pair.a, pair.visit)
    assert after == before
    status = pair.a.sync.status()
    assert (status.pending, status.refused, status.conflicts, status.files_pending) == (0, 0, 0, 0)


def test_an_old_backup_goes_on_as_a_new_history_and_loses_nothing_the_server_has(pair: Pair, tmp_path: Path) -> None:
    say(pair, pair.a, "SGF-1.01", state="pass")
    backup = pair.a.backups.make().value.path
    with pair.a.inspections._store.db.read() as unit:
        replica = unit.sql("SELECT replica FROM sync_self")[0].replica
    say(pair, pair.a, "SGF-1.01", state="fail", detail="备份之后")
    pair.a.evidence.take(pair.visit, [("after.jpg", photo("备份之后"))])
    pair.meet()
    before = shown(pair.a, pair.visit)
    pair.a.backups.restore(backup)
    assert pair.given(pair.a, "SGF-1.01").state == "pass"
    with pair.a.inspections._store.db.read() as unit:
        assert unit.sql("SELECT replica FROM sync_self")[0].replica != replica
    say(pair, pair.a, "SGF-1.03", state="na", note="恢复之后")
    pair.meet()
    pair.assert_equal()
    assert (pair.given(pair.a, "SGF-1.01").state, pair.given(pair.b, "SGF-1.03").note) == ("fail", "恢复之后")
    after = shown(pair.b, pair.visit)
    assert after[2] == before[2]
    assert pair.a.sync.status().refused == 0
    assert b"".join(pair.a.evidence.original(pair.a.evidence.of(pair.visit)[0].id)) == photo("备份之后")


def test_a_sync_without_a_server_says_so_and_keeps_everything(pair: Pair) -> None:
    with pair.a.inspections._store.db.write() as unit:
        unit.local("UPDATE sync_self SET server = 'http://127.0.0.1:9'")
    say(pair, pair.a, "SGF-1.01", state="pass")
    with pytest.raises(Refused) as refused:
        pair.a.sync.run()
    assert refused.value.retryable
    assert pair.a.sync.status().last_error == refused.value.code
    assert pair.given(pair.a, "SGF-1.01").state == "pass"
    with pair.a.inspections._store.db.write() as unit:
        unit.local("UPDATE sync_self SET server = ?", (pair.server.url,))
    pair.meet()
    pair.assert_equal()


def test_what_was_added_elsewhere_after_the_signature_stands_apart_and_is_not_lost(pair: Pair) -> None:
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_one(pair.a, document.id, SignerRole.PARTY)
    before = shown(pair.a, pair.visit)[:3]
    pair.b.evidence.take(pair.visit, [("late.jpg", photo("晚到"))], links=[ITEM])
    pair.b.findings.save(Finding(FindingId(""), pair.visit, "V04", "晚到的事实", facts="所见", amount_cny=Decimal(500)))
    pair.b.inspections.put_row(pair.visit, "SGF", "SGF-1.04", {"product": "晚到", "book": "9", "counted": "7", "price": "2"})
    pair.meet()
    pair.assert_equal()
    for laptop in (pair.a, pair.b):
        assert shown(laptop, pair.visit)[:3] == before
        late = {(one.table, one.reason) for one in laptop.sync.conflicts()}
        assert {("evidence", "late_after_signature"), ("finding", "late_after_signature")} <= late
        assert laptop.sync.status().conflicts == len(laptop.sync.conflicts())
    with pair.a.inspections._store.db.read() as unit:
        assert unit.sql("SELECT count(*) AS n FROM sync_blob WHERE stored IS NOT NULL AND mime = 'image/jpeg'")[0].n == 1
    for line in pair.a.sync.conflicts():
        with pytest.raises(Refused, match=r"record\.locked"):
            pair.a.sync.resolve(line.id, "other")
        pair.a.sync.resolve(line.id, "current")
    pair.meet()
    pair.assert_equal()
    assert pair.b.sync.conflicts() == ()
    assert shown(pair.b, pair.visit)[:3] == before


def test_a_receipted_file_that_is_gone_from_the_folder_comes_back(pair: Pair) -> None:
    taken = pair.a.evidence.take(pair.visit, [("货架.jpg", photo("货架"))]).value[0]
    pair.meet()
    for stored in (pair.a.profile.files).glob("??/*.yfv"):
        stored.unlink()
    assert not next(one for one in pair.a.doctor.run() if one.code == "doctor.folder").ok
    pair.a.sync.run()
    assert taken.evidence is not None
    assert b"".join(pair.a.evidence.original(taken.evidence)) == photo("货架")
