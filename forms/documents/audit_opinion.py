"""稽核整改意见书: what the agreement provides for: return, suspend, damages, end; no penalty. Source: 条例 art. 13."""

from forms.papers import (
    Basis,
    Blank,
    Field,
    FieldKind,
    Head,
    Paper,
    Path,
    Prose,
    Receipt,
    SealPlace,
    Words,
    rows,
)
from forms.shared import CONTACT, ISSUED, NAME, OFFICE_PHONE, RECEIVER, SEAL, required

_MEASURES = (
    "督促履行协议",
    "约谈有关负责人",
    "暂停或者不予拨付费用",
    "追回违规费用",
    "要求支付违约金",
    "中止相关责任人员或者部门的医药服务",
    "中止或者解除服务协议",
)
_HEAD = (
    Field("measures", "处理措施", FieldKind.CHECKS, options=_MEASURES),
    Field("recovered", "追回违规费用", FieldKind.MONEY, required=False, source="findings.total_fen"),
    Field("damages", "违约金", FieldKind.MONEY, required=False),
    Field("fund_account", "退回账户", required=False, source="office.fund_account", wide=True),
    Field("due_on", "整改期限", FieldKind.DATE),
)

PAPER = Paper(
    id="audit_opinion",
    entry=28,
    title="医疗保障稽核整改意见书",
    source=Basis.AGREEMENT,
    basis=("医疗保障服务协议", "《医疗保障基金使用监督管理条例》第十三条"),
    file_order=415,
    number_word="稽改",
    copies="本意见书一式两份，一份交被稽核单位，一份存卷。",
    served=True,
    fields=(
        NAME,
        Field("told_number", "稽核情况告知文号", source="papers.audit_result_notice.number"),
        Field("facts", "稽核认定的事实", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("clauses", "协议条款", FieldKind.LONG_TEXT, example="服务协议第三十二条第二项"),
        Field("statement", "陈述申辩及采纳情况", FieldKind.LONG_TEXT, example="你单位在规定期限内未提出异议。"),
        *_HEAD,
        Field("demands", "整改要求", FieldKind.LONG_TEXT, example="退回违规费用，修订内部管理制度，提交整改报告。"),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("address", "{institution}："),
        ("opening", "{told_number}《医疗保障稽核情况告知书》已送达你单位。{statement}经合议，提出如下意见："),
        ("head_facts", "稽核认定的事实"),
        ("head_measures", "处理意见"),
        ("clauses", "上述行为违反{clauses}，按照协议约定处理如下："),
        ("head_demands", "整改要求"),
        ("dispute", "对本意见有争议的，可以与经办机构协商，或者提请同级医疗保障行政部门协调处理，也可以依法申请行政复议或者提起行政诉讼。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        Head("head_facts"), Prose("facts"),
        Head("head_measures"), Words("clauses"), rows(_HEAD),
        Head("head_demands"), Prose("demands"), Words("dispute"), Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=required(Path.AGREEMENT_AUDIT),
)  # fmt: skip
