import dataclasses
import datetime as dt
import hashlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from app.bootstrap import Services
from app.core.documents import Correction, Document, DocumentKind, DocumentState, SignerRole
from app.core.errors import Refused
from app.core.evidence import Link, TargetKind
from app.core.ids import DocumentId
from app.core.inspections import Party
from app.core.interviews import Subject
from app.core.places import Institution
from app.services import frozen as source
from app.services.demo import cast
from app.services.demo.play import sign_all
from forms.errors import UnreadablePdf
from forms.render import render
from forms.verify import page_hashes, verify
from tests.e2e.conftest import Clock
from tests.unit.forms import samples as printed_samples
from tests.unit.services.desks import HAND, Desk, open_home, photo, records, sign_one, whole

COVERED = ("inspection", "sheet", "answer", "answer_row", "evidence", "evidence_link", "finding", "interview", "turn")
ROW = {"product": "加", "book": "9", "counted": "1", "price": "1"}
INTERVIEWEE = Subject("林若溪", post="店员")


def text_of(pdf: bytes) -> str:
    """Return the text of all pages without spaces and line ends."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()


def record_of(desk: Desk) -> DocumentId:
    assert desk.record is not None
    return desk.record


def unlocked_rows(desk: Desk) -> dict[str, int]:
    left = {}
    with desk.services.inspections._store.db.read() as unit:
        for table in COVERED:
            owner = "id" if table == "inspection" else "inspection"
            left[table] = unit.sql(
                f'SELECT count(*) AS n FROM "{table}" WHERE {owner} = ? AND _locked IS NULL', (desk.inspection,)
            )[0].n
    return left


CHANGES: dict[str, Callable[[Desk], object]] = {
    "an answer": lambda d: d.services.inspections.answer(d.inspection, "SGF", "SGF-1.01", state="na", note="无"),
    "a first answer's note": lambda d: d.services.inspections.answer(d.inspection, "SGF", "SGF-2.03", note="改过"),
    "a row": lambda d: d.services.inspections.put_row(d.inspection, "SGF", "SGF-1.04", ROW),
    "a caption": lambda d: d.services.evidence.caption(d.services.evidence.of(d.inspection)[0].id, "另一个说法"),
    "a void": lambda d: d.services.evidence.void(d.services.evidence.of(d.inspection)[0].id, "拍错了"),
    "a photo": lambda d: d.services.evidence.take(d.inspection, [("x.jpg", photo("新照片"))]),
    "an order": lambda d: d.services.evidence.move(d.services.evidence.of(d.inspection)[0].id, 3),
    "a finding": lambda d: d.services.findings.save(dataclasses.replace(d.services.findings.of(d.inspection)[0], facts="改过的事实")),
    "a removed finding": lambda d: d.services.findings.remove(d.services.findings.of(d.inspection)[0].id, "不成立"),
    "the party's opinion": lambda d: d.services.inspections.set_details(d.inspection, party_opinion="有异议"),
    "the institution": lambda d: _renamed_institution(d),
    "the office": lambda d: d.services.office.rename("别的医疗保障局", "别的医保"),
    "a licence": lambda d: d.services.people.save(dataclasses.replace(d.services.people.get(d.inspectors[0]), licence_no="演练执法1")),
}  # fmt: skip


def _renamed_institution(desk: Desk) -> None:
    visit = desk.services.inspections.view(desk.inspection).inspection
    place: Institution = desk.services.institutions.get(visit.institution)
    desk.services.institutions.save(dataclasses.replace(place, name="改了名的药房"))


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_after_the_pages_were_shown_is_not_signed_unseen(frozen: Desk, change: str) -> None:
    CHANGES[change](frozen)
    role = frozen.services.documents.view(record_of(frozen)).next_role
    assert role is not None
    with pytest.raises(Refused, match=r"document\.changed"):
        sign_one(frozen.services, record_of(frozen), role)
    assert unlocked_rows(frozen)["answer"] > 0
    assert records(frozen.services, frozen.inspection)[-1].state is DocumentState.FROZEN


def test_pages_composed_anew_can_be_signed_and_say_what_was_changed(frozen: Desk) -> None:
    frozen.services.inspections.answer(frozen.inspection, "SGF", "SGF-2.03", note="店员当场承认")
    again = frozen.services.documents.freeze_record(frozen.inspection).value
    assert [one.id for one in records(frozen.services, frozen.inspection)] == [again.id]
    assert again.number == _number_of(frozen)
    sign_all(frozen.services, again.id)
    assert "店员当场承认" in text_of(frozen.services.documents.pdf(again.id))
    whole(frozen.services)


def _number_of(desk: Desk) -> str:
    with desk.services.inspections._store.db.read() as unit:
        return str(unit.sql("SELECT number FROM document WHERE id = ?", (record_of(desk),))[0].number)


def test_an_untouched_record_is_signed_as_it_was_shown_also_days_later_and_after_a_restart(
    frozen: Desk, clock: Clock
) -> None:
    shown = frozen.services.documents.pdf(record_of(frozen))
    hashes = page_hashes(shown)
    frozen.services.vault.lock()
    frozen.services.vault.unlock(cast.SECRET)
    clock.ahead = dt.timedelta(days=3)
    sign_all(frozen.services, record_of(frozen))
    document = frozen.services.documents.view(record_of(frozen)).document
    assert tuple(page.content_hash for page in document.pages) == hashes
    assert {one.page_hash for one in document.signatures} <= set(hashes)
    assert verify(frozen.services.documents.pdf(document.id), hashes).is_intact


def test_the_first_signature_locks_every_row_of_the_record(frozen: Desk) -> None:
    before = unlocked_rows(frozen)
    assert all(before[table] > 0 for table in ("inspection", "sheet", "answer", "answer_row", "evidence", "finding"))
    view = frozen.services.documents.view(record_of(frozen))
    assert view.next_role is not None
    assert view.next_page is not None
    frozen.services.documents.sign(record_of(frozen), view.next_role, [view.next_page], HAND)
    assert set(unlocked_rows(frozen).values()) == {0}


def test_every_change_of_a_signed_record_is_refused(signed: Desk) -> None:
    visit, services = signed.inspection, signed.services
    proof, finding = services.evidence.of(visit)[0], services.findings.of(visit)[0]
    asked = services.interviews.of(visit)[0]
    link = Link(TargetKind.ITEM, "SGF/SGF-1.01")
    attempts: dict[str, Callable[[], object]] = {
        "take": lambda: services.evidence.take(visit, [("x.jpg", photo("迟到"))]),
        "take again": lambda: services.evidence.take(visit, [("x.jpg", b"".join(services.evidence.original(proof.id)))]),
        "caption": lambda: services.evidence.caption(proof.id, "x"),
        "link": lambda: services.evidence.link(proof.id, link),
        "unlink": lambda: services.evidence.unlink(proof.id, proof.links[0]),
        "move": lambda: services.evidence.move(proof.id, 3),
        "void": lambda: services.evidence.void(proof.id, "x"),
        "finding": lambda: services.findings.save(dataclasses.replace(finding, facts="x")),
        "new finding": lambda: services.findings.save(dataclasses.replace(finding, id="")),
        "remove finding": lambda: services.findings.remove(finding.id, "x"),
        "interview": lambda: services.interviews.start(
            visit, subject=INTERVIEWEE, place="", asker=signed.inspectors[0], recorder=signed.inspectors[1]
        ),
        "subject": lambda: services.interviews.set_subject(asked.id, INTERVIEWEE),
        "discard": lambda: services.documents.discard(record_of(signed)),
    }
    for name, attempt in attempts.items():
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "record.locked", name
    with pytest.raises(Refused, match="signed_already"):
        services.documents.freeze_record(visit)
    with pytest.raises(Refused, match="signed_already"):
        services.documents.freeze_interview(asked.id)
    with pytest.raises(Refused, match="finished"):
        services.interviews.ask(asked.id, "还有呢？")
    assert len(services.evidence.of(visit)) == 4


def test_a_finding_cannot_be_moved_out_of_a_signed_record_into_another(signed: Desk) -> None:
    finding = signed.services.findings.of(signed.inspection)[0]
    other = signed.services.inspections.start(
        signed.tasks[2], inspectors=signed.inspectors[1:3], recorder=signed.inspectors[1], place=""
    ).value
    with pytest.raises(Refused):
        signed.services.findings.save(dataclasses.replace(finding, inspection=other, evidence=()))
    assert finding in signed.services.findings.of(signed.inspection)


@pytest.mark.parametrize("pages", [(), (99,), (0,), (-1,)])
def test_a_signature_on_no_page_locks_nothing(frozen: Desk, pages: tuple[int, ...]) -> None:
    with pytest.raises(Refused):
        frozen.services.documents.sign(record_of(frozen), SignerRole.PARTY, pages, HAND)
    assert unlocked_rows(frozen)["answer"] > 0
    assert frozen.services.documents.view(record_of(frozen)).document.state is DocumentState.FROZEN
    frozen.services.inspections.answer(frozen.inspection, "SGF", "SGF-1.01", state="fail")


@pytest.mark.parametrize("role", [SignerRole.WITNESS, SignerRole.SUBJECT])
def test_who_is_not_named_signs_nothing(frozen: Desk, role: SignerRole) -> None:
    with pytest.raises(Refused, match="not_a_signer"):
        frozen.services.documents.sign(record_of(frozen), role, [1], HAND)
    assert frozen.services.documents.view(record_of(frozen)).document.signatures == ()


def test_a_page_is_signed_once_by_each(frozen: Desk) -> None:
    document = frozen.services.documents.sign(record_of(frozen), SignerRole.PARTY, [2, 2], HAND).value
    page = next(one for one in document.pages if one.number == 2)
    assert SignerRole.PARTY in page.required
    assert [(one.role, one.page) for one in document.signatures] == [(SignerRole.PARTY, 2)]
    with pytest.raises(Refused, match="signed_page"):
        frozen.services.documents.sign(record_of(frozen), SignerRole.PARTY, [2], HAND)


@pytest.mark.parametrize(
    "strokes",
    [
        (),
        ((),),
        (((0.1, 0.1, 0, 0.5),),),
        (((float("nan"), 0.1, 0, 0.5), (0.2, 0.2, 5, 0.5)),),
        (((0.1, float("inf"), 0, 0.5), (0.2, 0.2, 5, 0.5)),),
    ],
)
def test_what_is_no_handwriting_is_no_signature(frozen: Desk, strokes: object) -> None:
    with pytest.raises(Refused, match="no_strokes"):
        frozen.services.documents.sign(record_of(frozen), SignerRole.PARTY, [1], strokes)


def test_ink_outside_the_pad_stays_inside_its_box_on_paper(frozen: Desk) -> None:
    before = frozen.services.documents.page_image(record_of(frozen), 2, 1)
    wild = (((-50.0, -50.0, 0, 9.0), (50.0, 50.0, 5, 9.0), (-50.0, 50.0, 9, 9.0)),)
    frozen.services.documents.sign(record_of(frozen), SignerRole.PARTY, [2], wild, aspect=0.4)
    after = frozen.services.documents.page_image(record_of(frozen), 2, 1)
    width = before.width * 3
    touched = [
        y for y in range(before.height) if before.rgb[y * width : (y + 1) * width] != after.rgb[y * width : (y + 1) * width]
    ]
    assert touched
    assert min(touched) > before.height * 0.6


def test_a_refusal_needs_its_reason_and_a_witness_who_then_signs(frozen: Desk) -> None:
    services, document = frozen.services, record_of(frozen)
    for reason, witness in (("", "罗怀瑾"), ("不认可", ""), ("  ", "罗怀瑾")):
        with pytest.raises(Refused, match="reason_missing"):
            services.documents.refuse(document, SignerRole.PARTY, reason, witness)
    for role in (SignerRole.INSPECTOR_1, SignerRole.RECORDER):
        with pytest.raises(Refused, match="inspector_refuses"):
            services.documents.refuse(document, role, "不认可", "罗怀瑾")
    services.documents.refuse(document, SignerRole.PARTY, "不认可金额", "罗怀瑾")
    for role in (SignerRole.INSPECTOR_1, SignerRole.INSPECTOR_2):
        sign_one(services, document, role)
    view = services.documents.view(document)
    assert view.document.state is DocumentState.SIGNING
    assert (view.next_role, next(one.name for one in view.signers if one.role is SignerRole.WITNESS)) == (SignerRole.WITNESS, "罗怀瑾")
    sign_one(services, document, SignerRole.WITNESS)
    assert services.documents.view(document).document.state is DocumentState.SIGNED
    printed = text_of(services.documents.pdf(document))
    assert "拒绝签名" in printed
    assert "不认可金额" in printed
    assert "罗怀瑾" in printed


def test_the_sheet_of_signatures_names_the_witness_of_a_refusal(frozen: Desk) -> None:
    services, document = frozen.services, record_of(frozen)
    services.documents.refuse(document, SignerRole.PARTY, "不认可金额", "罗怀瑾")
    for role in (SignerRole.INSPECTOR_1, SignerRole.INSPECTOR_2, SignerRole.WITNESS):
        sign_one(services, document, role)
    sheet = text_of(services.documents.pdf(document)).partition("签名情况")[2]
    assert "见证人罗怀瑾" in "".join(sheet.split())


def test_who_signs_the_record_cannot_witness_its_refusal(frozen: Desk) -> None:
    documents, document = frozen.services.documents, record_of(frozen)
    officer = next(one.name for one in documents.view(document).signers if one.role is SignerRole.INSPECTOR_1)
    with pytest.raises(Refused, match="witness_signs"):
        documents.refuse(document, SignerRole.PARTY, "不认可", officer.partition("（")[0])


def test_a_refusal_on_video_needs_no_witness(frozen: Desk) -> None:
    services, document = frozen.services, record_of(frozen)
    services.documents.refuse(document, SignerRole.PARTY, "不认可", "", is_recorded=True)
    sign_all(services, document)
    assert services.documents.view(document).document.state is DocumentState.SIGNED
    assert "已全程录音录像" in text_of(services.documents.pdf(document))


def test_who_has_signed_everything_cannot_refuse_afterwards(signed: Desk) -> None:
    with pytest.raises(Refused, match="signed_page"):
        signed.services.documents.refuse(record_of(signed), SignerRole.PARTY, "反悔", "罗怀瑾")
    assert records(signed.services, signed.inspection)[0].state is DocumentState.SIGNED


def test_signed_paper_photographed_back_in_stands_for_the_signature(frozen: Desk, tmp_path: Path) -> None:
    file = tmp_path / "paper.jpg"
    file.write_bytes(photo("签字的纸"))
    document = frozen.services.documents.paper(record_of(frozen), SignerRole.PARTY, file).value
    assert {one.method for one in document.signatures} == {"paper"}
    with frozen.services.inspections._store.db.read() as unit:
        kept = unit.sql("SELECT f.sha256 FROM document_file f JOIN sync_blob b ON b.sha256 = f.sha256 WHERE f.kind = 'paper'")
    assert [row.sha256 for row in kept] == [hashlib.sha256(file.read_bytes()).hexdigest()]


def test_paper_with_page_codes_stands_for_the_pages_seen_on_it(frozen: Desk, tmp_path: Path) -> None:
    services, record = frozen.services, record_of(frozen)
    whole = pypdfium2.PdfDocument(services.documents.pdf(record))
    file = tmp_path / "photo.jpg"
    # As a phone takes it: not straight, not sharp.
    page = whole[1].render(scale=2).to_pil().convert("RGB").rotate(4, expand=True, fillcolor="gray")
    page.save(file, "JPEG", quality=60)
    document = services.documents.paper(record, SignerRole.PARTY, file).value
    assert {one.page for one in document.signatures} == {2}
    with pytest.raises(Refused, match="paper_elsewhere"):
        services.documents.paper(record, SignerRole.PARTY, file)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(services.documents.pdf(record))
    document = services.documents.paper(record, SignerRole.PARTY, scan).value
    line = next(one for one in services.documents.view(record).signers if one.role is SignerRole.PARTY)
    assert set(line.signed) == set(line.pages)


def test_paper_of_another_document_is_no_signature(frozen: Desk, tmp_path: Path) -> None:
    file = tmp_path / "other.pdf"
    file.write_bytes(render([printed_samples.onsite()], printed_samples.META).pdf)
    with pytest.raises(Refused, match="paper_elsewhere"):
        frozen.services.documents.paper(record_of(frozen), SignerRole.PARTY, file)
    assert frozen.services.documents.view(record_of(frozen)).document.signatures == ()


@pytest.mark.parametrize("content", [b"", b"\0", "我签了".encode(), b"\xff\xd8\xff\xe0 no picture", b"%PDF-1.7 broken"])
def test_paper_that_shows_nothing_is_no_signature(frozen: Desk, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "paper.jpg"
    file.write_bytes(content)
    with pytest.raises(Refused):
        frozen.services.documents.paper(record_of(frozen), SignerRole.PARTY, file)
    assert frozen.services.documents.view(record_of(frozen)).document.signatures == ()
    assert unlocked_rows(frozen)["answer"] > 0


def test_an_amendment_names_the_old_record_and_leaves_it_byte_for_byte(signed: Desk, tmp_path: Path) -> None:
    services, old = signed.services, records(signed.services, signed.inspection)[0]
    before = services.documents.pdf(old.id)
    corrected = Correction("第2页检查地点", "春晓路3号", "春晓路5号", "笔误")
    amendment = services.documents.amend(old.id, [corrected]).value
    assert services.documents.view(old.id).document.state is DocumentState.SIGNED
    sign_all(services, amendment.id)
    assert services.documents.view(amendment.id).document.state is DocumentState.SIGNED
    assert services.documents.view(old.id).document.state is DocumentState.AMENDED
    assert services.documents.pdf(old.id) == before
    printed = text_of(services.documents.pdf(amendment.id))
    for part in (old.number, "春晓路3号", "春晓路5号", "笔误"):
        assert "".join(part.split()) in printed
    services.documents.export(old.id, tmp_path / "bundle.pdf")
    assert "春晓路5号" in text_of((tmp_path / "bundle.pdf").read_bytes())


def test_two_amendments_under_way_have_different_numbers(signed: Desk) -> None:
    assert signed.interview is not None
    correction = Correction("第1页", "a", "b", "笔误")
    first = signed.services.documents.amend(record_of(signed), [correction]).value
    second = signed.services.documents.amend(signed.interview, [correction]).value
    assert first.number != second.number
    again = signed.services.documents.amend(record_of(signed), [correction]).value
    assert again.number == first.number
    listed = [one for one in signed.services.documents.of(signed.inspection) if one.kind is DocumentKind.AMENDMENT]
    assert {one.id for one in listed} == {again.id, second.id}


def test_only_a_signed_document_is_amended_and_only_with_a_reason(frozen: Desk) -> None:
    with pytest.raises(Refused, match="unsigned"):
        frozen.services.documents.amend(record_of(frozen), [Correction("第1页", "a", "b", "笔误")])
    assert frozen.interview is not None
    for bad in (Correction("第1页", "a", "b", " "), Correction("", "a", "b", "笔误"), Correction("第1页", "", "", "笔误")):
        with pytest.raises(Refused, match="correction_missing"):
            frozen.services.documents.amend(frozen.interview, [bad])


def test_the_export_of_a_record_holds_its_interviews_and_the_same_bytes_each_time(signed: Desk, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        signed.services.documents.export(record_of(signed), tmp_path / name)
    again = open_copy(signed, tmp_path)
    try:
        again.documents.export(record_of(signed), tmp_path / "c.pdf")
    finally:
        again.close()
    first = (tmp_path / "a.pdf").read_bytes()
    assert first == (tmp_path / "b.pdf").read_bytes() == (tmp_path / "c.pdf").read_bytes()
    printed = text_of(first)
    for part in ("询问笔录", "现场检查笔录", "贵店药品的购进", "演练执法990199001", "演练执法990199002"):
        assert part in printed


def open_copy(desk: Desk, folder: Path) -> Services:
    desk.services.close()
    shutil.copytree(desk.home, folder / "copy")
    services = open_home(folder / "copy")
    services.vault.unlock(cast.SECRET)
    return services


def test_a_signed_pdf_that_was_tampered_with_does_not_verify(signed: Desk) -> None:
    document: Document = records(signed.services, signed.inspection)[0]
    hashes = [page.content_hash for page in document.pages]
    pdf = signed.services.documents.pdf(document.id)
    assert verify(pdf, hashes).is_intact
    opened = pypdfium2.PdfDocument(pdf)
    opened.del_page(1)
    shorter = io.BytesIO()
    opened.save(shorter)
    try:
        is_intact = verify(shorter.getvalue(), hashes).is_intact
    except UnreadablePdf:
        is_intact = False
    assert not is_intact
    assert not verify(pdf, [*hashes[1:], hashes[0]]).is_intact


def test_the_signed_pdf_is_kept_and_is_the_one_that_is_shown(signed: Desk) -> None:
    with signed.services.inspections._store.db.read() as unit:
        kept = unit.sql(
            "SELECT f.sha256, b.stored FROM document_file f JOIN sync_blob b ON b.sha256 = f.sha256"
            " WHERE f.document = ? AND f.kind = 'signed'",
            (record_of(signed),),
        )
    pdf = signed.services.documents.pdf(record_of(signed))
    assert [row.sha256 for row in kept] == [hashlib.sha256(pdf).hexdigest()]


def test_the_sums_on_paper_are_those_of_the_findings(signed: Desk) -> None:
    found = signed.services.findings.of(signed.inspection)
    total = sum(one.amount_cny or 0 for one in found)
    assert total == signed.services.inspections.view(signed.inspection).amount_cny
    printed = text_of(signed.services.documents.pdf(record_of(signed)))
    for amount in [*(one.amount_cny for one in found), total]:
        assert f"{amount:,.2f}" in printed


def test_every_item_not_in_order_is_on_paper_with_its_evidence(signed: Desk) -> None:
    printed = text_of(signed.services.documents.pdf(record_of(signed)))
    for code in ("SGF-1.04", "SGF-2.03", "SGF-3.01"):
        assert code in printed
    for proof in signed.services.evidence.of(signed.inspection):
        assert proof.sha256[:16] in printed
    assert "演练" in printed


def test_an_interview_whose_subject_changed_after_freezing_is_not_signed_unseen(visit: Desk) -> None:
    services = visit.services
    asked = services.interviews.start(
        visit.inspection, subject=INTERVIEWEE, place="", asker=visit.inspectors[0], recorder=visit.inspectors[1]
    ).value
    for turn in asked.turns:
        services.interviews.answer(turn.id, "听明白了。")
    services.interviews.finish(asked.id)
    document = services.documents.freeze_interview(asked.id).value
    services.interviews.set_subject(asked.id, Subject("另一个人"))
    with pytest.raises(Refused, match=r"document\.changed"):
        sign_one(services, document.id, SignerRole.SUBJECT)
    again = services.documents.freeze_interview(asked.id).value
    sign_all(services, again.id)
    assert "另一个人" in text_of(services.documents.pdf(again.id))


def test_two_officers_of_the_same_name_sign_each_for_themselves(office: Desk) -> None:
    services = office.services
    for one in office.inspectors[:2]:
        services.people.save(dataclasses.replace(services.people.get(one), name="张伟"))
    visit = services.inspections.start(
        office.tasks[0], inspectors=office.inspectors[:2], recorder=office.inspectors[1], place="",
        party=Party("周其真"), licence_shown=True,
    ).value  # fmt: skip
    document = services.documents.freeze_record(visit).value
    required = {role for page in document.pages for role in page.required}
    assert {SignerRole.INSPECTOR_1, SignerRole.INSPECTOR_2, SignerRole.RECORDER} <= required
    sign_one(services, document.id, SignerRole.PARTY)
    sign_one(services, document.id, SignerRole.INSPECTOR_1)
    left = {one.role for one in services.documents.view(document.id).signers if set(one.pages) - set(one.signed)}
    assert left == {SignerRole.INSPECTOR_2, SignerRole.RECORDER}
    sign_one(services, document.id, SignerRole.INSPECTOR_2)
    assert services.documents.view(document.id).document.state is DocumentState.SIGNED
    printed = text_of(services.documents.pdf(document.id))
    assert "张伟（演练执法990199001）" in printed


def test_an_export_that_cannot_be_written_leaves_nothing(signed: Desk, tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    for target in (tmp_path / "folder.pdf", tmp_path / "missing" / "a.pdf", Path("/proc/nothing.pdf")):
        with pytest.raises(Refused, match="export_failed"):
            signed.services.documents.export(record_of(signed), target)
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == []


def test_what_another_laptop_sent_as_pages_can_only_name_parts_of_pages(frozen: Desk) -> None:
    for name in ("dataclass", "field", "__import__", "dt", "StrEnum"):
        tree = json.dumps({"meta": {"$": name}, "sections": []}).encode()
        with pytest.raises(Refused, match="source_damaged"):
            source.load(len(tree).to_bytes(8, "big") + tree)
