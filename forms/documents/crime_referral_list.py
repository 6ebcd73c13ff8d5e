"""涉案物品（材料）清单: goes with the referral; both sides sign."""

from forms.model import ColumnKind, Role
from forms.papers import Basis, Blank, Column, Field, FieldKind, Grid, Paper, Signatures, Signing, Words, rows
from forms.shared import NOT_IN_AUDIT, NOT_INSPECTING

_HEAD = (
    Field("cause", "案件名称", source="papers.crime_referral.cause", wide=True),
    Field("police", "受移送机关", source="papers.crime_referral.police"),
    Field("handed_at", "移交时间", FieldKind.MINUTE),
    Field("officers", "移交人", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="crime_referral_list",
    entry=21,
    title="涉案物品（材料）清单",
    source=Basis.PENALTY,
    basis=("{law.crime_transfer.clause}",),
    file_order=651,
    parent="crime_referral",
    copies="本清单一式两份，移送机关和受移送机关各执一份。",
    fields=(
        *_HEAD,
        Field(
            "things",
            "清单",
            FieldKind.TABLE,
            columns=(
                Column("名称", share=5),
                Column("编号或特征", share=4),
                Column("数量（页）", ColumnKind.NUMBER, 2, total=True),
                Column("原件或复制件", share=2.6),
                Column("备注", share=3),
            ),
            rows_at_least=1,
        ),
    ),
    words=(("parent", "所附文书：涉嫌犯罪案件移送书（{number}）"),),
    body=(
        Words("parent", indent=False),
        rows(_HEAD),
        Grid("things"),
        Blank(),
        Signatures(("officers", "receiver")),
    ),
    signings=(
        Signing("officers", Role.HANDLER, "移交人", names="officers"),
        Signing("receiver", Role.RECEIVER, "接收人"),
    ),
    needs=(*NOT_IN_AUDIT, *NOT_INSPECTING),
)
