"""整改复查（验收）记录: item by item 已整改, 部分整改 or 未整改."""

from forms.model import Role
from forms.papers import (
    Basis,
    Blank,
    Closing,
    Column,
    Field,
    FieldKind,
    Grid,
    Head,
    Paper,
    Path,
    Prose,
    Signing,
    rows,
)
from forms.shared import ENDED, INSPECTORS, STARTED, conditional

_HEAD = (
    Field("institution", "被复查单位", source="institution.name", wide=True),
    Field("order_number", "整改文书文号", required=False, source="papers.rectification_order.number"),
    Field("due_on", "整改期限", FieldKind.DATE, required=False, source="papers.rectification_order.due_on"),
    STARTED,
    ENDED,
    Field("place", "复查地点", source="inspection.place"),
    Field("party", "现场负责人", source="party.name"),
    INSPECTORS,
)

PAPER = Paper(
    id="rectification_review",
    entry=26,
    title="整改复查（验收）记录",
    source=Basis.PRACTICE,
    basis=("《中华人民共和国行政处罚法》第二十八条",),
    file_order=435,
    fields=(
        *_HEAD,
        Field(
            "items",
            "复查情况",
            FieldKind.TABLE,
            columns=(
                Column("整改要求", share=5),
                Column("复查情况", share=5),
                Column("结论", share=2.4),
                Column("佐证", share=3),
            ),
            rows_at_least=1,
            hint="结论写已整改、部分整改或者未整改",
        ),
        Field("result", "总体结论", FieldKind.CHOICE, options=("已整改", "部分整改", "未整改")),
        Field("follow_up", "后续处理意见", FieldKind.LONG_TEXT, required=False),
        Field("opinion", "被复查单位意见", FieldKind.LONG_TEXT, source="inspection.party_opinion"),
    ),
    words=(
        ("head_items", "逐项复查情况"),
        ("head_result", "复查结论"),
        ("head_opinion", "被复查单位意见"),
        ("closing", "以上复查情况我已看过（已向我宣读），记录属实。"),
    ),
    body=(
        rows(_HEAD),
        Head("head_items"), Grid("items"),
        Head("head_result"), Prose("result"), Prose("follow_up"),
        Head("head_opinion"), Prose("opinion"),
        Blank(),
        Closing("closing", "party"),
    ),
    signings=(
        Signing("party", Role.PARTY, "被复查单位负责人", names="party", every_page=True),
        Signing("officers", Role.INSPECTOR, "复查人员", names="inspectors", every_page=True),
    ),
    needs=conditional(
        "整改期满复查的",
        Path.RANDOM_DAILY,
        Path.SPECIAL,
        Path.COMPLAINT,
        Path.AGREEMENT_AUDIT,
        Path.SUPERVISION,
        Path.PENALTY,
    ),
)  # fmt: skip
