"""陈述申辩记录: what the party says after the prior notice. Source: 行政处罚法 art. 45."""

from forms.model import Role
from forms.papers import (
    Basis,
    Blank,
    Closing,
    Field,
    FieldKind,
    Head,
    Paper,
    Path,
    Prose,
    Signing,
    Words,
    rows,
)
from forms.shared import ENDED, STARTED, conditional

_HEAD = (
    Field("cause", "案由", source="papers.case_filing_approval.cause", wide=True),
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("party", "陈述申辩人", source="party.name"),
    Field("party_post", "身份职务", required=False, source="party.post"),
    Field("party_id", "身份证号", required=False, source="party.id_number"),
    Field("party_phone", "联系电话", required=False, source="party.phone"),
    STARTED,
    ENDED,
    Field("place", "地点", source="office.address", wide=True),
    Field("inspectors", "听取人", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("recorder", "记录人", FieldKind.PEOPLE, source="recorder", rows_at_least=1),
    Field("notice_number", "事先告知文号", source="papers.penalty_prior_notice.number"),
)

PAPER = Paper(
    id="statement_record",
    entry=18,
    title="陈述申辩记录",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第四十五条",),
    file_order=560,
    fields=(
        *_HEAD,
        Field("statement", "陈述申辩内容", FieldKind.LONG_TEXT, example="对金额无异议，请求考虑已主动退回，从轻处理。"),
        Field("materials", "提交的证据材料", FieldKind.LONG_TEXT, required=False),
    ),
    words=(
        ("told", "执法人员已出示执法证件，告知当事人有权就拟作出的处罚进行陈述和申辩，本机关不因陈述、申辩而给予更重的处罚。"),
        ("head_statement", "陈述申辩内容"),
        ("head_materials", "提交的证据材料"),
        ("closing", "以上记录我已看过（已向我宣读），与我所说一致，记录属实。"),
    ),
    body=(
        rows(_HEAD),
        Words("told"),
        Head("head_statement"), Prose("statement"),
        Head("head_materials"), Prose("materials"),
        Blank(),
        Closing("closing", "party"),
    ),
    signings=(
        Signing("party", Role.PARTY, "陈述申辩人", names="party", every_page=True),
        Signing("inspectors", Role.INSPECTOR, "听取人", names="inspectors", every_page=True),
        Signing("recorder", Role.RECORDER, "记录人", names="recorder", every_page=True),
    ),
    needs=conditional("当事人陈述、申辩的", Path.PENALTY),
)  # fmt: skip
