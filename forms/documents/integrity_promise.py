"""廉政承诺书: what those who take part do not accept."""

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
    id="integrity_promise",
    entry=30,
    title="廉政承诺书",
    source=Basis.PRACTICE,
    basis=("{law.five_prohibitions.clause}",),
    file_order=126,
    fields=_HEAD,
    words=(
        ("opening", "本人参加医疗保障基金监督检查工作，郑重承诺："),
        ("one", "一、不接受被检查单位的馈赠、报酬、福利待遇，不参加其提供的宴请、娱乐、旅游等活动。"),
        ("two", "二、不由被检查单位支付消费开支，不转嫁检查费用，不强制其接受指定的中介机构服务。"),
        ("three", "三、与被检查单位有利害关系的，主动申请回避。"),
        ("four", "四、不利用工作便利为本人或者他人谋取利益，自觉接受监督。"),
        ("closing", "以上承诺本人已知悉并遵守，违反承诺愿承担相应责任。"),
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
