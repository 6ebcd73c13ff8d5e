"""A case and a volume: complete, in order, the same bytes each time, whole or not at all."""

import datetime as dt
import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.core.errors import Refused
from app.core.inspections import Party
from app.core.progress import Cancelled, CancelToken, Progress
from app.services import verifying
from app.services.bundles.archive import listed
from app.services.demo import cast
from app.services.demo.play import sign_all
from forms.manifest import page_digests
from resources.verify.yanfang_verify import LIST
from tests.unit.services.desks import Desk, open_home, records

EVER = (dt.date(2000, 1, 1), dt.date(2100, 1, 1))


def plain(text: str) -> str:
    return "".join(text.split())


def test_a_case_holds_documents_in_legal_order_originals_index_and_verifiers(signed: Desk, tmp_path: Path) -> None:
    case = tmp_path / "a.yfcase.zip"
    made = signed.services.cases.export(signed.inspection, case).value
    with zipfile.ZipFile(case) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert all(one.compress_type == zipfile.ZIP_STORED for one in archive.infolist())
        pieces = signed.services.evidence.of(signed.inspection)
        for piece in pieces:
            (name,) = (one for one in names if one.startswith(f"证据/证{piece.number:04d} "))
            assert hashlib.sha256(archive.read(name)).hexdigest() == piece.sha256
        archive.extract("案卷目录.pdf", tmp_path)
        readme = archive.read("说明.txt").decode("utf-8-sig")
    assert [one.split("/")[-1][:6] for one in names if one.startswith("文书/")] == ["01 现场检", "02 询问笔"]
    assert {"说明.txt", "案卷目录.pdf", "核验/核验.html", "核验/yanfang_verify.py", LIST} <= set(names)
    assert "核验.html" in readme
    pages = [one["pages"] for one in listed(case)["files"] if one["role"] == "document"]
    index = plain("".join(page.extract_text() for page in PdfReader(tmp_path / "案卷目录.pdf").pages))
    assert f"1—{pages[0]}" in index
    assert f"{pages[0] + 1}—{sum(pages)}" in index
    assert (made.documents, made.pages, made.evidence, made.absent) == (2, sum(pages), len(pieces), 0)


def test_the_same_case_is_the_same_bytes_in_another_process_on_another_day(signed: Desk, tmp_path: Path) -> None:
    signed.services.cases.export(signed.inspection, tmp_path / "a.zip")
    signed.services.documents.export(records(signed.services, signed.inspection)[0].id, tmp_path / "a.pdf")
    signed.services.close()
    again = open_home(signed.home, lambda: dt.datetime(2031, 5, 5, tzinfo=dt.UTC))
    try:
        again.vault.unlock(cast.SECRET)
        again.cases.export(signed.inspection, tmp_path / "b.zip")
        again.documents.export(records(again, signed.inspection)[0].id, tmp_path / "b.pdf")
    finally:
        again.close()
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()




def test_the_manifest_names_answers_versions_evidence_pages_and_the_chain(signed: Desk, tmp_path: Path) -> None:
    record = records(signed.services, signed.inspection)[0]
    pdf = tmp_path / "r.pdf"
    signed.services.documents.export(record.id, pdf)
    attached = PdfReader(pdf).attachments
    assert set(attached) == {"manifest.json", "seal.json"}
    tree = json.loads(attached["manifest.json"][0])
    one = tree["documents"][0]
    assert one["number"] == record.number
    assert [page["hash"] for page in one["pages"]] == [page.content_hash for page in record.pages]
    drawn = page_digests(pdf.read_bytes())
    assert [(p["hash"], p["overlay"]) for d in tree["documents"] for p in (*d["pages"], *d["sheets"])] == drawn
    pieces = signed.services.evidence.of(signed.inspection)
    assert [(e["sha256"], e["sm3"]) for e in one["evidence"]] == [(e.sha256, e.sm3) for e in pieces]
    lines = [json.loads(line["d"]) for line in one["lines"]]
    answers = {line["r"]: line for line in lines if line["t"] == "answer"}
    assert answers
    seen = {field["b"] for line in answers.values() for field in line["f"].values() if isinstance(field, dict)}
    assert seen <= set(one["versions"])
    with signed.services.inspections._store.db.read() as unit:
        head = unit.sql("SELECT op_hash FROM sync_op WHERE replica = ? AND n = ?", (one["chain"]["replica"], one["chain"]["n"]))
    assert head[0].op_hash == one["chain"]["hash"]


def test_a_case_without_signed_documents_is_refused_and_a_cancelled_one_leaves_nothing(
    frozen: Desk, ready: Desk, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="nothing_signed"):
        frozen.services.cases.export(_unsigned(frozen), tmp_path / "a.zip")
    token = CancelToken()
    with pytest.raises(Cancelled):
        ready.services.cases.export(ready.inspection, tmp_path / "b.zip", lambda _: token.cancel(), token)
    assert not list(tmp_path.glob("*.zip*"))


def _unsigned(desk: Desk) -> object:
    task = desk.tasks[1]

    found = desk.services.tasks.get(task)
    return desk.services.inspections.start(
        task, inspectors=found.members[:2], recorder=found.members[1], place="店内", party=Party("周其真"), licence_shown=True,
        recusal_answer="否",
    ).value  # fmt: skip


def test_a_damaged_original_stops_the_case_and_a_missing_one_is_told(signed: Desk, tmp_path: Path) -> None:
    store = signed.services.inspections._store
    piece = signed.services.evidence.of(signed.inspection)[0]
    with store.db.read() as unit:
        stored = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ?", (piece.sha256,))[0].stored
    path = next(store.files.root.rglob(f"{stored}*"))
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:5000] + bytes((content[5000] ^ 1,)) + content[5001:])
    with pytest.raises(Refused, match="damaged"):
        signed.services.cases.export(signed.inspection, tmp_path / "a.zip")
    assert not list(tmp_path.glob("a.zip*"))
    path.unlink()
    made = signed.services.cases.export(signed.inspection, tmp_path / "b.zip").value
    assert made.absent == 1
    (verdict,) = verifying.verify([tmp_path / "b.zip"])
    assert verdict.is_good
    assert any("1 份证据的原件未装入" in note for note in verdict.notes)


def test_a_volume_has_cover_index_and_running_numbers_and_is_sealed(signed: Desk, tmp_path: Path) -> None:
    told: list[Progress] = []
    made = signed.services.volumes.bind(*EVER, tmp_path / "v.pdf", told.append).value
    reader = PdfReader(tmp_path / "v.pdf")
    numbered = len(reader.pages) - made.pages
    assert numbered == 1
    first = plain(reader.pages[0].extract_text())
    for document in signed.services.documents.of(signed.inspection):
        assert document.number in first
    for at in (1, made.pages // 2, made.pages):
        assert str(at) in reader.pages[at].extract_text().split()
    assert [(one.done, one.total) for one in told] == [(1, 2), (2, 2)]
    assert len(reader.outline) == 3
    (verdict,) = verifying.verify([tmp_path / "v.pdf"])
    assert verdict.is_good, verdict.told
    raw = bytearray((tmp_path / "v.pdf").read_bytes())
    raw[len(raw) // 3] ^= 4
    (tmp_path / "w.pdf").write_bytes(raw)
    assert verifying.verify([tmp_path / "w.pdf"])[0].is_good is False


def test_the_pages_in_a_volume_are_those_that_were_signed(signed: Desk, tmp_path: Path) -> None:
    signed.services.volumes.bind(*EVER, tmp_path / "v.pdf")
    contents = [
        hashlib.sha256(page["/Contents"][0].get_object().get_data()).hexdigest() for page in PdfReader(tmp_path / "v.pdf").pages
    ]
    for document in signed.services.documents.of(signed.inspection):
        for page in document.pages:
            assert page.content_hash in contents


def test_a_month_in_which_nothing_was_signed_gives_no_volume_and_a_cancelled_one_leaves_nothing(
    signed: Desk, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="volume_empty"):
        signed.services.volumes.bind(dt.date(2001, 1, 1), dt.date(2001, 1, 31), tmp_path / "v.pdf")
    token = CancelToken()
    with pytest.raises(Cancelled):
        signed.services.volumes.bind(*EVER, tmp_path / "v.pdf", lambda _: token.cancel(), token)
    assert not list(tmp_path.glob("v.pdf*"))


def test_a_record_is_completed_though_an_interview_lies_on_another_laptop(frozen: Desk) -> None:
    store = frozen.services.inspections._store
    with store.db.write() as unit:
        rows = unit.sql("SELECT facts FROM document WHERE id = ?", (frozen.interview,))
        unit.local("UPDATE sync_blob SET stored = NULL WHERE sha256 = ?", (json.loads(rows[0].facts)["sha256"],))
    assert frozen.record is not None
    sign_all(frozen.services, frozen.record)
    with store.db.read() as unit:
        kinds = {row.kind for row in unit.sql("SELECT kind FROM document_file WHERE document = ?", (frozen.record,))}
    assert kinds == {"signed", "manifest"}
