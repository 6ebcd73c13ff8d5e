"""封存决定书: the five items of the law, with a list in duplicate and the strip that closes the place.

Source: 行政强制法 art. 18, art. 24, art. 25; 医疗保障基金使用监督管理条例 art. 27.
"""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Receipt, SealPlace, Words, rows
from forms.shared import (
    ADDRESS,
    CONTACT,
    COURT,
    CREDIT_CODE,
    ISSUED,
    NAME,
    NOT_IN_AUDIT,
    NOT_INSPECTING,
    OFFICE_PHONE,
    RECEIVER,
    RECONSIDERATION,
    RESPONSIBLE,
    SEAL,
    conditional,
)

_HEAD = (NAME, CREDIT_CODE, RESPONSIBLE, ADDRESS)

PAPER = Paper(
    id="sealing_decision",
    entry=10,
    title="封存决定书",
    source=Basis.PENALTY,
    basis=(
        "《医疗保障基金使用监督管理条例》第二十七条",
        "《中华人民共和国行政强制法》第十八条、第二十四条",
        "{law.sealing.clause}",
        "{law.sealing_approval.clause}",
    ),
    file_order=330,
    number_word="封存",
    copies="本决定书及清单一式两份，由当事人和本机关分别保存。",
    served=True,
    companions=("sealing_list", "seal_strip"),
    fields=(
        *_HEAD,
        Field("reason", "封存事由", FieldKind.LONG_TEXT, example="有关处方和结算凭证可能被转移、隐匿"),
        Field("necessity", "必要性说明", FieldKind.LONG_TEXT, hint="不得乱查封；写明采取其他措施不足以保全的理由",
              example="复制、拍照不足以固定全部单据"),
        Field("place", "封存地点", source="inspection.place", wide=True),
        Field("from_on", "封存起始日", FieldKind.DATE, source="issue.date"),
        Field("until_on", "封存截止日", FieldKind.DATE, hint="不超过法定期限"),
        Field("urgency", "情况紧急", FieldKind.LONG_TEXT, required=False, hint="当场采取的，写明报告和补办批准时间"),
        RECONSIDERATION,
        COURT,
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("opening", "因{reason}，{necessity}，根据《医疗保障基金使用监督管理条例》第二十七条和"
         "《中华人民共和国行政强制法》第十八条、第二十四条，经本机关负责人批准，"
         "决定对清单所列资料予以封存。封存地点为{place}，期限自{from_on}至{until_on}。"),
        ("period", "依照{law.sealing.clause}，封存期限不得超过{law.sealing}；情况复杂的，经本机关负责人批准可以延长，"
         "延长期限不得超过{law.sealing_extension}，延长的决定书面告知并说明理由。检测、鉴定的期间不计入封存期限。"),
        ("urgency", "本次封存因情况紧急当场采取：{urgency}。"),
        ("duties", "封存期间，任何单位和个人不得擅自启封、使用、销毁、转移或者隐匿封存的资料。"),
        ("rights", "你单位依法享有陈述权、申辩权。如不服本决定，可以自收到本决定书之日起{law.reconsideration}内向"
         "{reconsideration}申请行政复议，或者在{law.litigation}内依法向{court}提起行政诉讼。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
        ("list", "附：封存物品（资料）清单"),
    ),
    body=(
        rows(_HEAD),
        Words("opening"),
        Words("period"),
        Words("urgency", where="urgency"),
        Words("duties"),
        Words("rights"),
        Words("contact"),
        Words("list"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(
        *conditional("资料可能被转移、隐匿或者灭失的", Path.SPECIAL, Path.COMPLAINT, Path.PENALTY),
        *NOT_IN_AUDIT,
        *NOT_INSPECTING,
    ),
)  # fmt: skip
