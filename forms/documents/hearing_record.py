"""行政处罚听证笔录: the decision is taken on it. Source: 行政处罚法 art. 64, art. 65."""

from forms.model import Role
from forms.papers import Basis, Blank, Closing, Field, FieldKind, Head, Paper, Path, Prose, Signing, rows
from forms.shared import ENDED, NOT_IN_AUDIT, STARTED, conditional

_HEAD = (
    Field("cause", "案由", source="papers.case_filing_approval.cause", wide=True),
    STARTED,
    ENDED,
    Field("place", "听证地点", source="papers.hearing_notice.place", wide=True),
    Field("host", "主持人", source="papers.hearing_notice.host"),
    Field("open", "听证方式", FieldKind.CHOICE, options=("公开", "不公开")),
    Field("hearers", "听证员", required=False, source="papers.hearing_notice.hearers"),
    Field("recorder", "记录人", source="papers.hearing_notice.recorder"),
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("party", "到场人", source="party.name"),
    Field("agent", "委托代理人", required=False),
    Field("investigators", "案件调查人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("third", "第三人及其他参加人", required=False, wide=True),
)

PAPER = Paper(
    id="hearing_record",
    entry=18,
    title="行政处罚听证笔录",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第六十四条、第六十五条",),
    file_order=575,
    fields=(
        *_HEAD,
        Field("opening", "核对身份、宣布纪律、告知权利", FieldKind.LONG_TEXT,
              example="主持人核对身份，告知权利义务，询问是否申请回避。答：不申请。"),
        Field("charge", "调查人员提出的事实、证据、依据和建议", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("defence", "当事人陈述、申辩和质证", FieldKind.LONG_TEXT, example="对第2组证据的计算方法有异议。"),
        Field("debate", "辩论", FieldKind.LONG_TEXT, example="双方就损失金额的计算方法进行了辩论。"),
        Field("last_words", "最后陈述", FieldKind.LONG_TEXT, example="请求依法从轻处理。"),
    ),
    words=(
        ("head_opening", "核对身份、宣布纪律、告知权利"),
        ("head_charge", "调查人员提出的事实、证据、依据和建议"),
        ("head_defence", "当事人陈述、申辩和质证"),
        ("head_debate", "辩论"),
        ("head_last", "最后陈述"),
        ("closing", "以上笔录我已看过（已向我宣读），记录属实。"),
    ),
    body=(
        rows(_HEAD),
        Head("head_opening"), Prose("opening"),
        Head("head_charge"), Prose("charge"),
        Head("head_defence"), Prose("defence"),
        Head("head_debate"), Prose("debate"),
        Head("head_last"), Prose("last_words"),
        Blank(),
        Closing("closing", "party"),
    ),
    signings=(
        Signing("party", Role.PARTY, "当事人或者代理人", names="party", every_page=True),
        Signing("investigators", Role.INSPECTOR, "案件调查人员", names="investigators", every_page=True),
        Signing("host", Role.HOST, "主持人", names="host", every_page=True),
        Signing("recorder", Role.RECORDER, "记录人", names="recorder", every_page=True),
    ),
    needs=(*conditional("举行听证的", Path.PENALTY), *NOT_IN_AUDIT),
)  # fmt: skip
