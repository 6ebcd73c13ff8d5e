"""案件（线索）移送函: to market supervision, health, discipline inspection or another authority."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, SealPlace, Words, rows
from forms.shared import CONTACT, ISSUED, OFFICE_PHONE, SEAL, conditional

_HEAD = (
    Field("cause", "案件（线索）名称", wide=True, example="某药店涉嫌无处方销售处方药线索"),
    Field("institution", "涉及单位（人）", source="institution.name", wide=True),
    Field("annexes", "所附材料", FieldKind.LONG_TEXT, example="现场检查笔录复印件3页，照片12张。"),
)

PAPER = Paper(
    id="referral_letter",
    entry=21,
    title="案件（线索）移送函",
    source=Basis.PENALTY,
    basis=("《医疗保障行政处罚程序暂行规定》", "《医疗保障基金使用监督管理条例》第二十六条"),
    file_order=660,
    number_word="移函",
    fields=(
        Field("receiver", "受移送单位", example="云岭市市场监督管理局"),
        Field("kind", "移送类别", FieldKind.CHOICE, options=("市场监督管理", "卫生健康", "纪检监察", "公安", "医保经办", "其他")),
        *_HEAD,
        Field("facts", "基本情况", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("reason", "移送理由和依据", FieldKind.LONG_TEXT, example="上述行为不属于本机关管辖，依法应由你单位处理"),
        Field("reply_on", "请复期限", FieldKind.DATE, required=False),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("address", "{receiver}："),
        ("facts", "本机关在工作中发现：{facts}"),
        ("reason", "{reason}。现将有关材料移送你单位（移送类别：{kind}），请依法处理。"),
        ("reply", "请于{reply_on}前将处理结果书面告知本机关。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        Words("facts"),
        Words("reason"),
        rows(_HEAD),
        Words("reply", where="reply_on"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
    ),
    signings=(SEAL,),
    needs=conditional(
        "发现问题属于其他部门管辖的", Path.RANDOM_DAILY, Path.SPECIAL, Path.COMPLAINT, Path.AGREEMENT_AUDIT, Path.PENALTY
    ),
)  # fmt: skip
