"""稽核合议记录: several decide together what the agreement provides for."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Head, Paper, Path, Prose, Signatures, Signing, rows
from forms.shared import ENDED, STARTED, conditional

_HEAD = (
    Field("institution", "被稽核单位", source="institution.name", wide=True),
    STARTED,
    ENDED,
    Field("place", "合议地点", source="office.address", wide=True),
    Field("host", "主持人", example="沈砚秋"),
    Field("recorder", "记录人", example="程亦安"),
    Field("members", "合议人员", FieldKind.PEOPLE, rows_at_least=3),
    Field("auditors", "稽核人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="audit_panel_record",
    entry=28,
    title="医疗保障稽核合议记录",
    source=Basis.AGREEMENT,
    basis=("医疗保障服务协议",),
    file_order=412,
    fields=(
        *_HEAD,
        Field("report", "稽核情况汇报", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("statement", "被稽核单位陈述申辩", FieldKind.LONG_TEXT, example="无异议。"),
        Field("discussion", "合议意见", FieldKind.LONG_TEXT, example="事实清楚，同意追回违规费用。"),
        Field("conclusion", "合议结论", FieldKind.LONG_TEXT, example="追回违规费用，限期整改。"),
    ),
    words=(
        ("head_report", "稽核情况汇报"),
        ("head_statement", "被稽核单位陈述申辩"),
        ("head_discussion", "合议意见"),
        ("head_conclusion", "合议结论"),
    ),
    body=(
        rows(_HEAD),
        Head("head_report"), Prose("report"),
        Head("head_statement"), Prose("statement"),
        Head("head_discussion"), Prose("discussion"),
        Head("head_conclusion"), Prose("conclusion"),
        Blank(),
        Signatures(("host", "members", "recorder")),
    ),
    signings=(
        Signing("host", Role.HOST, "主持人", names="host"),
        Signing("members", Role.MEMBER, "合议人员", names="members"),
        Signing("recorder", Role.RECORDER, "记录人", names="recorder"),
    ),
    needs=conditional("处理意见需要合议的", Path.AGREEMENT_AUDIT),
)  # fmt: skip
