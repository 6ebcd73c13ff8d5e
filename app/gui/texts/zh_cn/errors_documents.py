"""Sentences for what documents refuse."""

ERRORS = {
    "document.unknown": "找不到这份文书，可能已退回修改。",
    "document.blocked": "还有 {count} 项须先处理，暂不能制作。请按列表逐项处理。",
    "document.signed_already": "{title}已有人签字，不能重新制作。需要更正时请另作更正记录。",
    "document.no_strokes": "请先在签名区写下姓名。",
    "document.not_a_signer": "此人不是这份文书的签名人。",
    "document.paper_elsewhere": "照片上的页二维码与《{title}》待签名的页不符。请拍摄这份文书待签名的页。",
    "document.page_unknown": "这份文书没有第 {page} 页。",
    "document.signed_page": "第 {page} 页本人已签过。",
    "document.changed": "{title}制作后内容有改动，与页面不一致，没有签字。请退回修改并重新制作后再签。",
    "document.reason_missing": "请写明拒绝签字的理由和在场见证人。",
    "document.inspector_refuses": "检查人员和记录人不能拒绝签字；内容有误请退回修改。",
    "document.export_failed": "没有导出 {file}：{reason}。请换一个文件夹或检查磁盘空间后重试。",
    "document.unsigned": "这份文书还没有签完字，不能更正；尚无人签字时可退回修改。",
    "document.correction_missing": "请写明每一处更正的位置、理由和文字。",
    "document.not_here": "这份文书的原件不在本机，同步后可以查看。",
    "document.source_damaged": "这份文书的存档已损坏，无法显示。请从备份恢复，或联系支持人员。",
    "interview.not_finished": "询问还没有结束，不能制作笔录。",
}
