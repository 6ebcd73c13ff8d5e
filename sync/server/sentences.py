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
    "http.not_found": "没有这个地址。",
    "http.method": "此地址不接受这种请求。",
    "server.internal": "服务器内部错误,已记入日志。",
    "server.database_too_new": "数据目录由更新版本的程序写成,请升级服务器程序。",
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
