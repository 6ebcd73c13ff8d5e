"""行政执法委托书: to an organisation that fulfils the conditions; public, no sub-delegation; third parties only assist.

Source: 行政处罚法 art. 20, 21; 医疗保障基金使用监督管理条例 art. 27, 28; 国办发〔2024〕54号.
"""

from forms.model import Role
from forms.papers import (
    Basis,
    Blank,
    Field,
    FieldKind,
    Head,
    Paper,
    Path,
    Prose,
    SealPlace,
    Signing,
    Words,
    rows,
)
from forms.shared import ISSUED, SEAL, required

_HEAD = (
    Field("kind", "委托类别", FieldKind.CHOICE, options=("委托执法", "聘请第三方协助检查"),
          hint="第三方机构不得实施检查，只能协助"),
    Field("agent", "受委托单位", wide=True, example="云岭正衡会计师事务所（特殊普通合伙）"),
    Field("agent_code", "信用代码", required=False, example="91530100MA6XXXX00X"),
    Field("agent_head", "负责人", example="宋知远"),
    Field("from_on", "委托起始日", FieldKind.DATE),
    Field("until_on", "委托截止日", FieldKind.DATE),
    Field("people", "参加人员", FieldKind.PEOPLE, source="assistants", rows_at_least=1),
)

PAPER = Paper(
    id="commission",
    entry=30,
    title="授权委托书",
    source=Basis.PRACTICE,
    basis=("《中华人民共和国行政处罚法》第二十条", "《医疗保障基金使用监督管理条例》第二十七条、第二十八条"),
    file_order=125,
    number_word="委托",
    copies="本委托书一式三份，双方各执一份，一份向社会公布。",
    fields=(
        *_HEAD,
        Field("matters", "委托事项", FieldKind.LONG_TEXT, example="协助核对账目、病历和医保结算数据。"),
        Field("limits", "权限", FieldKind.LONG_TEXT, example="在检查人员主持下协助，不单独询问、取证和作出结论。"),
        Field("agent_signed_on", "受委托单位签章日期", FieldKind.DATE, source="issue.date"),
        ISSUED,
    ),
    words=(
        ("opening", "本机关委托{agent}在下列范围和期限内办理有关事项："),
        ("head_matters", "委托事项"),
        ("head_limits", "权限"),
        ("duties", "受委托单位应当在委托范围内以本机关名义办理，接受本机关监督，不得再委托其他组织或者个人，"
         "对知悉的信息负有保密义务；第三方机构及其人员只能协助检查，不得实施行政检查。"),
    ),
    body=(
        Words("opening"),
        rows(_HEAD),
        Head("head_matters"), Prose("matters"),
        Head("head_limits"), Prose("limits"),
        Words("duties"),
        SealPlace("seal", "issued_on"),
        SealPlace("agent_seal", "agent_signed_on", "agent"),
        Blank(),
    ),
    signings=(SEAL, Signing("agent_seal", Role.INSTITUTION_SEAL, "受委托单位公章", names="agent")),
    needs=required(Path.THIRD_PARTY),
)  # fmt: skip
