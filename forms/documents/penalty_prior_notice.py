"""行政处罚事先告知书（听证告知）: facts, reasons, law and the penalty intended; the right to be heard.

Source: 行政处罚法 art. 44, 45, 63, 64. The decision must not be harder than what was told here.
"""

from forms.papers import (
    Basis,
    Blank,
    Field,
    FieldKind,
    Head,
    Paper,
    Path,
    Prose,
    Receipt,
    SealPlace,
    Words,
    rows,
)
from forms.shared import (
    ADDRESS,
    CONTACT,
    CREDIT_CODE,
    ISSUED,
    NAME,
    NOT_IN_AUDIT,
    NOT_INSPECTING,
    OFFICE_ADDRESS,
    OFFICE_PHONE,
    RECEIVER,
    RESPONSIBLE,
    SEAL,
    required,
)

_HEAD = (NAME, CREDIT_CODE, RESPONSIBLE, ADDRESS)

PAPER = Paper(
    id="penalty_prior_notice",
    entry=17,
    title="行政处罚事先告知书",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第四十四条、第四十五条、第六十三条", "{law.hearing_request.clause}"),
    file_order=550,
    number_word="罚告",
    copies="本告知书一式两份，一份交当事人，一份存卷。",
    served=True,
    fields=(
        *_HEAD,
        Field("facts", "违法事实及证据", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("basis", "违反的规定和处罚依据", FieldKind.LONG_TEXT, source="findings.basis"),
        Field("reason", "处罚理由", FieldKind.LONG_TEXT, example="鉴于你单位初次违法并主动退回，依法从轻处罚。"),
        Field("return_amount", "拟责令退回金额", FieldKind.MONEY, required=False, source="findings.total_fen"),
        Field("fine", "拟罚款金额", FieldKind.MONEY, required=False),
        Field("other_penalty", "其他处罚", FieldKind.LONG_TEXT, required=False, example="责令暂停相关责任部门涉及基金使用的医药服务六个月"),
        Field("statement_days", "陈述申辩工作日数", FieldKind.NUMBER, hint="自收到之日起的工作日数，按本地规定"),
        Field("hearing", "是否告知听证", FieldKind.CHOICE, options=("告知听证权利", "不属于听证范围"),
              hint="较大数额的标准由各地规定"),
        CONTACT,
        OFFICE_PHONE,
        OFFICE_ADDRESS,
        ISSUED,
    ),
    words=(
        ("address", "{institution}："),
        ("opening", "你单位涉嫌违法一案已调查终结。依照《中华人民共和国行政处罚法》第四十四条，"
         "现将本机关拟作出行政处罚的内容及事实、理由、依据告知如下："),
        ("head_facts", "违法事实及证据"),
        ("head_basis", "违反的规定、处罚理由及依据"),
        ("basis", "上述行为违反了医疗保障基金使用监督管理的规定，依据{basis}，应当依法处理。{reason}"),
        ("head_penalty", "拟作出的处理处罚"),
        ("return_amount", "责令退回医疗保障基金{return_amount}（{return_amount.words}）。"),
        ("fine", "处以罚款{fine}（{fine.words}）。"),
        ("other_penalty", "{other_penalty}。"),
        ("head_rights", "陈述、申辩和听证的权利"),
        ("statement", "你单位可以自收到本告知书之日起{statement_days}个工作日内向本机关进行陈述和申辩；"
         "逾期未提出的，视为放弃。本机关不因陈述、申辩而给予更重的处罚。"),
        ("hearing", "依照《中华人民共和国行政处罚法》第六十三条、第六十四条，你单位有权要求听证；要求听证的，应当在收到本告知书后"
         "{law.hearing_request}内向本机关提出，逾期未提出的，视为放弃听证权利。听证不收取费用。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}　　地址：{office_address}"),
    ),
    body=(
        Words("address", indent=False),
        rows(_HEAD[1:]),
        Words("opening"),
        Head("head_facts"), Prose("facts"),
        Head("head_basis"), Words("basis"),
        Head("head_penalty"),
        Words("return_amount", where="return_amount"),
        Words("fine", where="fine"),
        Words("other_penalty", where="other_penalty"),
        Head("head_rights"),
        Words("statement"),
        Words("hearing", where="hearing", equals="告知听证权利"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(*required(Path.PENALTY), *NOT_IN_AUDIT, *NOT_INSPECTING),
)  # fmt: skip
