"""监督检查工作周报: how a campaign goes on, every week."""

from forms.reports import report

PAPER = report(
    "weekly_report", "监督检查工作周报", "周报", 951, period="2026年4月6日至4月12日", following="继续检查其余10家。"
)
