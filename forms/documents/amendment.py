"""更正记录: what changes in a signed record; the record itself stays as it was signed.

Source: 公安机关办理行政案件程序规定 art. 77 (a correction is marked by the one who asks for it).
"""

from forms.kit.corrections import Corrections
from forms.kit.document import Context, Document, inspector_slots, party_slot, witness_slots
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Paragraph, Part, Statement, Title
from forms.kit.wording import joined, minute
from forms.model import Amendment
from forms.papers import Basis, Paper

_WORDS = "以上更正内容我已看过（已向我宣读），更正属实。"


def compose(amendment: Amendment, context: Context) -> list[Part]:
    """Return the parts of the amendment."""
    rows: list[tuple[tuple[str, str], ...]] = [
        (("原文书", amendment.record_title), ("原文号", amendment.record_number)),
        (("原文书校验", f"{amendment.record_sha256[:32]}\n{amendment.record_sha256[32:]}".strip()),),
        (("更正时间", minute(amendment.amended_at)), ("更正处数", f"{len(amendment.corrections)} 处")),
        (("检查人员", joined([f"{one.name}（{one.licence_no}）" for one in amendment.inspectors])),),
    ]
    if amendment.institution:
        rows.insert(0, (("被检查单位", amendment.institution.name),))
    preface = (
        f"《{amendment.record_title}》（{amendment.record_number or '无文号'}）签名后发现下列记载有误或者遗漏，"
        "经核对更正如下。原文书保持原样，与本更正记录一并存卷；划线部分为原记载内容。"
    )
    marks = (party_slot(amendment.party), *inspector_slots(amendment.inspectors))
    return [
        Title("更正记录", context.number),
        Fields(tuple(rows)),
        Paragraph(preface),
        Heading("更正内容"),
        Corrections(amendment.corrections, marks),
        Blank(is_last=False),
        Statement(_WORDS, party_slot(amendment.party)),
    ]


def slots(amendment: Amendment) -> tuple[Slot, ...]:
    """Return who signs every page."""
    return (
        party_slot(amendment.party),
        *inspector_slots(amendment.inspectors),
        *witness_slots(amendment.witnesses),
    )


DOCUMENT = Document("amendment", "更正记录", Amendment, compose, slots)
PAPER = Paper(
    id="amendment",
    entry=4,
    title=DOCUMENT.title,
    source=Basis.PRACTICE,
    basis=("《中华人民共和国行政处罚法》第五十五条",),
    file_order=205,
    number_word="更正",
    record=Amendment,
)
