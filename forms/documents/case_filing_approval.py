"""立案审批表: from here the days of the case count. Source: 行政处罚法 art. 54, art. 60."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Opinion, Paper, Path, Signing, rows
from forms.shared import HEAD, SECTION_HEAD, required

_HEAD = (
    Field("cause", "案由", wide=True, example="涉嫌将不属于医疗保障基金支付范围的医药费用纳入结算案"),
    Field("origin", "案件来源", FieldKind.CHOICE,
          options=("监督检查发现", "投诉举报", "其他部门移送", "上级机关交办", "数据监测", "其他")),
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("credit_code", "信用代码", required=False, source="institution.credit_code"),
    Field("responsible", "负责人", required=False, source="institution.responsible"),
    Field("address", "地址", source="institution.address", wide=True),
    Field("phone", "联系电话", required=False, source="institution.phone"),
    Field("occurred", "违法行为时间", source="findings.period"),
    Field("facts", "基本案情", FieldKind.LONG_TEXT, source="findings.facts"),
    Field("basis", "立案依据", FieldKind.LONG_TEXT, source="findings.basis"),
    Field("officers", "承办人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="case_filing_approval",
    entry=15,
    title="立案审批表",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第五十四条", "{law.case_period.clause}"),
    file_order=500,
    number_word="案",
    fields=(
        *_HEAD,
        Field("handler_opinion", "承办人意见", FieldKind.LONG_TEXT, example="涉嫌违法，建议立案。"),
        Field("section_opinion", "承办机构意见", FieldKind.LONG_TEXT),
        Field("head_opinion", "负责人意见", FieldKind.LONG_TEXT),
    ),
    body=(
        rows(_HEAD),
        Opinion("handler_opinion", "officers"),
        Opinion("section_opinion", "section_head"),
        Opinion("head_opinion", "head"),
        Blank(),
    ),
    signings=(Signing("officers", Role.HANDLER, "承办人", names="officers"), SECTION_HEAD, HEAD),
    needs=required(Path.PENALTY),
)  # fmt: skip
