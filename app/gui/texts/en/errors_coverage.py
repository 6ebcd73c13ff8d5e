"""What is said when a check of the past or a report of coverage is refused."""

ERRORS = {
    "past_check.future": "{day} is still to come. Enter the day on which the check was made.",
    "past_check.by_whom_missing": "Say which authority made the check.",
    "report.paper_unknown": "There is no report named {paper}.",
}
