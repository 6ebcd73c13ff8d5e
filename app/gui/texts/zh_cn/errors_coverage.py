"""What is said when a check of the past or a report of coverage is refused."""

ERRORS = {
    "past_check.future": "检查日期 {day} 还没有到。既往检查请填写实际检查日期。",
    "past_check.by_whom_missing": "请填写由哪个单位检查。",
    "report.paper_unknown": "没有名为 {paper} 的统计报表。",
}
