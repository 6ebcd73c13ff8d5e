"""A copy does not hold what it must not hold: not on its pages, not in attachments or the file's description, in no encoding."""

import dataclasses
import datetime as dt
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import Refused
from app.services import verifying
from app.services.bundles.redaction import profile, profiles, redacted, suspected
from forms import model as m
from forms.kit.fonts import fonts
from forms.listing import Listing, print_listing
from forms.manifest import Covered
from forms.render import Volume
from sync.protocol.chain import DeviceKey
from tests.unit.forms import samples
from tests.unit.services.desks import Desk, records

KEY = DeviceKey.from_seed(b"c" * 32)
PATIENTS = ("欧阳晚舟", "司徒静姝", "慕容知夏", "端木青禾")
NUMBERS = ("990199198703050013", "990199196611230027", "ZY2026008817", "MZ7730045512", "6217000099990001")
DIAGNOSES = ("重度抑郁发作", "获得性免疫缺陷综合征")
PARTY = {"name": "令狐采薇", "id_number": "990199198811020024", "phone": "13900001234", "address": "云岭市东湖区梧桐里六号三栋"}
ANSWER = "那天是我爱人把卡交给店里保管的"
ANY_COPY = (*PATIENTS, *NUMBERS, *DIAGNOSES)
ONLY = {
    "party": (NUMBERS[0], PARTY["id_number"], PARTY["phone"]),
    "publication": (*PARTY.values(), ANSWER),
    "police": (),
    "health": (PARTY["id_number"], PARTY["phone"], PARTY["address"], ANSWER),
}
KEPT = {"party": (PARTY["name"], ANSWER), "publication": ("康乐大药房",), "police": (*PARTY.values(), ANSWER), "health": (PARTY["name"],)}


def sections() -> tuple[m.Section, ...]:
    """Return a record in which each secret stands in its own field and is mentioned elsewhere."""
    party = m.Person(PARTY["name"], "女", dt.date(1988, 11, 2), PARTY["id_number"], PARTY["phone"], "", "店长", PARTY["address"])
    columns = (*tuple(m.Column(one) for one in ("患者姓名", "身份证号", "病历号", "诊断", "药品")), m.Column("金额", m.ColumnKind.MONEY))
    rows = tuple(
        (name, NUMBERS[n % 2], NUMBERS[2 + n % 3], DIAGNOSES[n % 2], "阿卡波糖片", "12.50") for n, name in enumerate(PATIENTS)
    )
    item = m.SheetItem("A-1", "是否存在串换药品", m.ItemState.FAIL, columns=columns, rows=rows, totals=(None,) * 5 + ("50.00",))
    told = f"经查{PATIENTS[0]}（身份证{NUMBERS[0]}，{DIAGNOSES[0]}）并未到店，{PARTY['name']}（电话{PARTY['phone']}）承认代刷。"
    sheet = m.ChecklistSheet(
        samples.SHOP, (samples.CHEN, samples.LU), party, "四规范", "SGF", "第1版", samples.AT, (m.SheetSection("一", (item,)),)
    )
    onsite = m.OnsiteRecord(
        samples.SHOP, (samples.CHEN, samples.LU), samples.CHEN, party, samples.AT, samples.AT, "店内", "检查", summary=told,
        observations=(m.Observation(f"{PATIENTS[1]}的处方与{NUMBERS[2]}不符"),), party_opinion=f"{PARTY['name']}无异议",
    )  # fmt: skip
    finding = m.Finding("1", "V01", "串换药品", told, 5000, calculation=f"{PATIENTS[2]}等四人合计")
    findings = m.FindingsStatement(samples.SHOP, (samples.CHEN, samples.LU), party, "检查", (finding,), 5000)
    pieces = tuple(dataclasses.replace(one, caption=f"{PATIENTS[3]}的购药小票") for one in samples.evidence(2))
    said = m.Exchange("怎么回事？", f"{ANSWER}，{PATIENTS[0]}知道。")
    asked = m.InterviewRecord(
        "检查", party, samples.CHEN, samples.LU, samples.AT, samples.AT, "店内", (said,)
    )
    listed = m.EvidenceList(samples.SHOP, (samples.CHEN, samples.LU), party, pieces, samples.AT)
    return m.Cover("案卷", samples.SHOP, (samples.CHEN,), samples.AT), onsite, sheet, findings, listed, asked


def copy_of(name: str) -> bytes:
    left = redacted(sections(), profile(name))
    return print_listing(Listing("副本"), samples.META, {}, lambda c: sign(c), [Volume(left, samples.META)])


def sign(covered: Covered) -> tuple[str, str]:
    return KEY.public_hex, KEY.sign(covered.message())


def forms_of(word: str) -> Iterator[bytes]:
    """Give every way in which a word may stand in a file."""
    yield word.encode()
    yield word.encode("utf-16-be")
    yield word.encode("utf-16-be").hex().encode()
    yield word.encode("utf-16-be").hex().upper().encode()
    yield word.encode("gb18030")
    yield word.encode("unicode-escape")
    for face in fonts().faces.values():
        yield face.encode(word)


def opened(pdf: bytes) -> bytes:
    """Return the file with every stream behind it as it is when unpacked, glyphs of a line joined."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n", pdf):
        unpacker = zlib.decompressobj()
        try:
            parts.append(unpacker.decompress(pdf[found.end() :]))
        except zlib.error:
            continue
    whole = b"\n".join(parts)
    return whole + re.sub(rb"> Tj[^<>]*<", b"", whole)  # a line is set in pieces where faces change


@pytest.mark.parametrize("name", profiles())
def test_nothing_excluded_is_anywhere_in_a_copy(name: str) -> None:
    whole = opened(copy_of(name))
    for word in (*ANY_COPY, *ONLY[name]) if name != "police" else (*PATIENTS, *NUMBERS[2:], *DIAGNOSES):
        for form in forms_of(word):
            assert form not in whole, word


@pytest.mark.parametrize("name", profiles())
def test_what_a_copy_is_for_is_still_in_it(name: str) -> None:
    whole = opened(copy_of(name))
    for word in KEPT[name]:
        assert any(form in whole for form in forms_of(word)), word


def test_the_search_would_find_what_is_there() -> None:
    whole = opened(print_listing(Listing("副本"), samples.META, {}, sign, [Volume(sections(), samples.META)]))
    for word in (*ANY_COPY, *PARTY.values(), ANSWER):
        assert any(form in whole for form in forms_of(word)), word


def test_only_characters_that_are_printed_have_a_glyph_in_the_file() -> None:
    secret = set(PATIENTS[1]) - set("".join(str(one) for one in redacted(sections(), profile("party"))))
    assert secret
    whole = opened(copy_of("party"))
    for sign_ in secret - {"司"}:
        assert f"<{ord(sign_):04X}>".encode() not in whole


def test_a_copy_is_accepted_and_its_code_leads_to_the_signed_one(signed: Desk, tmp_path: Path) -> None:
    services, (record,) = signed.services, records(signed.services, signed.inspection)
    original = tmp_path / "record.pdf"
    services.documents.export(record.id, original)
    for one in services.copies.profiles():
        made = services.copies.make(record.id, one.id, tmp_path / f"{one.id}.pdf").value
        (verdict,) = verifying.verify([made.file], code=made.code)
        assert verdict.is_good, verdict.told
        assert any(made.of in note for note in verdict.notes)
        assert verifying.verify([original], code=made.code)[0].is_good
        assert not verifying.verify([original], code="YF1 x " + "0" * 32)[0].is_good


def test_no_copy_is_made_of_what_is_not_signed_or_of_a_kind_that_nobody_knows(frozen: Desk, tmp_path: Path) -> None:
    (record,) = records(frozen.services, frozen.inspection)
    with pytest.raises(Refused, match="unsigned"):
        frozen.services.copies.make(record.id, "party", tmp_path / "a.pdf")
    with pytest.raises(Refused, match="profile_unknown"):
        frozen.services.copies.make(record.id, "everybody", tmp_path / "a.pdf")
    assert not list(tmp_path.glob("*.pdf*"))


def test_names_in_running_text_are_found_and_masked_where_a_person_confirms_them() -> None:
    told = "经查，患者王建国于3月1日购药，参保人：诸葛明月称未到店；家属李芳的卡由店员保管。患者在店内等候，参保人员共三名。"
    onsite = m.OnsiteRecord(
        samples.SHOP, (samples.CHEN, samples.LU), samples.CHEN, samples.MANAGER, samples.AT, samples.AT, "店内", "检查", summary=told,
    )  # fmt: skip
    assert suspected((onsite,)) == ("王建国", "诸葛明月", "李芳")
    left = redacted((onsite,), profile("party"), ("王建国", "诸葛明月", "李芳"))
    assert isinstance(left[0], m.OnsiteRecord)
    assert left[0].summary == told.replace("王建国", "王某某").replace("诸葛明月", "诸某某某").replace("李芳", "李某")
    assert suspected(redacted((onsite,), profile("party"))) == ("王建国", "诸葛明月", "李芳")
