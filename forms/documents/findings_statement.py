"""违规事实确认书: the document that bears the amounts; its findings add up to its grand total."""

from forms.errors import TotalsDisagree
from forms.kit.document import Context, Document, inspector_slots, party_slot
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Paragraph, Part, Statement, Title
from forms.kit.tables import Cell, Row, Table, label
from forms.kit.wording import joined, period, yuan, yuan_in_words
from forms.model import Finding, FindingsStatement, Role, Signer
from forms.papers import Basis, Paper, Path
from forms.shared import INSPECTIONS, required

_HEADER = (tuple(label(text) for text in ("序号", "违规行为", "案由代码", "人数", "例次", "金额（元）")),)
_WIDTHS = (1.3, 6.2, 2.3, 1.6, 1.6, 3)
_WORDS = "以上事实及金额我单位已核对，□无异议　□有异议（说明见“被检查单位意见”）。"


def compose(statement: FindingsStatement, context: Context) -> list[Part]:
    """Return the parts of the statement.

    Raises:
        TotalsDisagree: If the findings do not add up to the total.
    """
    if statement.total_fen != sum(finding.amount_fen for finding in statement.findings):
        raise TotalsDisagree(item="findings", column="amount", total=yuan(statement.total_fen))
    institution = statement.institution
    head = Fields(
        (
            (("被检查单位", institution.name),),
            (("信用代码", institution.credit_code), ("医保编码", institution.insurance_code)),
            (("检查事项", statement.subject),),
            (("检查期间", period(statement.period_from, statement.period_until)),),
            (("检查人员", joined([f"{one.name}（{one.licence_no}）" for one in statement.inspectors])),),
            (("复核人", statement.reviewer),),
        )
    )
    parts: list[Part] = [Title("违规事实确认书", context.number), head, Heading("汇总"), _summary(statement)]
    parts.append(Heading("逐项事实", reserve=250))
    for finding in statement.findings:
        parts += [
            Heading(f"{finding.violation_name}（{finding.number}）", level=2, reserve=210),
            _sheet(finding),
        ]
    if not statement.findings:
        parts.append(Paragraph("本次检查未发现违规事实。"))
    return [
        *parts,
        Heading("被检查单位意见"),
        Paragraph(statement.party_opinion),
        Blank(is_last=False),
        Statement(_WORDS, party_slot(statement.party, "负责人（签字、盖章）")),
    ]


def _summary(statement: FindingsStatement) -> Table:
    rows: list[Row] = [
        (
            Cell(finding.number, "center"),
            Cell(finding.violation_name),
            Cell(finding.violation_code, "center"),
            Cell(_count(finding.persons), "right"),
            Cell(_count(finding.cases), "right"),
            Cell(yuan(finding.amount_fen), "right"),
        )
        for finding in statement.findings
    ]
    cases = [finding.cases for finding in statement.findings if finding.cases is not None]
    # Persons are not added up: the same person may stand in several findings.
    total = label("合计", span=3), label("／"), label(_count(sum(cases)) if cases else "／")
    rows.append((*total, Cell(yuan(statement.total_fen), "right", label=True, shaded=True)))
    rows.append((label("大写", span=2), Cell(yuan_in_words(statement.total_fen), span=4, label=True)))
    return Table(_WIDTHS, tuple(rows), header=_HEADER)


def _sheet(finding: Finding) -> Fields:
    span = period(finding.period_from, finding.period_until)
    return Fields(
        (
            (("案由", finding.violation_name),),
            (("案由代码", finding.violation_code), ("金额（元）", yuan(finding.amount_fen))),
            (("涉及期间", span),),
            (("涉及人数", _count(finding.persons)), ("涉及例次", _count(finding.cases))),
            (("违规事实", finding.facts),),
            (("计算过程", finding.calculation),),
            (("认定依据", "\n".join(finding.basis)),),
            (("检查项", joined(finding.items)), ("证据", joined(finding.evidence))),
        ),
        whole=True,
    )


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def slots(statement: FindingsStatement) -> tuple[Slot, ...]:
    """Return who signs every page."""
    found = (party_slot(statement.party), *inspector_slots(statement.inspectors))
    if statement.reviewer:
        found = (*found, Slot(Signer(Role.REVIEWER, statement.reviewer), "复核人"))
    return (*found, Slot(Signer(Role.WITNESS, ""), "见证人", required=False))


DOCUMENT = Document("findings_statement", "违规事实确认书", FindingsStatement, compose, slots)
PAPER = Paper(
    id="findings_statement",
    entry=24,
    title=DOCUMENT.title,
    source=Basis.PRACTICE,
    basis=("《医疗保障基金使用监督管理条例》第三十八条",),
    file_order=270,
    number_word="确认",
    needs=(*required(*INSPECTIONS, instead="sheet"), *required(Path.AGREEMENT_AUDIT, instead="sheet")),
    record=FindingsStatement,
)
