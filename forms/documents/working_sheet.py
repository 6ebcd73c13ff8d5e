"""检查工作底稿: one sheet per finding, with the calculation; together they make up the grand total."""

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
    Prose,
    SealPlace,
    Signatures,
    Signing,
    rows,
)
from forms.shared import INSPECTIONS, INSPECTORS, required

_HEAD = (
    Field("sheet_number", "底稿号", example="DG-01"),
    Field("subject", "检查事项", source="task.title"),
    Field("institution", "被检查单位", source="institution.name", wide=True),
    Field("period", "检查期间", source="findings.period", wide=True),
    INSPECTORS,
    Field("reviewer", "复核人", example="顾清和"),
    Field("departments", "涉及科室", required=False, wide=True),
    Field("persons", "涉及患者数", FieldKind.NUMBER, required=False),
    Field("cases", "涉及例次", FieldKind.NUMBER, required=False),
    Field("amount", "违规费用金额", FieldKind.MONEY, source="findings.total_fen"),
    Field("loss", "造成基金损失", FieldKind.MONEY, required=False, hint="与违规费用金额分别计算"),
)

PAPER = Paper(
    id="working_sheet",
    entry=24,
    title="检查工作底稿",
    source=Basis.PRACTICE,
    basis=("《医疗保障基金使用监督管理条例》第三十八条",),
    file_order=280,
    fields=(
        *_HEAD,
        Field("facts", "违规事实", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("basis", "依据条款", FieldKind.LONG_TEXT, source="findings.basis"),
        Field("calculation", "计算过程", FieldKind.LONG_TEXT, example="126例次中可核定单价的逐笔相加，合计3,678.00元。"),
        Field(
            "details",
            "附件清单",
            FieldKind.TABLE,
            columns=(
                Column("病历号或结算号", share=4),
                Column("日期", share=2.6),
                Column("项目", share=4),
                Column("数量", ColumnKind.NUMBER, 1.6, total=True),
                Column("金额（元）", ColumnKind.MONEY, 2.6, total=True),
            ),
            required=False,
        ),
        Field("opinion", "被检查单位意见", FieldKind.CHOICE, options=("无异议", "有异议")),
        Field("opinion_text", "异议说明", FieldKind.LONG_TEXT, required=False),
        Field("confirmed_on", "确认日期", FieldKind.DATE, source="issue.date"),
    ),
    words=(
        ("head_facts", "违规事实"),
        ("head_basis", "依据条款"),
        ("head_calculation", "计算过程"),
        ("head_details", "明细"),
        ("head_opinion", "被检查单位意见"),
    ),
    body=(
        rows(_HEAD),
        Head("head_facts"), Prose("facts"),
        Head("head_basis"), Prose("basis"),
        Head("head_calculation"), Prose("calculation"),
        Head("head_details"), Grid("details"),
        Head("head_opinion"), Prose("opinion"), Prose("opinion_text"),
        Blank(),
        Signatures(("inspectors", "reviewer", "responsible")),
        SealPlace("institution_seal", "confirmed_on", "institution"),
    ),
    signings=(
        Signing("inspectors", Role.INSPECTOR, "检查人", names="inspectors"),
        Signing("reviewer", Role.REVIEWER, "复核人", names="reviewer"),
        Signing("responsible", Role.PARTY, "被检查单位负责人或者授权的人"),
        Signing("institution_seal", Role.INSTITUTION_SEAL, "单位公章"),
    ),
    needs=(
        *required(*INSPECTIONS, instead="sheet"),
        *required(Path.AGREEMENT_AUDIT, instead="sheet"),
    ),
)  # fmt: skip
