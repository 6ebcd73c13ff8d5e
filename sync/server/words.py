"""The Chinese words of the administrators' page and of the commands, and how times and sizes are written there."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from sync.protocol.policy import Role

ROLES: Final[Mapping[str, str]] = {
    Role.INSPECTOR: "检查人员",
    Role.LEAD: "组长",
    Role.REVIEWER: "复核人员",
    Role.LEGAL_REVIEWER: "法制审核",
    Role.STATISTICS: "统计人员",
    Role.AUTHOR: "模板编写",
    Role.ORG_ADMIN: "机构管理员",
    Role.AUDITOR: "审计人员",
    Role.SYSTEM_ADMIN: "系统管理员",
}
LEVELS: Final[Mapping[str, str]] = {"province": "省级", "city": "市级", "county": "县级", "unit": "单位"}
ALARMS: Final[Mapping[str, str]] = {
    "two_machines": "同一设备密钥在两台电脑上使用",
    "push.fork": "同一设备出现两段不同的历史（链条分叉）",
    "push.id_reuse": "同一记录编号出现不同内容",
    "files.day": "一台设备 24 小时内送来的文件到了上限",
    "files.unfinished": "一台设备没有传完的文件到了上限",
    "lines.day": "一台设备 24 小时内送来的记录到了上限",
    "files.disk": "一台设备送来的文件过多，剩余空间要留给别的设备",
    "epoch": "服务器数据曾丢失，已自动进入新的起点",
    "recovered": "服务器由管理员从备份恢复",
    "damaged": "服务器上的文件已损坏",
    "sm3": "文件完好，但记录中的国密摘要（SM3）与它不符",
}
REASONS: Final[Mapping[str, str]] = {
    "forbidden": "提交人无权写入该范围",
    "other_scope": "记录属于另一个范围",
    "revoked": "设备停用后提交，写于停用之前",
    "after_revocation": "写于设备停用之后",
    "chain_hole": "缺少前面的记录，等待补齐",
    "unknown_signer": "签名设备尚未登记",
    "future_schema": "由更新版本的程序写成，等待服务器升级",
    "no_parent": "上级记录尚未到达",
    "not_allowed": "您无权放行",
}
# Why a line of the quarantine stays there, whoever asks; for any other reason a person decides.
STAYS: Final[Mapping[str, str]] = {
    "other_scope": "这条记录属于另一个范围，不能放行，留作证据。",
    "after_revocation": "这条记录写于设备停用之后，不能放行，留作证据。",
    "chain_hole": "前面的记录补齐后自动处理，不能人工放行。",
    "unknown_signer": "签名设备登记后自动处理，不能人工放行。",
    "future_schema": "服务器升级后自动处理，不能人工放行。",
    "no_parent": "上级记录到达后自动处理，不能人工放行。",
}
TABLES: Final[Mapping[str, str]] = {
    "institution": "被检查机构",
    "register_fact": "名录沿革",
    "import_batch": "名录导入",
    "person": "人员",
    "absence": "请假",
    "interest": "利害关系申报",
    "third_party": "第三方机构",
    "task": "检查任务",
    "inspection": "现场检查",
    "sheet": "检查表",
    "answer": "检查结果",
    "answer_row": "检查明细",
    "evidence": "证据",
    "evidence_link": "证据关联",
    "preview": "证据预览",
    "finding": "违规事实",
    "interview": "询问笔录",
    "turn": "一问一答",
    "reading": "宣读或阅看",
    "document": "文书",
    "signature": "签名",
    "document_file": "文书文件",
    "paper": "执法文书",
    "paper_field": "执法文书内容",
    "paper_number": "文号",
    "paper_void": "执法文书作废",
    "paper_service": "执法文书送达",
    "number_range": "文号段",
    "office_fact": "机关信息",
    "plan": "检查计划",
    "plan_stage": "计划阶段",
    "plan_group": "计划分工",
    "plan_report": "计划报送",
    "plan_exemption": "频次上限例外",
    "past_check": "既往检查",
    "draw": "双随机抽取",
    "draw_pick": "抽中机构",
    "draw_staff": "抽中人员",
    "draw_file": "抽取文件",
    "task_recusal": "回避与替补",
    "lead": "举报线索",
    "lead_keeper": "举报人信息保管人",
    "lead_reporter": "举报人（密封）",
    "lead_look": "举报人查阅记录",
    "self_check": "自查",
    "self_check_anomaly": "自查异常数据",
    "self_check_answer": "自查结果",
    "self_check_file": "自查佐证材料",
    "self_check_reminder": "自查催报",
    "refund_promise": "退款承诺",
    "custody": "保管记录",
}
KINDS: Final[Mapping[str, str]] = {
    "set": "填写",
    "create": "批量填写",
    "append": "新增",
    "sign": "签名",
    "void": "作废",
    "delete": "删除",
    "resolve": "处理冲突",
    "custody": "保管记录",
}
ACTS: Final[Mapping[str, str]] = {
    "login": "登录",
    "logout": "退出",
    "device.approve": "批准设备",
    "device.refuse": "拒绝设备",
    "device.refuse_many": "拒绝多台设备",
    "device.revoke": "停用设备",
    "device.confirm": "复核设备",
    "device.lift": "放开上限",
    "person.add": "新增人员",
    "person.disable": "停用人员",
    "person.enable": "恢复人员",
    "person.password": "重置密码",
    "person.totp": "重置动态口令",
    "person.grant": "授予岗位",
    "person.end": "收回岗位",
    "org.add": "新增机构",
    "quarantine.release": "放行隔离记录",
    "quarantine.release_line": "放行一条隔离记录",
    "quarantine.leave": "保留隔离记录",
}
OUTCOMES: Final[Mapping[str, str]] = {"tried": "开始，结果未记录", "done": "完成"}
_BEIJING: Final = dt.timezone(dt.timedelta(hours=8))  # one time zone in all of the country
_STEP: Final = 1024
_UNITS: Final = ("KiB", "MiB", "GiB", "TiB")


def moment(at_ms: int | None) -> str:
    """Return an instant in Beijing time, to the second."""
    if at_ms is None:
        return "—"
    return dt.datetime.fromtimestamp(at_ms / 1000, _BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def ago(at_ms: int | None, now_ms: int) -> str:
    """Return roughly how long ago something was."""
    if at_ms is None:
        return "从未"
    minutes = max(0, now_ms - at_ms) // 60_000
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    if minutes < 48 * 60:
        return f"{minutes // 60} 小时前"
    return f"{minutes // (24 * 60)} 天前"


def size(count: int | None) -> str:
    """Return a number of bytes in the largest fitting unit."""
    if count is None:
        return "—"
    if count < _STEP:
        return f"{count} 字节"
    power = min((count.bit_length() - 1) // 10, len(_UNITS))
    return f"{count / _STEP**power:.1f} {_UNITS[power - 1]}"


def outcome(code: str) -> str:
    """Return how an administrative act ended."""
    return OUTCOMES.get(code) or f"未执行（{code}）"
