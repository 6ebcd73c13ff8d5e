"""医保支付资格记分告知书: only after a penalty or agreement decision, whose number it must bear.

Source: 医保发〔2024〕23号 (provincial rules read); law addendum 11.
"""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Receipt, SealPlace, Words, rows
from forms.shared import CONTACT, ISSUED, OFFICE_PHONE, RECEIVER, SEAL, conditional

_HEAD = (
    Field("institution", "所在机构", source="institution.name", wide=True),
    Field("person", "姓名", example="许望舒"),
    Field("person_code", "人员代码", example="D530102000123"),
    Field("category", "人员类别", FieldKind.CHOICE, options=("医师", "护士", "药学", "医疗技术", "药店主要负责人", "其他")),
    Field("decision_number", "处理决定文号", source="papers.penalty_decision.number", hint="没有行政处罚或者协议处理决定的，不得记分"),
    Field("decision_on", "处理决定日期", FieldKind.DATE, source="papers.penalty_decision.issued_on"),
    Field("degree", "责任程度", FieldKind.CHOICE, options=("一般责任", "重要责任", "主要责任")),
    Field("points", "本次记分", FieldKind.NUMBER, hint="一至十二分"),
    Field("points_total", "本年度累计", FieldKind.NUMBER),
    Field("tellers", "告知人", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="points_notice",
    entry=23,
    title="医保支付资格记分告知书",
    source=Basis.AGREEMENT,
    basis=("{law.points_appeal.clause}",),
    file_order=700,
    number_word="记分",
    served=True,
    fields=(
        *_HEAD,
        Field("facts", "违规事实", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("basis", "依据条款", FieldKind.LONG_TEXT, source="findings.basis"),
        Field("consequence", "拟作处理", FieldKind.LONG_TEXT, required=False, example="记分未达暂停标准"),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("address", "{person}："),
        ("facts", "经查，{facts}"),
        ("basis", "依据{basis}，对你记{points}分，本自然年度累计{points_total}分。"),
        ("consequence", "{consequence}。"),
        ("rights", "如有异议，可以自收到本告知书之日起{law.points_appeal}内提出书面陈述、申辩，由本人签名并由所在机构盖章。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        rows(_HEAD),
        Words("facts"),
        Words("basis"),
        Words("consequence", where="consequence"),
        Words("rights"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=conditional("处理决定认定有关人员责任的", Path.PENALTY, Path.AGREEMENT_AUDIT),
)  # fmt: skip
