"""What is said when a check of the past or a report of coverage is refused."""

ERRORS = {
    "past_check.future": "{day} is still to come. Enter the day on which the check was made.",
    "past_check.by_whom_missing": "Say which authority made the check.",
    "report.paper_unknown": "There is no report named {paper}.",
    "past_check.columns": "{name} has no columns for the institution and the day of the check; nothing was imported.",
    "past_check.day": "“{text}” is no day.",
    "past_check.unknown": "The register does not have “{text}”.",
    "past_check.ambiguous": "Several institutions are named “{text}”; use a code.",
}
