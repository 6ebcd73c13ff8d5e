"""全覆盖情况统计表: how many of the institutions were visited, by kind, and what is to be checked next month."""

from forms.model import ColumnKind, Role
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
    Rows,
    Signatures,
    Signing,
    rows,
)
from forms.shared import conditional

_HEAD = (
    Field("office", "填报单位", source="office.name", wide=True),
    Field("receiver", "报送对象", example="云岭市医疗保障局", wide=True),
    Field("campaign", "工作名称", example="定点医药机构现场检查全覆盖", wide=True),
    Field("period", "统计期间", example="2026年4月"),
    Field("filled_on", "填报日期", FieldKind.DATE, source="issue.date"),
)
_COUNT = ColumnKind.NUMBER

PAPER = Paper(
    id="coverage_table",
    entry=30,
    title="定点医药机构现场检查全覆盖情况统计表",
    source=Basis.PRACTICE,
    basis=("{law.five_prohibitions.clause}",),
    file_order=949,
    fields=(
        *_HEAD,
        Field(
            "figures",
            "检查情况",
            FieldKind.TABLE,
            columns=(
                Column("机构类别", share=4.6),
                Column("机构总数", _COUNT, 1.55, total=True),
                Column("本期检查", _COUNT, 1.55, total=True),
                Column("累计检查", _COUNT, 1.55, total=True),
                Column("覆盖率", share=2),
                Column("有问题的", _COUNT, 1.55, total=True),
                Column("责令改正", _COUNT, 1.55, total=True),
                Column("立案", _COUNT, 1.3, total=True),
                Column("移送", _COUNT, 1.3, total=True),
                Column("退回（元）", ColumnKind.MONEY, 2.8, total=True),
            ),
            rows_at_least=1,
        ),
        Field(
            "planned",
            "下期检查计划",
            FieldKind.TABLE,
            columns=(
                Column("检查对象", share=5),
                Column("计划检查", _COUNT, 2.2, total=True),
                Column("时间", share=4),
                Column("责任科室", share=4),
            ),
            required=False,
        ),
        Field("remarks", "说明", FieldKind.LONG_TEXT, required=False),
        Field("filler", "填表人", example="程亦安"),
        Field("checker", "审核人", example="顾清和"),
    ),
    words=(("head_figures", "检查情况"), ("head_planned", "下期检查计划")),
    body=(
        rows(_HEAD),
        Head("head_figures"),
        Grid("figures"),
        Head("head_planned"),
        Grid("planned"),
        Rows(("remarks",)),
        Blank(),
        Signatures(("filler", "checker")),
    ),
    signings=(
        Signing("filler", Role.HANDLER, "填表人", names="filler"),
        Signing("checker", Role.REVIEWER, "审核人", names="checker"),
    ),
    needs=conditional("要求报送全覆盖进度的", Path.SUPERVISION),
)
