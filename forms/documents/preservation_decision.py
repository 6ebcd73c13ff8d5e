"""证据先行登记保存决定书: what is kept where and for how long; its list is handed over with it."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Receipt, SealPlace, Words, rows
from forms.shared import (
    CONTACT,
    CREDIT_CODE,
    ISSUED,
    NAME,
    NOT_IN_AUDIT,
    NOT_INSPECTING,
    OFFICE_PHONE,
    RECEIVER,
    RESPONSIBLE,
    SEAL,
    conditional,
)

_HEAD = (NAME, CREDIT_CODE, RESPONSIBLE)

PAPER = Paper(
    id="preservation_decision",
    entry=8,
    title="证据先行登记保存决定书",
    source=Basis.PENALTY,
    basis=("{law.preservation.clause}", "{law.preservation_approval.clause}"),
    file_order=310,
    number_word="登存",
    copies="本决定书及清单一式两份，一份当场交付当事人，一份存卷。",
    served=True,
    companions=("preservation_list",),
    fields=(
        *_HEAD,
        Field("suspicion", "涉嫌违法行为", FieldKind.LONG_TEXT, example="将不属于医疗保障基金支付范围的医药费用纳入结算"),
        Field("necessity", "必要性说明", FieldKind.LONG_TEXT, hint="证据可能灭失或者以后难以取得的理由",
              example="有关单据存放分散，可能被转移"),
        Field("way", "保存方式", FieldKind.CHOICE, options=("就地保存", "异地保存")),
        Field("place", "保存地点", source="inspection.place", wide=True),
        Field("from_on", "保存起始日", FieldKind.DATE, source="issue.date"),
        Field("until_on", "保存截止日", FieldKind.DATE, hint="按期限计算；工作日顺延节假日"),
        Field("urgency", "情况紧急", FieldKind.LONG_TEXT, required=False, hint="当场采取的，写明报告和补批时间"),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("opening", "经查，你单位涉嫌{suspicion}。因{necessity}，根据{law.preservation.clause}，经本机关负责人批准，"
         "决定对清单所列证据先行登记保存。保存方式为{way}，保存地点为{place}，"
         "期限自{from_on}至{until_on}。本机关将在{law.preservation}内作出处理决定。"),
        ("urgency", "本次登记保存因情况紧急当场采取：{urgency}。"),
        ("duties", "在登记保存期间，你单位和有关人员不得销毁、转移、隐匿或者损坏登记保存的证据。"
         "就地保存的，由你单位负责妥善保管。"),
        ("rights", "你单位依法享有陈述权、申辩权。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
        ("list", "附：先行登记保存证据清单"),
    ),
    body=(
        rows(_HEAD),
        Words("opening"),
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
        *conditional("证据可能灭失或者以后难以取得的", Path.SPECIAL, Path.COMPLAINT, Path.PENALTY),
        *NOT_IN_AUDIT,
        *NOT_INSPECTING,
    ),
)  # fmt: skip
