"""调取证据材料通知书: which documents are to be handed over, until when. Source: 医疗保障基金使用监督管理条例 art. 27."""

from forms.papers import Basis, Blank, Column, Field, FieldKind, Grid, Paper, Receipt, SealPlace, Words, rows
from forms.shared import (
    CONTACT,
    CREDIT_CODE,
    INSPECTIONS,
    ISSUED,
    NAME,
    NOT_INSPECTING,
    OFFICE_PHONE,
    RECEIVER,
    RESPONSIBLE,
    SEAL,
    conditional,
)

_HEAD = (NAME, CREDIT_CODE, RESPONSIBLE)

PAPER = Paper(
    id="evidence_request",
    entry=11,
    title="调取证据材料通知书",
    source=Basis.PRACTICE,
    basis=("《医疗保障基金使用监督管理条例》第二十七条",),
    file_order=260,
    number_word="调证",
    served=True,
    fields=(
        *_HEAD,
        Field("subject", "检查事项", source="task.title"),
        Field("due_on", "提供期限", FieldKind.DATE),
        Field("place", "提供地点", source="office.address"),
        Field(
            "materials",
            "调取材料清单",
            FieldKind.TABLE,
            columns=(Column("材料名称", share=5), Column("材料期间", share=4), Column("形式要求", share=3)),
            rows_at_least=1,
        ),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("opening", "因{subject}需要，根据《医疗保障基金使用监督管理条例》第二十七条，"
         "请你单位于{due_on}前将下列材料提供至{place}，并对有关情况作出解释和说明。"),
        ("duties", "提供复制件的，应当注明“经核对与原件一致”和原件存放处，由提供人签名并加盖单位印章。"
         "你单位应当如实提供，不得拒绝、隐匿或者提供虚假材料。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        rows(_HEAD),
        Words("opening"),
        Grid("materials"),
        Words("duties"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(*conditional("需要单位另行提供材料的", *INSPECTIONS), *NOT_INSPECTING),
)  # fmt: skip
