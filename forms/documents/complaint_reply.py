"""举报办理告知书: to a reporter who gave a name, after the decision whether there is a case."""

from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, SealPlace, Words
from forms.shared import CONTACT, ISSUED, OFFICE_PHONE, SEAL, conditional

_RESULTS = ("已立案调查", "不予立案", "移送其他部门", "已办结")

PAPER = Paper(
    id="complaint_reply",
    entry=29,
    title="举报办理告知书",
    source=Basis.PRACTICE,
    basis=("{law.reporter_reply.clause}",),
    file_order=106,
    number_word="举告",
    served=True,
    fields=(
        Field("reporter", "举报人", hint="实名举报人；保密", example="吴先生"),
        Field("received_on", "举报日期", FieldKind.DATE),
        Field("subject", "举报事项", FieldKind.LONG_TEXT, example="某药店违规使用医疗保障基金的问题"),
        Field("decided_on", "决定日期", FieldKind.DATE, hint="自作出决定之日起五个工作日内告知"),
        Field("result", "办理情况", FieldKind.CHOICE, options=_RESULTS),
        Field("particulars", "说明", FieldKind.LONG_TEXT, required=False, example="经核查未发现违法行为"),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("address", "{reporter}："),
        ("opening", "你于{received_on}举报的{subject}，本机关已依法处理。依照{law.reporter_reply.clause}，现将办理情况告知如下："),
        ("result", "本机关于{decided_on}作出决定，办理情况：{result}。"),
        ("particulars", "{particulars}。"),
        ("thanks", "感谢你对医疗保障基金监管工作的支持。本机关依法为你保密。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}"),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        Words("result"),
        Words("particulars", where="particulars"),
        Words("thanks"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
    ),
    signings=(SEAL,),
    needs=conditional("实名举报的", Path.COMPLAINT),
)  # fmt: skip
