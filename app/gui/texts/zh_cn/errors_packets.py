"""What may be wrong with a courier packet, a card or a stick."""

ERRORS = {
    "packet.bad_files": "同步包里有 {count} 个文件内容与校验值不符，没有采用；其余内容已导入。请对方重新导出。",
    "packet.card": "设备名片或邀请不正确，或已被改动。请重新扫描或重新复制全文。",
    "packet.changed": "同步包内容与签名不符，可能在途中损坏或被改动，没有导入。请对方重新导出。",
    "packet.contents": "同步包的内容不合规定（{at}），没有导入。",
    "packet.cut": "同步包文件不完整，请重新拷贝。",
    "packet.enrolled": "本机已登记在另一台中心服务器，不能再接受这份邀请。",
    "packet.folder": "无法读写 {folder}（{reason}）。请检查 U 盘是否已满、写保护或已拔出。",
    "packet.no_mate": "队友名单里没有这台设备，请先添加对方的名片。",
    "packet.no_server": "本机还不知道交给哪台中心服务器。请先联网登记一次，或导入管理员给的邀请。",
    "packet.not_one": "这不是验方的同步包文件（{reason}）。",
    "packet.other_receiver": "此同步包是给另一台设备或服务器的。",
    "packet.own_card": "这是本机自己的名片。请添加队友的名片。",
    "packet.sealed": "此同步包不是封给本机的，或在途中被改动，没有导入。",
    "packet.signature": "同步包的签名不符，没有导入。",
    "packet.too_new": "同步包由更新版本的程序写成，或使用了本机不支持的密码算法，请升级程序。",
    "packet.unknown_mate": "写出此同步包的设备不在队友名单里，没有导入。请先添加对方的名片并核对指纹。",
}
