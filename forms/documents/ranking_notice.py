"""监督检查工作排名通报: districts by how far they are, every half-year."""

from forms.model import ColumnKind
from forms.papers import (
    Basis,
    Blank,
    Column,
    Field,
    FieldKind,
    Grid,
    Head,
    Paper,
    Path,
    Prose,
    SealPlace,
    rows,
)
from forms.shared import ISSUED, SEAL, conditional

_HEAD = (
    Field("office", "通报单位", source="office.name"),
    Field("receiver", "通报对象", example="各县（市、区）医疗保障局"),
    Field("campaign", "工作名称", example="“五合理”“四规范”专项检查", wide=True),
    Field("period", "统计期间", example="2026年上半年", wide=True),
)
_COUNT = ColumnKind.NUMBER

PAPER = Paper(
    id="ranking_notice",
    entry=30,
    title="监督检查工作排名通报",
    source=Basis.PRACTICE,
    basis=("{law.five_prohibitions.clause}",),
    file_order=955,
    number_word="排名",
    fields=(
        *_HEAD,
        Field(
            "rule",
            "排名办法",
            FieldKind.LONG_TEXT,
            example="按已检查机构占定点机构的比例排列；比例相同的名次相同。",
        ),
        Field(
            "ranks",
            "排名情况",
            FieldKind.TABLE,
            columns=(
                Column("名次", share=1.4),
                Column("县（市、区）", share=4.6),
                Column("定点机构", _COUNT, 1.7, total=True),
                Column("已检查", _COUNT, 1.7, total=True),
                Column("覆盖率", share=2),
                Column("检查次数", _COUNT, 1.7, total=True),
                Column("发现问题", _COUNT, 1.7, total=True),
                Column("退回（元）", ColumnKind.MONEY, 3, total=True),
            ),
            rows_at_least=1,
        ),
        Field("remarks", "说明", FieldKind.LONG_TEXT, required=False),
        ISSUED,
    ),
    words=(("head_rule", "排名办法"), ("head_ranks", "排名情况"), ("head_remarks", "说明")),
    body=(
        rows(_HEAD),
        Head("head_rule"),
        Prose("rule"),
        Head("head_ranks"),
        Grid("ranks"),
        Head("head_remarks"),
        Prose("remarks"),
        SealPlace("seal", "issued_on"),
        Blank(),
    ),
    signings=(SEAL,),
    needs=conditional("要求通报排名的", Path.SUPERVISION),
)
