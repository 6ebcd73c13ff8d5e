"""检查方案: aim, objects, content, standards, course, division of work and discipline of an inspection."""

from forms.papers import Basis, Blank, Field, FieldKind, Head, Paper, Prose, SealPlace, rows
from forms.shared import INSPECTIONS, INSPECTORS, ISSUED, SEAL, required

_HEAD = (
    Field("subject", "检查事项", source="task.title", wide=True),
    Field("objects", "检查对象", FieldKind.LONG_TEXT, source="institution.name"),
    Field("period", "检查时间", example="2026年4月10日至4月17日"),
    Field("data_period", "数据期间", source="plan.data_period", required=False),
    INSPECTORS,
)

PAPER = Paper(
    id="inspection_plan",
    entry=2,
    title="检查方案",
    source=Basis.PRACTICE,
    basis=("{law.five_prohibitions.clause}",),
    file_order=120,
    number_word="检方",
    fields=(
        *_HEAD,
        Field("aim", "检查目标", FieldKind.LONG_TEXT, source="plan.goal", example="规范定点零售药店使用医疗保障基金行为，维护基金安全。"),
        Field("basis", "检查依据", FieldKind.LONG_TEXT, source="task.basis"),
        Field("content", "检查内容", FieldKind.LONG_TEXT, source="task.content", hint="写明所用检查清单"),
        Field("standard", "检查标准", FieldKind.LONG_TEXT, example="按检查清单逐项检查，逐项记录结果并取证。"),
        Field("course", "检查流程", FieldKind.LONG_TEXT, source="plan.course", example="审批、通知、实施、记录、反馈。"),
        Field("division", "人员分工", FieldKind.LONG_TEXT, example="陈知行负责询问，陆以宁负责记录和取证。"),
        Field("discipline", "工作纪律", FieldKind.LONG_TEXT, source="plan.discipline", example="严格遵守廉政、保密、回避规定。"),
        ISSUED,
    ),
    words=(
        ("head_aim", "检查目标"),
        ("head_basis", "检查依据"),
        ("head_content", "检查内容"),
        ("head_standard", "检查标准"),
        ("head_course", "检查流程"),
        ("head_division", "人员分工"),
        ("head_discipline", "工作纪律"),
    ),
    body=(
        rows(_HEAD),
        Head("head_aim"), Prose("aim"),
        Head("head_basis"), Prose("basis"),
        Head("head_content"), Prose("content"),
        Head("head_standard"), Prose("standard"),
        Head("head_course"), Prose("course"),
        Head("head_division"), Prose("division"),
        Head("head_discipline"), Prose("discipline"),
        SealPlace("seal", "issued_on"),
        Blank(),
    ),
    signings=(SEAL,),
    needs=required(*INSPECTIONS),
)  # fmt: skip
