"""证据清单: every piece with its picture and the digests of its original bytes."""

from forms.kit.document import Context, Document, inspector_slots, party_slot
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Paragraph, Part, Title
from forms.kit.pictures import Pictures
from forms.kit.tables import Cell, Row, Table, label
from forms.kit.wording import joined, minute, short_minute
from forms.model import Evidence, EvidenceList
from forms.papers import Basis, Paper
from forms.shared import INSPECTIONS, required

_HEADER = (
    tuple(label(text, size=9) for text in ("编号", "名称（说明）", "取得时间", "取得地点", "对应检查项")),
)
_WIDTHS = (1.4, 5, 2.5, 3.2, 3)


def compose(listing: EvidenceList, context: Context) -> list[Part]:
    """Return the parts of the list."""
    head = Fields(
        (
            (("被检查单位", listing.institution.name),),
            (("制作时间", minute(listing.compiled_at)), ("证据数量", _quantity(listing))),
            (("取证人员", joined([f"{one.name}（{one.licence_no}）" for one in listing.inspectors])),),
        )
    )
    parts: list[Part] = [Title("证据清单", context.number), head]
    if not listing.evidence:
        return [*parts, Paragraph("本次检查未提取证据。"), Blank()]
    table = Table(_WIDTHS, tuple(row for piece in listing.evidence for row in _rows(piece)), header=_HEADER)
    note = "校验值由原始文件全部字节计算（SHA-256、SM3），图像为便于阅览的缩小副本，原始文件不作任何改动。"
    return [
        *parts,
        Heading("目录"),
        table,
        Heading("图像与校验值"),
        Paragraph(note, size=10.5),
        Pictures(listing.evidence),
        Blank(),
    ]


def _rows(piece: Evidence) -> list[Row]:
    voided = piece.voided is not None
    row: Row = (
        Cell(piece.number, "center", size=9),
        Cell(piece.caption + ("（已作废）" if voided else ""), size=9, struck=voided),
        Cell(short_minute(piece.taken_at) if piece.taken_at else "", "center", size=9),
        Cell(piece.place, size=9),
        Cell(joined(piece.items), size=9),
    )
    sources = (("原文件", piece.file_name), ("SHA-256", piece.sha256), ("SM3", piece.sm3))
    text = "\n".join(f"{name}：{value}" for name, value in sources if value)
    return [row, (label("校验", size=9), Cell(text, span=4, size=8))]


def _quantity(listing: EvidenceList) -> str:
    voided = sum(1 for piece in listing.evidence if piece.voided is not None)
    return f"{len(listing.evidence)} 件" + (f"（其中作废 {voided} 件）" if voided else "")


def slots(listing: EvidenceList) -> tuple[Slot, ...]:
    """Return who signs every page."""
    return (party_slot(listing.party), *inspector_slots(listing.inspectors))


DOCUMENT = Document("evidence_list", "证据清单", EvidenceList, compose, slots)
PAPER = Paper(
    id="evidence_list",
    entry=11,
    title=DOCUMENT.title,
    source=Basis.PRACTICE,
    basis=("《中华人民共和国行政处罚法》第四十六条",),
    file_order=245,
    needs=required(*INSPECTIONS, instead="evidence"),
    record=EvidenceList,
)
