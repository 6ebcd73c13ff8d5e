"""延长封存期限决定书: once, in writing, with the reason. Source: 行政强制法 art. 25."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Receipt, SealPlace, Words, rows
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
    conditional,
)

_HEAD = (NAME, CREDIT_CODE, RESPONSIBLE)

PAPER = Paper(
    id="sealing_extension",
    entry=10,
    title="延长封存期限决定书",
    source=Basis.PENALTY,
    basis=("{law.sealing_extension.clause}",),
    file_order=340,
    number_word="封延",
    served=True,
    fields=(
        *_HEAD,
        Field("decision_number", "封存文号", source="papers.sealing_decision.number"),
        Field("decision_on", "封存日期", FieldKind.DATE, source="papers.sealing_decision.issued_on"),
        Field("reason", "延长理由", FieldKind.LONG_TEXT, example="涉案单据数量大，情况复杂"),
        Field("from_on", "延长起始日", FieldKind.DATE),
        Field("until_on", "延长截止日", FieldKind.DATE),
        RECONSIDERATION,
        COURT,
        ISSUED,
    ),
    words=(
        ("opening", "本机关于{decision_on}以{decision_number}《封存决定书》对你单位有关资料予以封存。因{reason}，"
         "根据{law.sealing_extension.clause}，经本机关负责人批准，决定延长封存期限，自{from_on}至{until_on}，"
         "不超过{law.sealing_extension}。"),
        ("rights", "你单位依法享有陈述权、申辩权。如不服本决定，可以自收到本决定书之日起{law.reconsideration}内向"
         "{reconsideration}申请行政复议，或者在{law.litigation}内依法向{court}提起行政诉讼。"),
    ),
    body=(
        rows(_HEAD),
        Words("opening"),
        Words("rights"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(
        *conditional("封存期限需要延长的", Path.SPECIAL, Path.COMPLAINT, Path.PENALTY),
        *NOT_IN_AUDIT,
        *NOT_INSPECTING,
    ),
)  # fmt: skip
