"""解除封存决定书: as soon as one of the grounds of the law is there. Source: 行政强制法 art. 28."""

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

PAPER = Paper(
    id="sealing_release",
    entry=10,
    title="解除封存决定书",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政强制法》第二十八条",),
    file_order=345,
    number_word="封解",
    served=True,
    fields=(
        *_HEAD,
        Field("decision_number", "封存文号", source="papers.sealing_decision.number"),
        Field("decision_on", "封存日期", FieldKind.DATE, source="papers.sealing_decision.issued_on"),
        Field(
            "ground",
            "解除情形",
            FieldKind.CHOICE,
            options=(
                "当事人没有违法行为",
                "封存的资料与违法行为无关",
                "对违法行为已经作出处理决定，不再需要封存",
                "封存期限已经届满",
                "其他不再需要采取封存措施的情形",
            ),
        ),
        Field("released_on", "解除日期", FieldKind.DATE, source="issue.date"),
        Field("particulars", "退还情况", FieldKind.LONG_TEXT, example="清单所列资料全部退还，封条完好。"),
        ISSUED,
    ),
    words=(
        ("opening", "本机关于{decision_on}以{decision_number}《封存决定书》对你单位有关资料予以封存。因{ground}，"
         "根据《中华人民共和国行政强制法》第二十八条，决定自{released_on}起解除封存。"),
        ("particulars", "{particulars}"),
    ),
    body=(
        rows(_HEAD),
        Words("opening"),
        Words("particulars"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(
        *conditional("已作封存的", Path.SPECIAL, Path.COMPLAINT, Path.PENALTY),
        *NOT_IN_AUDIT,
        *NOT_INSPECTING,
    ),
)  # fmt: skip
