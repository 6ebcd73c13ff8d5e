"""勘验笔录: the place or thing examined, how, and what was seen; signed on every page."""

from forms.model import Role
from forms.papers import Basis, Blank, Closing, Field, FieldKind, Head, Paper, Prose, Signing, Words, rows
from forms.shared import ENDED, INSPECTIONS, NOT_INSPECTING, STARTED, WITNESS, conditional

_HEAD = (
    STARTED,
    ENDED,
    Field("place", "勘验地点", source="inspection.place", wide=True),
    Field("institution", "被勘验单位", source="institution.name", wide=True),
    Field("party", "在场当事人", source="party.name"),
    Field("party_post", "身份职务", required=False, source="party.post"),
    Field("party_id", "身份证号", required=False, source="party.id_number"),
    Field("witness", "见证人", required=False, source="witness.name"),
    Field("inspectors", "勘验人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("recorder", "记录人", FieldKind.PEOPLE, source="recorder", rows_at_least=1),
    Field("object", "勘验对象", FieldKind.LONG_TEXT, example="处方药区货架及收银台医保结算终端"),
)

PAPER = Paper(
    id="inquest_record",
    entry=6,
    title="勘验笔录",
    source=Basis.STANDARD,
    basis=("《行政检查文书基本格式文本（试行）》", "《中华人民共和国行政处罚法》第四十六条、第五十五条"),
    file_order=230,
    fields=(
        *_HEAD,
        Field("told", "告知及答复", FieldKind.LONG_TEXT, example="已看过执法证件，不申请回避。"),
        Field("method", "勘验方法", FieldKind.LONG_TEXT, example="现场查看、测量、拍照、录像。"),
        Field("result", "勘验情况和结果", FieldKind.LONG_TEXT, example="收银台设医保结算终端一台，编号D-0021。"),
        Field("drawings", "附图、照片和录像", FieldKind.LONG_TEXT, required=False, source="evidence.count"),
        Field("opinion", "当事人意见", FieldKind.LONG_TEXT, source="inspection.party_opinion"),
    ),
    words=(
        ("head_told", "告知事项"),
        (
            "told",
            "我们是{authority}的执法人员，已向你出示执法证件。现依法进行勘验，你依法享有陈述权、申辩权，"
            "认为勘验人员与本案有直接利害关系或者有其他关系可能影响公正执法的，有权申请回避。",
        ),
        ("head_method", "勘验方法"),
        ("head_result", "勘验情况和结果"),
        ("head_drawings", "附图、照片和录像"),
        ("head_opinion", "当事人意见"),
        ("closing", "以上笔录我已看过（已向我宣读），以上情况属实。"),
    ),
    body=(
        rows(_HEAD),
        Head("head_told"), Words("told"), Prose("told"),
        Head("head_method"), Prose("method"),
        Head("head_result"), Prose("result"),
        Head("head_drawings"), Prose("drawings"),
        Head("head_opinion"), Prose("opinion"),
        Blank(),
        Closing("closing", "party"),
    ),
    signings=(
        Signing("party", Role.PARTY, "当事人", names="party", every_page=True),
        Signing("inspectors", Role.INSPECTOR, "勘验人员", names="inspectors", every_page=True),
        Signing("recorder", Role.RECORDER, "记录人", names="recorder", every_page=True),
        Signing("witness", Role.WITNESS, WITNESS.label, names="witness", every_page=True, required=False),
    ),
    needs=(*conditional("需要对场所、物品进行勘验的", *INSPECTIONS), *NOT_INSPECTING),
)  # fmt: skip
