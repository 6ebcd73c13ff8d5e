"""What is said when a case, a volume or a copy cannot be made or checked."""

ERRORS = {
    "case.nothing_signed": "这次检查还没有签字完成的文书，案卷是空的。请先完成签字。",
    "case.volume_empty": "这段时间没有签字完成的文书，没有可装订的内容。",
    "copy.profile_unknown": "没有名为 {profile} 的副本类型。可用：{known}。",
    "copy.nothing_left": "“{profile}”不载明这份文书的任何内容，没有制作副本。",
    "copy.unsigned": "文书签字完成后才能制作副本。",
    "demo.not_proven": "演练的结果没有通过核验：{told}",
    "verify.keys": "无法读取公钥文件 {file}。",
}
