"""送达地址（电子送达）确认书: without it nothing is served electronically. Source: 行政处罚法 art. 61."""

from forms.model import Role
from forms.papers import Basis, Blank, Closing, Field, FieldKind, Paper, Path, Signing, Words, rows
from forms.shared import CREDIT_CODE, INSPECTIONS, NAME, conditional

_HEAD = (
    NAME,
    CREDIT_CODE,
    Field("receiver_name", "收件人", source="party.name"),
    Field("phone", "手机号码", source="party.phone"),
    Field("post_address", "邮寄地址", source="institution.address", wide=True),
    Field("postcode", "邮政编码", required=False),
    Field("accepts", "是否接受电子送达", FieldKind.CHOICE, options=("同意", "不同意")),
    Field("channels", "电子送达方式", FieldKind.CHECKS, required=False, options=("电子邮件", "传真", "短信", "政务平台")),
    Field("electronic_address", "电子送达地址", required=False, wide=True, example="示例邮箱 kl@example.cn"),
)

PAPER = Paper(
    id="service_confirmation",
    entry=14,
    title="送达地址（电子送达）确认书",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第六十一条",),
    file_order=140,
    fields=(*_HEAD, Field("confirmed_on", "确认日期", FieldKind.DATE, source="issue.date")),
    words=(
        ("told", "为便于当事人及时收到文书，现告知：同意电子送达的，文书到达上述电子地址的日期即为送达日期；"
         "提供的地址不准确、变更后未及时告知的，文书按上述地址送达未被接收的后果由当事人承担。"),
        ("closing", "我已阅读以上告知事项，确认所填送达地址真实、准确。确认日期：{confirmed_on}。"),
    ),
    body=(rows(_HEAD), Words("told"), Blank(), Closing("closing", "receiver", refusal=False)),
    signings=(Signing("receiver", Role.RECEIVER, "当事人（签名或者盖章）", names="receiver_name"),),
    needs=conditional("采用电子送达的", *INSPECTIONS, Path.PENALTY),
)  # fmt: skip
