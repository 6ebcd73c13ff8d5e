"""行政处罚决定书: the six items of the law; what is returned and what is fined go to two accounts and are never merged.

Source: 行政处罚法 art. 59, 67, 72; 医疗保障基金使用监督管理条例 art. 45.
"""

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
from forms.shared import (
    ADDRESS,
    COURT,
    CREDIT_CODE,
    ISSUED,
    NAME,
    NOT_IN_AUDIT,
    NOT_INSPECTING,
    RECEIVER,
    RECONSIDERATION,
    RESPONSIBLE,
    SEAL,
    required,
)

_HEAD = (NAME, CREDIT_CODE, RESPONSIBLE, ADDRESS)

PAPER = Paper(
    id="penalty_decision",
    entry=19,
    title="行政处罚决定书",
    source=Basis.PENALTY,
    basis=(
        "《中华人民共和国行政处罚法》第五十九条",
        "{law.payment.clause}",
        "{law.late_fine.clause}",
        "《医疗保障基金使用监督管理条例》第四十五条",
    ),
    file_order=600,
    number_word="罚",
    copies="本决定书一式三份，一份交当事人，一份交收款单位，一份存卷。",
    served=True,
    fields=(
        *_HEAD,
        Field("facts", "违法事实", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("evidence", "证据", FieldKind.LONG_TEXT, example="现场检查笔录、询问笔录、医保结算明细、违规事实确认书。"),
        Field("told_on", "事先告知日期", FieldKind.DATE, source="papers.penalty_prior_notice.issued_on"),
        Field("told_number", "事先告知文号", source="papers.penalty_prior_notice.number"),
        Field("statement", "陈述申辩、听证及采纳情况", FieldKind.LONG_TEXT, example="你单位在规定期限内未陈述、申辩，也未要求听证。"),
        Field("basis", "处罚依据", FieldKind.LONG_TEXT, source="findings.basis"),
        Field("reason", "裁量理由", FieldKind.LONG_TEXT, source="papers.penalty_prior_notice.reason"),
        Field("return_amount", "责令退回金额", FieldKind.MONEY, required=False, source="papers.penalty_prior_notice.return_amount"),
        Field("fund_account", "退回账户", required=False, source="office.fund_account"),
        Field("fine", "罚款金额", FieldKind.MONEY, required=False, source="papers.penalty_prior_notice.fine",
              hint="不得高于事先告知的金额"),
        Field("treasury_account", "罚款账户", required=False, source="office.treasury_account"),
        Field("other_penalty", "其他处罚", FieldKind.LONG_TEXT, required=False, source="papers.penalty_prior_notice.other_penalty"),
        RECONSIDERATION,
        COURT,
        ISSUED,
    ),
    words=(
        ("head_facts", "违法事实和证据"),
        ("evidence", "以上事实有下列证据证明：{evidence}"),
        ("head_procedure", "告知和陈述申辩"),
        ("procedure", "本机关于{told_on}以{told_number}《行政处罚事先告知书》告知你单位拟作出行政处罚的内容及事实、理由、依据，"
         "并告知依法享有的陈述、申辩等权利。{statement}"),
        ("head_decision", "处罚依据和决定"),
        ("basis", "依据{basis}。{reason}现决定："),
        ("return_amount", "责令退回医疗保障基金{return_amount}（{return_amount.words}），缴入财政专户：{fund_account}。"),
        ("fine", "处以罚款{fine}（{fine.words}），缴入国库：{treasury_account}。"),
        ("other_penalty", "{other_penalty}。"),
        ("head_payment", "履行方式和期限"),
        ("fulfil", "请你单位按照本决定书履行，履行情况书面告知本机关。"),
        ("payment", "请自收到本决定书之日起{law.payment}内将罚款缴至上述账户。逾期不缴纳的，依照{law.late_fine.clause}，"
         "本机关可以每日按罚款数额的{law.late_fine}加处罚款，加处罚款的数额不超过罚款的数额，并依法申请人民法院强制执行。"),
        ("return_only", "请自收到本决定书之日起{law.payment}内将应退回的医疗保障基金缴至上述账户。"),
        ("head_rights", "救济途径"),
        ("rights", "如不服本决定，可以自收到本决定书之日起{law.reconsideration}内向{reconsideration}申请行政复议，"
         "或者在{law.litigation}内依法向{court}提起行政诉讼。行政复议或者行政诉讼期间，行政处罚不停止执行，法律另有规定的除外。"),
    ),
    body=(
        rows(_HEAD),
        Head("head_facts"), Prose("facts"), Words("evidence"),
        Head("head_procedure"), Words("procedure"),
        Head("head_decision"), Words("basis"),
        Words("return_amount", where="return_amount"),
        Words("fine", where="fine"),
        Words("other_penalty", where="other_penalty"),
        Head("head_payment"), Words("fulfil"),
        Words("payment", where="fine"),
        Words("return_only", where="return_amount", unless="fine"),
        Head("head_rights"), Words("rights"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(*required(Path.PENALTY, instead="decision"), *NOT_IN_AUDIT, *NOT_INSPECTING),
)  # fmt: skip
