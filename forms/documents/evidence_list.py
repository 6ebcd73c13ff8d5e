"""证据清单: every piece with its picture and the digests of its original bytes."""

from forms.kit.document import Context, Document, inspector_slots, party_slot
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Paragraph, Part, Title
from forms.kit.pictures import Pictures
from forms.kit.tables import Cell, Table, label
from forms.kit.wording import joined, minute, short_hash, short_minute
from forms.model import Evidence, EvidenceList

_HEADER = (
    tuple(
        label(text, size=9) for text in ("编号", "名称（说明）", "取得时间", "取得地点", "对应检查项", "校验")
    ),
)
_WIDTHS = (1.5, 5, 2.4, 3.2, 2.4, 2)


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
    table = Table(_WIDTHS, tuple(_row(piece) for piece in listing.evidence), header=_HEADER)
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


def _row(piece: Evidence) -> tuple[Cell, ...]:
    texts = (
        piece.number,
        f"{piece.caption}{'（已作废）' if piece.voided is not None else ''}",
        short_minute(piece.taken_at) if piece.taken_at else "",
        piece.place,
        joined(piece.items),
        short_hash(piece.sha256) if piece.sha256 else "",
    )
    return tuple(
        Cell(
            text,
            "center" if place in (0, 2, 5) else "left",
            size=9,
            struck=place == 1 and piece.voided is not None,
        )
        for place, text in enumerate(texts)
    )


def _quantity(listing: EvidenceList) -> str:
    voided = sum(1 for piece in listing.evidence if piece.voided is not None)
    return f"{len(listing.evidence)} 件" + (f"（其中作废 {voided} 件）" if voided else "")


def slots(listing: EvidenceList) -> tuple[Slot, ...]:
    """Return who signs every page."""
    return (party_slot(listing.party), *inspector_slots(listing.inspectors))


DOCUMENT = Document("evidence_list", "证据清单", EvidenceList, compose, slots)
