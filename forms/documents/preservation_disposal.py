"""先行登记保存处理决定书: within the period, what becomes of what was kept."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Receipt, SealPlace, Words, rows
from forms.shared import (
    CREDIT_CODE,
    ISSUED,
    NAME,
    NOT_IN_AUDIT,
    NOT_INSPECTING,
    RECEIVER,
    RESPONSIBLE,
    SEAL,
    conditional,
)

_HEAD = (NAME, CREDIT_CODE, RESPONSIBLE)
_WAYS = ("采取记录、复制、拍照、录像等证据保全措施", "依法采取封存措施", "解除先行登记保存")

PAPER = Paper(
    id="preservation_disposal",
    entry=9,
    title="先行登记保存证据处理决定书",
    source=Basis.PENALTY,
    basis=("{law.preservation.clause}",),
    file_order=320,
    number_word="登处",
    copies="本决定书一式两份，一份交当事人，一份存卷。",
    served=True,
    fields=(
        *_HEAD,
        Field("decision_number", "登记保存文号", source="papers.preservation_decision.number"),
        Field("decision_on", "登记保存日期", FieldKind.DATE, source="papers.preservation_decision.issued_on"),
        Field("ways", "处理方式", FieldKind.CHECKS, options=_WAYS),
        Field("particulars", "处理的具体内容", FieldKind.LONG_TEXT, example="清单第1项至第3项复制后退还，其余解除。"),
        ISSUED,
    ),
    words=(
        ("opening", "本机关于{decision_on}以{decision_number}《证据先行登记保存决定书》对你单位有关证据先行登记保存。"
         "根据{law.preservation.clause}，现决定作如下处理："),
        ("ways", "处理方式：{ways}。"),
        ("particulars", "{particulars}"),
        ("release", "解除登记保存的证据，请你单位自收到本决定书之日起自行处置；异地保存的，请到本机关领回。"),
    ),
    body=(
        rows(_HEAD),
        Words("opening"),
        Words("ways"),
        Words("particulars"),
        Words("release", where="ways", equals=_WAYS[2]),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(
        *conditional("已作先行登记保存的", Path.SPECIAL, Path.COMPLAINT, Path.PENALTY),
        *NOT_IN_AUDIT,
        *NOT_INSPECTING,
    ),
)  # fmt: skip
