"""封存物品（资料）清单: in duplicate; where the party stays away, a witness signs. Source: 行政强制法 art. 18, 24."""

from forms.model import ColumnKind, Role
from forms.papers import Basis, Blank, Closing, Column, Field, FieldKind, Grid, Paper, Signing, Words, rows
from forms.shared import NOT_IN_AUDIT, NOT_INSPECTING

_HEAD = (
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("party", "现场负责人", required=False, source="party.name", hint="当事人不到场的留空，由见证人签名"),
    Field("witness", "见证人", required=False, source="witness.name"),
    Field("made_at", "清点时间", FieldKind.MINUTE, source="inspection.started_at"),
    Field("place", "封存地点", source="inspection.place"),
    Field("inspectors", "执法人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="sealing_list",
    entry=10,
    title="封存物品（资料）清单",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政强制法》第十八条、第二十四条",),
    file_order=331,
    parent="sealing_decision",
    copies="本清单一式二份，由当事人和本机关分别保存。",
    fields=(
        *_HEAD,
        Field(
            "things",
            "封存清单",
            FieldKind.TABLE,
            columns=(
                Column("名称", share=4),
                Column("规格型号", share=3),
                Column("数量", ColumnKind.NUMBER, 1.6, total=True),
                Column("状态特征", share=4),
                Column("封条编号", share=3),
            ),
            rows_at_least=1,
        ),
    ),
    words=(
        ("parent", "所附文书：封存决定书（{number}）"),
        ("closing", "以上物品（资料）经当场清点核对，名称、数量、特征与实物一致，封条完好，清单已收到。"),
    ),
    body=(Words("parent", indent=False), rows(_HEAD), Grid("things"), Blank(), Closing("closing", "party")),
    signings=(
        Signing("party", Role.PARTY, "当事人", names="party", every_page=True),
        Signing("inspectors", Role.INSPECTOR, "执法人员", names="inspectors", every_page=True),
        Signing("witness", Role.WITNESS, "见证人", names="witness", every_page=True, required=False),
    ),
    needs=(*NOT_IN_AUDIT, *NOT_INSPECTING),
)
