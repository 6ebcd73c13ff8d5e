"""稽核情况告知书: what the audit found; a refusal to sign is followed by leaving it there (留置送达)."""

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
    Receipt,
    SealPlace,
    Words,
)
from forms.shared import CONTACT, ISSUED, NAME, OFFICE_PHONE, RECEIVER, SEAL, required

PAPER = Paper(
    id="audit_result_notice",
    entry=28,
    title="医疗保障稽核情况告知书",
    source=Basis.AGREEMENT,
    basis=("医疗保障服务协议", "《医疗保障基金使用监督管理条例》第十三条"),
    file_order=405,
    number_word="稽告",
    copies="本告知书一式两份，一份交被稽核单位，一份存卷。",
    served=True,
    fields=(
        NAME,
        Field("notice_number", "稽核通知文号", source="papers.audit_notice.number"),
        Field("audited_on", "稽核日期", FieldKind.DATE, source="inspection.date"),
        Field(
            "findings",
            "稽核发现",
            FieldKind.TABLE,
            source="findings.table",
            columns=(
                Column("违约（违规）行为", share=5),
                Column("依据条款", share=5),
                Column("例次", ColumnKind.NUMBER, 1.8, total=True),
                Column("金额（元）", ColumnKind.MONEY, 3, total=True),
            ),
            required=False,
        ),
        Field("statement_days", "陈述申辩工作日数", FieldKind.NUMBER, hint="按服务协议或者本地规定"),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("address", "{institution}："),
        ("opening", "根据{notice_number}《医疗保障稽核通知书》，稽核人员于{audited_on}对你单位进行了稽核，现将稽核情况告知如下："),
        ("head_findings", "稽核情况"),
        ("head_rights", "陈述和申辩"),
        ("rights", "你单位对上述情况有异议的，可以自收到本告知书之日起{statement_days}个工作日内书面陈述、申辩并提供佐证；"
         "逾期未提出的，视为无异议。拒绝签收的，留置送达。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        Head("head_findings"),
        Grid("findings"),
        Head("head_rights"),
        Words("rights"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=required(Path.AGREEMENT_AUDIT),
)  # fmt: skip
