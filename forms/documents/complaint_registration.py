"""举报登记表: oral reports are written down; who reports stays confidential and never enters the file of the case.

Source: 医疗保障基金使用监督管理举报处理暂行办法 (read in press); 医疗保障基金使用监督管理条例 art. 35.
"""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Opinion, Paper, Path, Signing, rows
from forms.shared import HEAD, SECTION_HEAD, required

_HEAD = (
    Field("complaint_number", "举报编号", example="JB-2026-0019"),
    Field("received_at", "接收时间", FieldKind.MINUTE),
    Field("channel", "举报方式", FieldKind.CHOICE, options=("电话", "来信", "来访", "网络", "其他")),
    Field("reporter_kind", "举报性质", FieldKind.CHOICE, options=("实名", "匿名")),
    Field("reporter", "举报人", required=False, hint="举报人在举报线索中密封登记，这里只写“已密封”；匿名的留空"),
    Field("reporter_phone", "联系方式", required=False, hint="同上，不写联系方式"),
    Field("institution", "被举报对象", source="institution.name", wide=True),
    Field("address", "地址", required=False, source="institution.address", wide=True),
    Field("content", "举报内容", FieldKind.LONG_TEXT, example="反映该店留存多张参保人凭证连续刷卡。"),
    Field("materials", "举报材料", FieldKind.LONG_TEXT, required=False),
    Field("registrar", "接收人", FieldKind.PEOPLE, source="recorder", rows_at_least=1),
)

PAPER = Paper(
    id="complaint_registration",
    entry=29,
    title="举报登记表",
    source=Basis.PRACTICE,
    basis=("{law.reporter_reply.clause}", "《医疗保障基金使用监督管理条例》第三十五条"),
    file_order=100,
    fields=(
        *_HEAD,
        Field("handler_opinion", "拟办意见", FieldKind.LONG_TEXT, example="属于本机关管辖，建议核查。"),
        Field("head_opinion", "负责人意见", FieldKind.LONG_TEXT),
        Field("result", "办理结果", FieldKind.LONG_TEXT, required=False),
    ),
    body=(
        rows(_HEAD),
        Opinion("handler_opinion", "registrar"),
        Opinion("head_opinion", "head"),
        Opinion("result", "section_head"),
        Blank(),
    ),
    signings=(Signing("registrar", Role.HANDLER, "接收人", names="registrar"), HEAD, SECTION_HEAD),
    needs=required(Path.COMPLAINT),
)  # fmt: skip
