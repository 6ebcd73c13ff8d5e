"""先行登记保存证据清单: handed over on the spot with the decision, one copy to each side."""

from forms.model import ColumnKind, Role
from forms.papers import Basis, Blank, Closing, Column, Field, FieldKind, Grid, Paper, Signing, Words, rows
from forms.shared import NOT_IN_AUDIT, NOT_INSPECTING

_HEAD = (
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("party", "现场负责人", source="party.name"),
    Field("made_at", "清点时间", FieldKind.MINUTE, source="inspection.started_at"),
    Field("inspectors", "执法人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="preservation_list",
    entry=8,
    title="先行登记保存证据清单",
    source=Basis.PENALTY,
    basis=("{law.preservation.clause}",),
    file_order=311,
    parent="preservation_decision",
    copies="本清单一式两份，一份当场交付当事人，一份存卷。",
    fields=(
        *_HEAD,
        Field(
            "things",
            "证据清单",
            FieldKind.TABLE,
            columns=(
                Column("证据名称", share=4),
                Column("规格型号", share=3),
                Column("数量", ColumnKind.NUMBER, 1.6, total=True),
                Column("特征", share=4),
                Column("存放地点", share=3),
            ),
            rows_at_least=1,
        ),
    ),
    words=(
        ("parent", "所附文书：证据先行登记保存决定书（{number}）"),
        ("closing", "以上证据经当场清点核对，名称、数量、特征与实物一致，清单已收到。"),
    ),
    body=(Words("parent", indent=False), rows(_HEAD), Grid("things"), Blank(), Closing("closing", "party")),
    signings=(
        Signing("party", Role.PARTY, "当事人", names="party", every_page=True),
        Signing("inspectors", Role.INSPECTOR, "执法人员", names="inspectors", every_page=True),
    ),
    needs=(*NOT_IN_AUDIT, *NOT_INSPECTING),
)
