"""行政处罚听证通知书: when, where, who presides; told in time before the hearing. Source: 行政处罚法 art. 64."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Receipt, SealPlace, Words, rows
from forms.shared import CONTACT, ISSUED, NAME, NOT_IN_AUDIT, OFFICE_PHONE, RECEIVER, SEAL, conditional

_HEAD = (
    Field("cause", "案由", source="papers.case_filing_approval.cause", wide=True),
    Field("held_at", "听证时间", FieldKind.MINUTE, ahead=True, hint="距本通知不少于法定工作日"),
    Field("open", "听证方式", FieldKind.CHOICE, options=("公开", "不公开")),
    Field("place", "听证地点", source="office.address", wide=True),
    Field("host", "听证主持人", hint="非本案调查人员", example="沈砚秋"),
    Field("hearers", "听证员", required=False),
    Field("recorder", "记录人", example="程亦安"),
)

PAPER = Paper(
    id="hearing_notice",
    entry=18,
    title="行政处罚听证通知书",
    source=Basis.PENALTY,
    basis=("{law.hearing_notice.clause}",),
    file_order=570,
    number_word="听通",
    served=True,
    fields=(NAME, *_HEAD, CONTACT, OFFICE_PHONE, ISSUED),
    words=(
        ("address", "{institution}："),
        ("opening", "根据你单位的申请，依照《中华人民共和国行政处罚法》第六十四条，本机关决定举行听证，现将有关事项通知如下："),
        ("rights", "你单位可以亲自参加听证，也可以委托一至二人代理，委托代理的应当提交授权委托书；"
         "认为主持人与本案有直接利害关系的，有权申请回避；可以在听证中进行陈述、申辩和质证。"),
        ("duties", "请携带身份证明和证据材料按时参加。无正当理由拒不出席或者未经许可中途退出的，视为放弃听证权利。听证不收取费用。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        rows(_HEAD),
        Words("rights"),
        Words("duties"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(*conditional("当事人要求听证的", Path.PENALTY), *NOT_IN_AUDIT),
)  # fmt: skip
