"""约谈通知书. Source: 医疗保障基金使用监督管理条例 art. 38, art. 39 (可以约谈)."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Receipt, SealPlace, Words, rows
from forms.shared import CONTACT, ISSUED, NAME, OFFICE_PHONE, RECEIVER, SEAL, conditional

_HEAD = (
    Field("talk_at", "约谈时间", FieldKind.MINUTE, ahead=True),
    Field("place", "约谈地点", source="office.address"),
    Field("invited", "被约谈人", wide=True, hint="有关负责人；不得刻意要求法定代表人到场", source="party.name"),
    Field("topic", "约谈内容", FieldKind.LONG_TEXT, source="findings.facts"),
    Field("materials", "需携带的材料", FieldKind.LONG_TEXT, required=False),
)

PAPER = Paper(
    id="talk_notice",
    entry=22,
    title="约谈通知书",
    source=Basis.PRACTICE,
    basis=("《医疗保障基金使用监督管理条例》第三十八条、第三十九条",),
    file_order=440,
    number_word="约谈",
    served=True,
    fields=(NAME, *_HEAD, Field("basis", "约谈依据", source="findings.basis"), CONTACT, OFFICE_PHONE, ISSUED),
    words=(
        ("address", "{institution}："),
        ("opening", "根据{basis}，本机关决定对你单位有关负责人进行约谈，现将有关事项通知如下："),
        ("duties", "请按时参加。因故不能参加的，请提前与本机关联系。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        rows(_HEAD),
        Words("duties"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=conditional("决定约谈的", Path.RANDOM_DAILY, Path.SPECIAL, Path.COMPLAINT, Path.AGREEMENT_AUDIT, Path.PENALTY),
)  # fmt: skip
