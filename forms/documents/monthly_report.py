"""监督检查工作月报: the month's work and the plan of the next."""

from forms.reports import report

PAPER = report(
    "monthly_report", "监督检查工作月报", "月报", 952, period="2026年4月", following="5月份检查诊所15家。"
)
