"""保密承诺书: what becomes known is used for nothing else. Source: 条例 art. 32, art. 46."""

from forms.model import Role
from forms.papers import Basis, Blank, Closing, Field, FieldKind, Paper, Path, Signing, Words, rows
from forms.shared import conditional, required

_HEAD = (
    Field("name", "承诺人", example="周牧之"),
    Field("unit", "所在单位", example="云岭正衡会计师事务所"),
    Field("subject", "参加的工作", source="task.title", wide=True),
    Field("signed_on", "承诺日期", FieldKind.DATE, source="issue.date"),
)

PAPER = Paper(
    id="confidentiality_promise",
    entry=30,
    title="保密承诺书",
    source=Basis.PRACTICE,
    basis=("《医疗保障基金使用监督管理条例》第三十二条、第四十六条",),
    file_order=127,
    fields=_HEAD,
    words=(
        ("opening", "本人参加医疗保障基金监督检查工作，郑重承诺："),
        ("one", "一、对工作中知悉的国家秘密、工作秘密、商业秘密、个人隐私和个人信息严格保密。"),
        ("two", "二、检查取得的资料和数据只用于本次检查，不复制留存，不向无关人员透露。"),
        ("three", "三、不泄露举报人信息和检查方案、线索、进展。"),
        ("four", "四、工作结束后交还全部资料、介质，清除设备中的数据；保密义务不因工作结束而终止。"),
        ("closing", "以上承诺本人已知悉并遵守，违反承诺愿承担法律责任。"),
    ),
    body=(
        rows(_HEAD),
        Words("opening"),
        Words("one"),
        Words("two"),
        Words("three"),
        Words("four"),
        Blank(),
        Closing("closing", "promiser", refusal=False),
    ),
    signings=(Signing("promiser", Role.MEMBER, "承诺人", names="name"),),
    needs=(*required(Path.THIRD_PARTY), *conditional("参加检查的人员", Path.RANDOM_DAILY, Path.SPECIAL, Path.COMPLAINT)),
)  # fmt: skip
