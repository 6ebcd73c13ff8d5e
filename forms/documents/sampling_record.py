"""抽样取证凭证: what was drawn from how much, by which method; in health insurance mostly charts and prescriptions."""

from forms.model import ColumnKind, Role
from forms.papers import (
    Basis,
    Blank,
    Closing,
    Column,
    Field,
    FieldKind,
    Grid,
    Head,
    Paper,
    Prose,
    Signing,
    Words,
    rows,
)
from forms.shared import ENDED, INSPECTIONS, NOT_INSPECTING, STARTED, conditional

_HEAD = (
    STARTED,
    ENDED,
    Field("place", "抽样地点", source="inspection.place", wide=True),
    Field("institution", "被抽样单位", source="institution.name", wide=True),
    Field("party", "在场当事人", source="party.name"),
    Field("party_post", "身份职务", required=False, source="party.post"),
    Field("inspectors", "抽样人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("reason", "抽样事由", FieldKind.LONG_TEXT, source="task.title"),
)

PAPER = Paper(
    id="sampling_record",
    entry=7,
    title="抽样取证凭证",
    source=Basis.STANDARD,
    basis=("《行政检查文书基本格式文本（试行）》", "《中华人民共和国行政处罚法》第五十六条"),
    file_order=240,
    number_word="抽样",
    copies="本凭证一式两份，一份交被抽样单位，一份存卷。",
    fields=(
        *_HEAD,
        Field(
            "samples",
            "抽样清单",
            FieldKind.TABLE,
            columns=(
                Column("抽样对象", share=4),
                Column("规格批号或编号", share=4),
                Column("抽样基数", ColumnKind.NUMBER, 2),
                Column("抽样数量", ColumnKind.NUMBER, 2, total=True),
                Column("封样方式", share=3),
            ),
            rows_at_least=1,
            hint="药品、医用耗材、处方、病历；基数写明总数",
        ),
        Field("method", "抽样方法", FieldKind.LONG_TEXT, example="按处方编号等距抽取，间隔20。"),
        Field("opinion", "当事人意见", FieldKind.LONG_TEXT, source="inspection.party_opinion"),
    ),
    words=(
        ("opening", "根据《中华人民共和国行政处罚法》第五十六条，本机关对下列物品、资料抽样取证。"),
        ("head_method", "抽样方法"),
        ("head_opinion", "当事人意见"),
        ("closing", "以上抽样情况我已核对，抽样在我在场时进行，记录属实。"),
    ),
    body=(
        rows(_HEAD),
        Words("opening"),
        Grid("samples"),
        Head("head_method"), Prose("method"),
        Head("head_opinion"), Prose("opinion"),
        Blank(),
        Closing("closing", "party"),
    ),
    signings=(
        Signing("party", Role.PARTY, "当事人", names="party", every_page=True),
        Signing("inspectors", Role.INSPECTOR, "抽样人员", names="inspectors", every_page=True),
    ),
    needs=(*conditional("需要抽取药品、耗材、处方或者病历的", *INSPECTIONS), *NOT_INSPECTING),
)  # fmt: skip
