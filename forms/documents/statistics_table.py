"""检查情况统计表: figures of a period by kind of institution; no targets and no ranking of officers."""

from forms.model import ColumnKind, Role
from forms.papers import (
    Basis,
    Blank,
    Column,
    Field,
    FieldKind,
    Grid,
    Paper,
    Path,
    Rows,
    Signatures,
    Signing,
    rows,
)
from forms.shared import conditional

_HEAD = (
    Field("office", "填报单位", source="office.name", wide=True),
    Field("period", "统计期间", example="2026年4月"),
    Field("filled_on", "填报日期", FieldKind.DATE, source="issue.date"),
)
_COUNT = ColumnKind.NUMBER

PAPER = Paper(
    id="statistics_table",
    entry=30,
    title="医疗保障基金监督检查情况统计表",
    source=Basis.PRACTICE,
    basis=("{law.five_prohibitions.clause}",),
    file_order=950,
    fields=(
        *_HEAD,
        Field(
            "figures",
            "检查情况",
            FieldKind.TABLE,
            columns=(
                Column("机构类别", share=4),
                Column("应检查", _COUNT, 2, total=True),
                Column("已检查", _COUNT, 2, total=True),
                Column("发现问题", _COUNT, 2, total=True),
                Column("责令改正", _COUNT, 2, total=True),
                Column("立案", _COUNT, 1.6, total=True),
                Column("移送", _COUNT, 1.6, total=True),
                Column("退回（元）", ColumnKind.MONEY, 3, total=True),
                Column("罚款（元）", ColumnKind.MONEY, 3, total=True),
            ),
            rows_at_least=1,
        ),
        Field("remarks", "说明", FieldKind.LONG_TEXT, required=False),
        Field("filler", "填表人", example="程亦安"),
        Field("checker", "审核人", example="顾清和"),
    ),
    body=(
        rows(_HEAD),
        Grid("figures"),
        Rows(("remarks",)),
        Blank(),
        Signatures(("filler", "checker")),
    ),
    signings=(
        Signing("filler", Role.HANDLER, "填表人", names="filler"),
        Signing("checker", Role.REVIEWER, "审核人", names="checker"),
    ),
    needs=conditional("按期汇总上报的", Path.SUPERVISION),
)
