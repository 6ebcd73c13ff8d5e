"""What paper refuses: words and figures of the law that do not fit."""

ERRORS = {
    "form.data_fault": "文书用语文件 {file} 的 {place} 有误（{reason}）：{value}",
    "form.no_such_law": "{on} 没有现行有效的规定“{rule}”，不能按该日期制作文书。",
    "form.no_such_paper": "没有这种文书：{paper}",
}
