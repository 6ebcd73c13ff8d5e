"""What is said when a check of the past or a report of coverage is refused."""

ERRORS = {
    "past_check.future": "检查日期 {day} 还没有到。既往检查请填写实际检查日期。",
    "past_check.by_whom_missing": "请填写由哪个单位检查。",
    "report.paper_unknown": "没有名为 {paper} 的统计报表。",
    "past_check.columns": "文件 {name} 里没有找到“机构名称（或编码）”和“检查日期”两列，没有导入。",
    "past_check.day": "检查日期“{text}”无法识别。",
    "past_check.unknown": "名录库里没有“{text}”。",
    "past_check.ambiguous": "名录库里有多家机构叫“{text}”，请改用编码。",
}
