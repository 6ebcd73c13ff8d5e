"""监督检查工作总结报告: what a campaign or a year came to."""

from forms.papers import Path
from forms.reports import report
from forms.shared import required

PAPER = report(
    "summary_report", "监督检查工作总结报告", "总结", 953,
    period="2026年1月至6月", following="建立长效机制，开展回头看。", needs=required(Path.SUPERVISION),
)  # fmt: skip
