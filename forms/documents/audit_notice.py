"""稽核通知书: the agreement track; at least two auditors, who show who they are. Source: domain 4.1.28."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Receipt, SealPlace, Words, rows
from forms.shared import CONTACT, ISSUED, NAME, OFFICE_PHONE, RECEIVER, SEAL, required

_HEAD = (
    Field("subject", "稽核事项", source="task.title", wide=True),
    Field("scope", "稽核范围", FieldKind.LONG_TEXT, source="task.content"),
    Field("planned", "稽核时间", FieldKind.MINUTE, source="inspection.started_at", ahead=True),
    Field("way", "稽核方式", FieldKind.CHECKS, options=("实地稽核", "书面稽核")),
    Field("auditors", "稽核人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("materials", "需准备的资料", FieldKind.LONG_TEXT, example="账目、处方、进销存记录、医保结算明细"),
)

PAPER = Paper(
    id="audit_notice",
    entry=28,
    title="医疗保障稽核通知书",
    source=Basis.AGREEMENT,
    basis=("医疗保障服务协议", "《医疗保障基金使用监督管理条例》第十三条"),
    file_order=135,
    number_word="稽通",
    copies="本通知书一式两份，一份交被稽核单位，一份存卷。",
    served=True,
    fields=(
        NAME,
        *_HEAD,
        Field("basis", "稽核依据", source="task.basis", example="服务协议"),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("address", "{institution}："),
        ("opening", "根据{basis}，决定对你单位进行医疗保障稽核，现将有关事项通知如下："),
        ("duties", "稽核人员不少于两人，实施稽核时出示证件。请你单位指定人员配合，如实提供资料；"
         "你单位可以对稽核情况进行陈述和申辩。拒绝稽核的，由稽核人员记录在案，按照服务协议处理。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        rows(_HEAD),
        Words("duties"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=required(Path.AGREEMENT_AUDIT),
)  # fmt: skip
