"""案件来源登记表: where a case comes from. Source: domain 4.1.15."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Opinion, Paper, Path, Signing, rows
from forms.shared import HEAD, SECTION_HEAD, required

_HEAD = (
    Field("source_number", "登记编号", example="AY-2026-0008"),
    Field("registered_on", "登记日期", FieldKind.DATE, source="issue.date"),
    Field("origin", "案件来源", FieldKind.CHOICE,
          options=("监督检查发现", "投诉举报", "其他部门移送", "上级机关交办", "数据监测", "其他")),
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("credit_code", "信用代码", required=False, source="institution.credit_code"),
    Field("responsible", "负责人", required=False, source="institution.responsible"),
    Field("address", "地址", required=False, source="institution.address", wide=True),
    Field("provider", "提供人或移送机关", required=False, wide=True, hint="举报人信息不写入本表"),
    Field("situation", "基本情况", FieldKind.LONG_TEXT, source="findings.facts"),
    Field("materials", "附件材料", FieldKind.LONG_TEXT, required=False),
)

PAPER = Paper(
    id="case_source_registration",
    entry=15,
    title="案件来源登记表",
    source=Basis.PENALTY,
    basis=("《医疗保障行政处罚程序暂行规定》", "{law.lead_check.clause}"),
    file_order=104,
    fields=(
        *_HEAD,
        Field("registrar", "登记人", FieldKind.PEOPLE, source="recorder", rows_at_least=1),
        Field("handler_opinion", "拟办意见", FieldKind.LONG_TEXT, example="建议立案调查。"),
        Field("section_opinion", "承办机构意见", FieldKind.LONG_TEXT, required=False),
        Field("head_opinion", "负责人意见", FieldKind.LONG_TEXT, required=False),
    ),
    body=(
        rows(_HEAD),
        Opinion("handler_opinion", "registrar"),
        Opinion("section_opinion", "section_head"),
        Opinion("head_opinion", "head"),
        Blank(),
    ),
    signings=(Signing("registrar", Role.HANDLER, "登记人", names="registrar"), SECTION_HEAD, HEAD),
    needs=required(Path.SPECIAL, Path.COMPLAINT),
)  # fmt: skip
