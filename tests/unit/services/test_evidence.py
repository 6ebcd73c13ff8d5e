import dataclasses
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.core.errors import Refused
from app.core.evidence import Evidence, Link, TargetKind
from app.core.ids import EvidenceId
from tests.unit.services.desks import Desk, photo, whole

ITEM = Link(TargetKind.ITEM, "SGF/SGF-1.01")
OTHER = Link(TargetKind.ITEM, "SGF/SGF-1.03")


def take(desk: Desk, name: str, content: bytes, *links: Link) -> EvidenceId:
    (result,) = desk.services.evidence.take(desk.inspection, [(name, content)], links=links).value
    assert result.evidence is not None, result
    return result.evidence


def listed(desk: Desk) -> tuple[Evidence, ...]:
    return desk.services.evidence.of(desk.inspection)


def bytes_of(desk: Desk, proof: EvidenceId) -> bytes:
    return b"".join(desk.services.evidence.original(proof))


def test_what_is_taken_in_comes_out_byte_for_byte(visit: Desk, tmp_path: Path) -> None:
    content = photo("柜台")
    proof = take(visit, "IMG_0001.jpg", content, ITEM)
    assert bytes_of(visit, proof) == content
    visit.services.evidence.export_original(proof, tmp_path / "out.jpg")
    assert (tmp_path / "out.jpg").read_bytes() == content
    piece = listed(visit)[-1]
    assert (piece.sha256, piece.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))


def test_the_same_bytes_are_linked_again_and_not_doubled(visit: Desk, tmp_path: Path) -> None:
    before = len(listed(visit))
    proof = take(visit, "a.jpg", photo("柜台"), ITEM)
    file = tmp_path / "b.jpg"
    file.write_bytes(photo("柜台"))
    for source in (file, ("c.jpg", photo("柜台"))):
        (result,) = visit.services.evidence.take(visit.inspection, [source], links=[OTHER, OTHER]).value
        assert (result.status, result.evidence) == ("duplicate", proof)
    assert len(listed(visit)) == before + 1
    assert listed(visit)[-1].links == (ITEM, OTHER)


def test_the_same_file_twice_in_one_go_is_one_piece(visit: Desk, tmp_path: Path) -> None:
    before = len(listed(visit))
    files = [tmp_path / name for name in ("a.jpg", "b.jpg", "c.txt")]
    for file in files[:2]:
        file.write_bytes(photo("一样"))
    files[2].write_bytes(b"text")
    results = visit.services.evidence.take(visit.inspection, files).value
    assert sorted(one.status for one in results) == ["attachment", "duplicate", "ok"]
    assert len(listed(visit)) == before + 2


def test_the_same_photo_may_prove_something_in_two_visits(visit: Desk) -> None:
    other = visit.services.inspections.start(
        visit.tasks[2], inspectors=visit.inspectors[1:3], recorder=visit.inspectors[1], place=""
    ).value
    first = take(visit, "a.jpg", photo("柜台"))
    (result,) = visit.services.evidence.take(other, [("a.jpg", photo("柜台"))]).value
    assert result.status == "ok"
    visit.services.evidence.void(first, "另一家店的")
    assert [one.voided_reason for one in visit.services.evidence.of(other)] == [None]


def test_voided_evidence_keeps_its_number_its_bytes_and_its_reason(visit: Desk) -> None:
    proof = listed(visit)[1]
    before = bytes_of(visit, proof.id)
    visit.services.evidence.void(proof.id, "拍糊了")
    piece = listed(visit)[1]
    assert (piece.id, piece.number, piece.voided_reason) == (proof.id, 2, "拍糊了")
    assert bytes_of(visit, proof.id) == before
    attempts: list[Callable[[], object]] = [
        lambda: visit.services.evidence.void(proof.id, "再来"),
        lambda: visit.services.evidence.caption(proof.id, "x"),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=r"record\.voided"):
            attempt()
    with pytest.raises(Refused, match="reason_missing"):
        visit.services.evidence.void(listed(visit)[0].id, "  ")
    assert take(visit, "again.jpg", before) != proof.id  # the same photo may be taken in again, as a new piece


@pytest.mark.parametrize(
    ("moved", "to", "order"),
    [
        (0, 4, "3x41"), (0, 3, "3x14"), (0, 99, "3x41"), (2, 1, "3x14"), (3, 1, "4x13"), (3, 2, "1x43"), (3, -5, "4x13"), (2, 3, "1x34"),
    ],
)  # fmt: skip
def test_moving_renumbers_and_a_voided_piece_stays_where_it_is(visit: Desk, moved: int, to: int, order: str) -> None:
    before = listed(visit)
    visit.services.evidence.void(before[1].id, "拍糊了")
    visit.services.evidence.move(before[moved].id, to)
    names = {one.id: "x" if number == 2 else str(number) for number, one in enumerate(before, 1)}
    assert "".join(names[one.id] for one in listed(visit)) == order
    assert [one.number for one in listed(visit)] == [1, 2, 3, 4]


def test_a_voided_piece_is_not_moved(visit: Desk) -> None:
    proof = listed(visit)[1].id
    visit.services.evidence.void(proof, "拍糊了")
    with pytest.raises(Refused, match=r"record\.voided"):
        visit.services.evidence.move(proof, 1)


def test_moving_changes_the_numbers_that_findings_name(visit: Desk) -> None:
    draft = visit.services.findings.draft_from_item(visit.inspection, "SGF", "SGF-2.03")
    finding = visit.services.findings.save(dataclasses.replace(draft, facts="生活用品")).value
    (number,) = finding.evidence
    proof = listed(visit)[number - 1]
    visit.services.evidence.move(proof.id, 1)
    assert visit.services.findings.of(visit.inspection)[0].evidence == (1,)


def test_a_link_taken_away_leaves_the_evidence(visit: Desk) -> None:
    proof = take(visit, "a.jpg", photo("柜台"), ITEM, OTHER)
    visit.services.evidence.unlink(proof, ITEM)
    visit.services.evidence.unlink(proof, ITEM)
    assert listed(visit)[-1].links == (OTHER,)
    assert [one.id for one in visit.services.evidence.of(visit.inspection, target=OTHER)] == [proof]
    visit.services.evidence.link(proof, ITEM)
    assert set(listed(visit)[-1].links) == {ITEM, OTHER}


def test_a_stamped_copy_is_larger_and_leaves_the_original(visit: Desk) -> None:
    proof = listed(visit)[0]
    before = bytes_of(visit, proof.id)
    copy = Image.open(io.BytesIO(visit.services.evidence.stamped(proof.id)))
    original = Image.open(io.BytesIO(visit.services.evidence.rendition(proof.id) or b""))
    assert copy.height > original.height
    assert bytes_of(visit, proof.id) == before
    attachment = take(visit, "notes.txt", b"text")
    with pytest.raises(Refused, match="no_picture"):
        visit.services.evidence.stamped(attachment)


@pytest.mark.parametrize(
    "name",
    ["照片😀.jpg", "\u202egpj.exe", "a" * 5000 + ".jpg", "../../etc/passwd", "bell\a.jpg", "nul\0.jpg", "bad\udcff.jpg", "a\nb.jpg", ""],
)
def test_an_odd_file_name_loses_no_evidence(visit: Desk, name: str) -> None:
    results = visit.services.evidence.take(visit.inspection, [(name, photo("名字")), ("next.txt", b"next")]).value
    assert [one.status for one in results] == ["ok", "attachment"]
    proof = results[0].evidence
    assert proof is not None
    assert bytes_of(visit, proof) == photo("名字")


def test_files_that_cannot_be_read_do_not_stop_the_others(visit: Desk, tmp_path: Path) -> None:
    good = tmp_path / "good.jpg"
    good.write_bytes(photo("好的"))
    folder = tmp_path / "folder"
    folder.mkdir()
    take(visit, "same-size.bin", b"x" * folder.stat().st_size)  # a folder as large as a known file is no duplicate
    results = visit.services.evidence.take(visit.inspection, [tmp_path / "missing.jpg", folder, good]).value
    assert sorted(one.status for one in results) == ["failed", "failed", "ok"]
    assert {one.reason for one in results if one.evidence is None} == {"media.source_unreadable"}


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff\xd8\xff\xe1\x00\x04xx", b"GIF89a", b"%PDF-1.4\n%broken"])
def test_what_cannot_be_shown_is_kept_all_the_same(visit: Desk, content: bytes) -> None:
    proof = take(visit, "x.jpg", content)
    assert bytes_of(visit, proof) == content
    assert visit.services.evidence.thumbnail(proof) is None
    assert listed(visit)[-1].status in ("unreadable", "attachment", "refused")


@pytest.mark.parametrize("target", ["a folder", "no folder"])
def test_an_original_is_exported_whole_or_not_at_all(visit: Desk, tmp_path: Path, target: str) -> None:
    proof = listed(visit)[0].id
    (tmp_path / "folder").mkdir()
    to = tmp_path / "folder" if target == "a folder" else tmp_path / "missing" / "x.jpg"
    with pytest.raises(Refused, match="export_failed"):
        visit.services.evidence.export_original(proof, to)
    outside = [one for one in tmp_path.rglob("*") if one.is_file() and visit.home not in one.parents]
    assert outside == []


def test_a_damaged_original_is_never_handed_out_as_evidence(visit: Desk, tmp_path: Path) -> None:
    proof = take(visit, "a.jpg", photo("柜台"))
    with visit.services.inspections._store.db.read() as unit:
        row = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ?", (hashlib.sha256(photo("柜台")).hexdigest(),))[0]
    (file,) = [one for one in visit.home.rglob("*") if one.is_file() and row.stored in one.name]
    file.chmod(0o600)
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(Refused, match="damaged"):
        visit.services.evidence.export_original(proof, tmp_path / "out.jpg")
    assert not (tmp_path / "out.jpg").exists()
    failed = [one.code for one in visit.services.doctor.run() if not one.ok]
    assert failed == ["doctor.files"]


def test_a_lost_original_is_noticed(visit: Desk) -> None:
    proof = take(visit, "a.txt", b"the only copy")
    with visit.services.inspections._store.db.read() as unit:
        row = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ?", (hashlib.sha256(b"the only copy").hexdigest(),))[0]
    (file,) = [one for one in visit.home.rglob("*") if one.is_file() and row.stored in one.name]
    file.chmod(0o600)
    file.unlink()
    assert "doctor.folder" in [one.code for one in visit.services.doctor.run() if not one.ok]
    (again,) = visit.services.evidence.take(visit.inspection, [("a.txt", b"the only copy")]).value
    assert (again.status, again.evidence) == ("duplicate", proof)


def test_a_link_to_unknown_evidence_or_of_an_unknown_kind_is_refused(visit: Desk) -> None:
    with pytest.raises(Refused, match=r"evidence\.unknown"):
        visit.services.evidence.link(EvidenceId("nothing"), ITEM)
    attempts: list[Callable[[], object]] = [
        lambda: visit.services.evidence.caption(EvidenceId("nothing"), "x"),
        lambda: visit.services.evidence.void(EvidenceId("nothing"), "x"),
        lambda: visit.services.evidence.move(EvidenceId("nothing"), 1),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=r"evidence\.unknown"):
            attempt()
    whole(visit.services)
