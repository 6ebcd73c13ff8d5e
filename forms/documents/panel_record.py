"""集体讨论记录: cases of weight are decided by those responsible together. Source: 行政处罚法 art. 57."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Head, Paper, Path, Prose, Signatures, Signing, rows
from forms.shared import ENDED, STARTED, conditional

_HEAD = (
    Field("cause", "案件名称", source="papers.case_filing_approval.cause", wide=True),
    Field("case_number", "立案号", source="papers.case_filing_approval.number"),
    Field("place", "讨论地点", source="office.address"),
    STARTED,
    ENDED,
    Field("host", "主持人", example="沈砚秋"),
    Field("recorder", "记录人", example="程亦安"),
    Field("members", "参加人员", FieldKind.PEOPLE, rows_at_least=3),
    Field("attendants", "列席人员", FieldKind.PEOPLE, required=False, source="inspectors"),
)

PAPER = Paper(
    id="panel_record",
    entry=18,
    title="行政处罚案件集体讨论记录",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第五十七条",),
    file_order=585,
    fields=(
        *_HEAD,
        Field("report", "案情汇报", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("discussion", "讨论记录", FieldKind.LONG_TEXT, example="沈砚秋：事实清楚。顾清和：同意从轻。"),
        Field("conclusion", "讨论决定", FieldKind.LONG_TEXT, example="一致同意承办机构意见。"),
    ),
    words=(("head_report", "案情汇报"), ("head_discussion", "讨论记录"), ("head_conclusion", "讨论决定")),
    body=(
        rows(_HEAD),
        Head("head_report"), Prose("report"),
        Head("head_discussion"), Prose("discussion"),
        Head("head_conclusion"), Prose("conclusion"),
        Blank(),
        Signatures(("host", "members", "recorder")),
    ),
    signings=(
        Signing("host", Role.HOST, "主持人", names="host"),
        Signing("members", Role.MEMBER, "参加人员", names="members"),
        Signing("recorder", Role.RECORDER, "记录人", names="recorder"),
    ),
    needs=conditional("情节复杂或者重大违法行为，由负责人集体讨论的", Path.PENALTY),
)  # fmt: skip
