"""线索登记表: a lead as it came in, what is proposed and decided. Source: domain 4.1.15."""

from forms.papers import Basis, Blank, Field, FieldKind, Opinion, Paper, Path, rows
from forms.shared import HANDLER, HEAD, SECTION_HEAD, conditional

_HEAD = (
    Field("lead_number", "线索编号", example="XS-2026-0031"),
    Field("received_at", "登记时间", FieldKind.MINUTE),
    Field("origin", "线索来源", FieldKind.CHOICE,
          options=("投诉举报", "上级交办", "部门移送", "数据监测", "检查发现", "媒体反映", "其他")),
    Field("institution", "涉及对象", source="institution.name", wide=True),
    Field("address", "地址", required=False, source="institution.address", wide=True),
    Field("registrar", "登记人", FieldKind.PEOPLE, source="recorder", rows_at_least=1),
    Field("situation", "线索情况", FieldKind.LONG_TEXT, example="反映该店将日用品串换为医保药品刷卡结算。"),
    Field("materials", "所附材料", FieldKind.LONG_TEXT, required=False),
    Field("check_until", "核查截止日", FieldKind.DATE, hint="依照线索核查期限计算"),
)

PAPER = Paper(
    id="lead_registration",
    entry=15,
    title="线索登记表",
    source=Basis.PENALTY,
    basis=("{law.lead_check.clause}",),
    file_order=102,
    fields=(
        *_HEAD,
        Field("handler_opinion", "拟办意见", FieldKind.LONG_TEXT, example="建议列入专项检查核查。"),
        Field("section_opinion", "承办机构意见", FieldKind.LONG_TEXT, required=False),
        Field("head_opinion", "负责人意见", FieldKind.LONG_TEXT, required=False),
    ),
    body=(
        rows(_HEAD),
        Opinion("handler_opinion", "handler"),
        Opinion("section_opinion", "section_head"),
        Opinion("head_opinion", "head"),
        Blank(),
    ),
    signings=(HANDLER, SECTION_HEAD, HEAD),
    needs=conditional("由线索引起检查的", Path.SPECIAL),
)  # fmt: skip
