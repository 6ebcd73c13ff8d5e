"""涉嫌犯罪案件移送书（回执）: filled in and sealed by the police."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Paper, SealPlace, Signing, Words, rows
from forms.shared import NOT_IN_AUDIT, NOT_INSPECTING

_HEAD = (
    Field("cause", "案件名称", source="papers.crime_referral.cause", wide=True),
    Field("received_at", "收到时间", FieldKind.MINUTE, required=False),
    Field("receiver", "接收人", required=False),
    Field("result", "受理情况", FieldKind.CHOICE, required=False, options=("决定立案", "不予立案", "转送有管辖权的机关")),
    Field("reason", "说明", FieldKind.LONG_TEXT, required=False),
)

PAPER = Paper(
    id="crime_referral_receipt",
    entry=21,
    title="涉嫌犯罪案件移送书（回执）",
    source=Basis.PENALTY,
    basis=("{law.police_reply.clause}",),
    file_order=652,
    parent="crime_referral",
    fields=(
        Field("sender", "移送机关", source="office.name"),
        *_HEAD,
        Field("police", "受移送机关", source="papers.crime_referral.police"),
        Field("answered_on", "回复日期", FieldKind.DATE, required=False),
    ),
    words=(
        ("address", "{sender}："),
        ("opening", "你单位{number}《涉嫌犯罪案件移送书》及所附材料收悉，现将有关情况回复如下："),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        rows(_HEAD),
        SealPlace("police_seal", "answered_on", "police"),
        Blank(),
    ),
    signings=(Signing("police_seal", Role.RECEIVER, "受移送机关（公章）", names="police"),),
    needs=(*NOT_IN_AUDIT, *NOT_INSPECTING),
)
