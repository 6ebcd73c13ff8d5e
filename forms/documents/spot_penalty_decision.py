"""当场行政处罚决定书: preset and numbered, for small and certain cases. Source: 行政处罚法 art. 51, 52, 68, 69."""

from forms.model import Role
from forms.papers import (
    Basis,
    Blank,
    Field,
    FieldKind,
    Paper,
    Path,
    Receipt,
    SealPlace,
    Signatures,
    Signing,
    Words,
    rows,
)
from forms.shared import (
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

_HEAD = (
    NAME,
    CREDIT_CODE,
    RESPONSIBLE,
    Field("occurred_at", "处罚时间", FieldKind.MINUTE),
    Field("place", "处罚地点", source="inspection.place"),
    Field("inspectors", "执法人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="spot_penalty_decision",
    entry=20,
    title="当场行政处罚决定书",
    source=Basis.PENALTY,
    basis=("{law.spot_fine_unit.clause}", "《中华人民共和国行政处罚法》第五十二条", "{law.spot_cash.clause}"),
    file_order=610,
    number_word="当罚",
    copies="本决定书一式两份，一份当场交付当事人，一份存卷备案。",
    served=True,
    fields=(
        *_HEAD,
        Field("facts", "违法行为", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("basis", "处罚依据", FieldKind.LONG_TEXT, source="findings.basis"),
        Field("statement", "陈述申辩情况", FieldKind.LONG_TEXT, example="当事人当场表示无异议。"),
        Field("penalty", "处罚种类", FieldKind.CHECKS, options=("警告", "罚款")),
        Field("fine", "罚款金额", FieldKind.MONEY, required=False),
        Field("payment", "缴纳方式", FieldKind.CHOICE, options=("到指定银行缴纳", "电子支付系统缴纳", "当场收缴", "不涉及罚款")),
        Field("account", "罚款账户", required=False, source="office.treasury_account"),
        RECONSIDERATION,
        COURT,
        ISSUED,
    ),
    words=(
        ("facts", "经查，{facts}以上事实清楚，证据确凿。"),
        ("told", "执法人员已出示执法证件，当场告知了违法事实、处罚的内容、理由、依据以及依法享有的陈述权、申辩权。{statement}"),
        ("basis", "依据{basis}和{law.spot_fine_unit.clause}，决定给予：{penalty}。"),
        ("fine", "罚款{fine}（{fine.words}），{payment}，账户：{account}。自收到本决定书之日起{law.payment}内缴纳；"
         "逾期不缴纳的，每日按罚款数额的{law.late_fine}加处罚款，加处罚款的数额不超过罚款的数额。"),
        ("rights", "如不服本决定，可以自收到本决定书之日起{law.reconsideration}内向{reconsideration}申请行政复议，"
         "或者在{law.litigation}内依法向{court}提起行政诉讼。"),
    ),
    body=(
        rows(_HEAD),
        Words("facts"),
        Words("told"),
        Words("basis"),
        Words("fine", where="fine"),
        Words("rights"),
        SealPlace("seal", "issued_on"),
        Signatures(("inspectors",)),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, Signing("inspectors", Role.INSPECTOR, "执法人员", names="inspectors"), RECEIVER),
    needs=(*required(Path.PENALTY, instead="decision"), *NOT_IN_AUDIT, *NOT_INSPECTING),
)  # fmt: skip
