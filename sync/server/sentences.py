"""The server's Chinese sentences, by error code; used by its command line and added to every refusal."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "auth.missing": "请求未签名,请先登记本设备。",
    "auth.signature": "设备签名不符,服务器拒绝了请求。",
    "auth.stale": "请求时间与服务器时间相差过大,请核对本机时钟后重试。",
    "auth.replayed": "同一请求已收到过,服务器拒绝重复使用。",
    "auth.unknown_device": "服务器上没有登记此设备。",
    "auth.revoked": "此设备已被停用,请联系管理员。",
    "enrol.code_unknown": "登记码不正确。",
    "enrol.code_used": "登记码已被使用,请向管理员索取新码。",
    "enrol.code_expired": "登记码已过期,请向管理员索取新码。",
    "enrol.device_known": "此设备或其密钥已登记过。",
    "enrol.proof": "设备未能证明持有所登记的密钥。",
    "feed.forbidden": "此设备无权访问该单位的数据。",
    "epoch.changed": "服务器数据已恢复到新的起点,设备将重新核对全部记录。",
    "pull.cursor": "服务器上的记录与本机已收到的不一致,设备将重新核对全部记录。",
    "blob.offer": "文件的名称、大小或校验值不合规定。",
    "blob.chunk": "文件分块的编号或长度不正确。",
    "blob.incomplete": "文件尚缺 {missing} 个分块。",
    "blob.digest": "文件内容与校验值不符,已丢弃,请重新上传。",
    "blob.unknown": "服务器上没有可供此设备下载的这个文件。",
    "blob.no_space": "服务器磁盘空间不足,请联系管理员。",
    "body.too_large": "请求内容过大。",
    "body.not_zstd": "请求内容无法解压。",
    "body.digest": "请求内容在传输中损坏,请重试。",
    "message.invalid": "请求格式不正确({at})。",
    "line.invalid": "记录行格式不正确({reason})。",
    "chain.signature": "记录行的签名不符。",
    "chain.key": "公钥格式不正确。",
    "push.gap": "记录不连续:收到第 {n} 行,服务器只有前 {head} 行。",
    "push.fork": "记录与服务器已有的历史分叉。",
    "push.id_reuse": "同一记录编号出现了不同的内容。",
    "push.replica_of_other": "该历史属于另一台设备。",
    "packet.card": "设备名片不正确,或已被改动。",
    "packet.sealed": "此同步包不是封给本机的,或在途中被改动。",
    "packet.not_one": "这不是验方的同步包文件({reason})。",
    "packet.cut": "同步包文件不完整,请重新拷贝。",
    "packet.changed": "同步包内容与签名不符,可能在途中损坏或被改动,没有导入。",
    "packet.signature": "同步包的签名不符,没有导入。",
    "packet.too_new": "同步包由更新版本的程序写成,或使用了本机不支持的密码算法,请升级程序。",
    "packet.other_receiver": "此同步包是给另一台设备或服务器的。",
    "packet.contents": "同步包的内容不合规定({at}),没有导入。",
    "packet.unknown_sender": "不认识写出此同步包的设备,没有导入。",
    "packet.purpose": "此同步包不是交给服务器的。",
    "packet.nothing_yet": "尚未收到过此设备的同步包,无法写回执。",
    "http.not_found": "没有这个地址。",
    "http.method": "此地址不接受这种请求。",
    "server.internal": "服务器内部错误,已记入日志。",
    "server.database_too_new": "数据目录由更新版本的程序写成,请升级服务器程序。",
    "server.busy": "服务器的数据库或文件存放处暂时无法使用,请稍后重试。",
    "server.bad_address": "地址格式不正确({at})。",
    "server.extra_missing": "未安装服务器附加组件 {library},请安装 yanfang[server]。",
    "server.no_place": "请用 --data 指定数据目录,或同时用 --database 与 --blobs 指定数据库和文件存放处。",
    "server.data_missing": "数据目录不存在或尚未使用:{data}",
    "server.data_unusable": "数据目录无法使用:{data}",
    "server.port_taken": "端口 {port} 无法使用。",
}
OTHERWISE: Final = "服务器拒绝了请求({code})。"


def sentence(code: str, params: Mapping[str, str | int]) -> str:
    """Return the Chinese sentence of an error; an unknown code still gets one."""
    text = SENTENCES.get(code, OTHERWISE)
    try:
        return text.format(code=code, **{name: value for name, value in params.items() if name != "code"})
    except KeyError:
        return text
