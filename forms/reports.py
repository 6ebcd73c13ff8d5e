"""What the reports of work share: weekly, monthly, and at the end."""

from forms.papers import Basis, Blank, Field, FieldKind, Head, Need, Paper, Prose, SealPlace, rows
from forms.shared import ISSUED, SEAL


def report(
    paper_id: str, title: str, number_word: str, file_order: int, *, period: str, following: str, needs: tuple[Need, ...] = ()
) -> Paper:
    """Return one report.

    Args:
        period, following: Examples of the period and of what comes next.
    """
    head = (
        Field("office", "报送单位", source="office.name"),
        Field("receiver", "报送对象", example="云岭市医疗保障局"),
        Field("period", "报告期间", example=period),
        Field("campaign", "工作名称", source="task.title", wide=True),
        Field("institutions", "检查机构数", FieldKind.NUMBER),
        Field("found", "发现问题数", FieldKind.NUMBER, source="findings.count"),
        Field("recovered", "退回金额", FieldKind.MONEY, source="findings.total_fen"),
        Field("fined", "罚款金额", FieldKind.MONEY, required=False),
    )
    return Paper(
        id=paper_id,
        entry=30,
        title=title,
        source=Basis.PRACTICE,
        basis=("{law.five_prohibitions.clause}",),
        file_order=file_order,
        number_word=number_word,
        fields=(
            *head,
            Field("progress", "工作开展情况", FieldKind.LONG_TEXT, example="本期检查定点零售药店20家，已覆盖全部街道。"),
            Field("problems", "发现的主要问题", FieldKind.LONG_TEXT, example="将不属于支付范围的费用纳入结算；处方管理不规范。"),
            Field("handling", "处理情况", FieldKind.LONG_TEXT, example="责令改正5家，立案1件。"),
            Field("cases", "典型案例", FieldKind.LONG_TEXT, required=False),
            Field("next", "下一步工作", FieldKind.LONG_TEXT, example=following),
            ISSUED,
        ),
        words=(
            ("head_progress", "工作开展情况"),
            ("head_problems", "发现的主要问题"),
            ("head_handling", "处理情况"),
            ("head_cases", "典型案例"),
            ("head_next", "下一步工作"),
        ),
        body=(
            rows(head),
            Head("head_progress"), Prose("progress"),
            Head("head_problems"), Prose("problems"),
            Head("head_handling"), Prose("handling"),
            Head("head_cases"), Prose("cases"),
            Head("head_next"), Prose("next"),
            SealPlace("seal", "issued_on"),
            Blank(),
        ),
        signings=(SEAL,),
        needs=needs,
    )  # fmt: skip
