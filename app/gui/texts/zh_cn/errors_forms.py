"""What paper refuses: words and figures of the law that do not fit."""

ERRORS = {
    "form.data_fault": "文书用语文件 {file} 的 {place} 有误（{reason}）：{value}",
    "form.no_such_law": "{on} 这一天“{rule}”还没有施行或者已经失效，不能按该日期办理，请核对日期。",
    "form.no_such_paper": "没有这种文书：{paper}",
}
