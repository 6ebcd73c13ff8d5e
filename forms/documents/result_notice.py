"""行政检查结果告知书: what the inspection came to; without a finding this ends it."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Receipt, SealPlace, Words, rows
from forms.shared import (
    CONTACT,
    INSPECTIONS,
    INSPECTORS,
    ISSUED,
    NAME,
    NOT_INSPECTING,
    OFFICE_PHONE,
    RECEIVER,
    SEAL,
    required,
)

_RESULTS = ("未发现问题", "责令改正", "另案处理")
_HEAD = (
    Field("subject", "检查事项", source="task.title", wide=True),
    Field("notice_number", "检查通知文号", required=False, source="papers.inspection_notice.number"),
    Field("inspected_on", "检查日期", FieldKind.DATE, source="inspection.date"),
    INSPECTORS,
    Field("result", "检查结果", FieldKind.CHECKS, options=_RESULTS),
)

PAPER = Paper(
    id="result_notice",
    entry=13,
    title="行政检查结果告知书",
    source=Basis.STANDARD,
    basis=("《行政检查文书基本格式文本（试行）》",),
    file_order=410,
    number_word="检告",
    copies="本告知书一式两份，一份交被检查人，一份存卷。",
    served=True,
    fields=(
        NAME,
        *_HEAD,
        Field("particulars", "结果说明", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("due_on", "改正期限", FieldKind.DATE, required=False),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("address", "{institution}："),
        ("opening", "本机关于{inspected_on}对你单位进行了行政检查，现将检查结果告知如下："),
        ("particulars", "{particulars}"),
        ("due", "请你单位于{due_on}前改正，并按要求报告改正情况。"),
        ("rights", "你单位对检查结果有异议的，可以向本机关陈述、申辩；对检查人员的违法违纪行为，有权投诉、举报。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        rows(_HEAD),
        Words("particulars"),
        Words("due", where="due_on"),
        Words("rights"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
        Receipt("receiver"),
    ),
    signings=(SEAL, RECEIVER),
    needs=(*required(*INSPECTIONS, instead="result"), *NOT_INSPECTING),
)  # fmt: skip
