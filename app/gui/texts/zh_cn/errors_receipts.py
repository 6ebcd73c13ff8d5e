"""Sentences of the receipt wall and of conflicts."""

ERRORS = {
    "conflict.value": "“{value}”不能填在这里。请按该栏的要求重新填写。",
    "receipts.not_written": "无法写入 {path}：{reason}。请换一个位置后重试。",
}
