"""监督检查工作季报: what a quarter's checks came to."""

from forms.reports import report

PAPER = report(
    "quarterly_report",
    "监督检查工作季报",
    "季报",
    954,
    period="2026年第二季度",
    following="三季度检查基层医疗机构。",
)
