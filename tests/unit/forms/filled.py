"""Official papers filled in: with nothing, as on a normal day, and far beyond their places."""

import datetime as dt
from dataclasses import replace

from forms import model as m
from forms.papers import ColumnKind, Field, FieldKind, Paper
from forms.registry import paper as registered
from forms.registry import wording
from forms.sources import PAPERS_PREFIX
from tests.unit.forms import samples

ON = dt.date(2026, 4, 10)
RARE = "䶮㛃玥堃喆氿垚犇骉"
SOURCED: dict[str, str] = {
    "institution.name": samples.SHOP.name,
    "institution.credit_code": samples.SHOP.credit_code,
    "institution.insurance_code": samples.SHOP.insurance_code,
    "institution.kind": samples.SHOP.kind,
    "institution.address": samples.SHOP.address,
    "institution.legal_person": samples.SHOP.legal_person,
    "institution.responsible": samples.SHOP.responsible,
    "institution.phone": samples.SHOP.phone,
    "party.name": "杨采薇",
    "party.sex": "女",
    "party.id_number": "530102198811020024",
    "party.post": "店长",
    "party.phone": "13800000118",
    "witness.name": "周牧之",
    "office.name": "云岭市医疗保障局",
    "office.short_name": "云医保",
    "office.address": "云岭市东湖区行政中心3号楼",
    "office.contact": "陈知行",
    "office.phone": "0871-65551234",
    "office.reconsideration": "云岭市人民政府",
    "office.court": "云岭市东湖区人民法院",
    "office.treasury_account": "云岭市财政局　国库罚没收入专户　6222000000000001",
    "office.fund_account": "云岭市财政局　医疗保障基金财政专户　6222000000000002",
    "task.title": "定点零售药店医疗保障基金使用情况检查",
    "task.basis": "《医疗保障基金使用监督管理条例》第二十二条、第二十七条",
    "task.content": "2025年1月1日至2025年12月31日处方药销售、进销存管理及医保结算情况",
    "task.number": "RW-2026-0017",
    "inspection.method": "现场检查",
    "inspection.place": "云岭市东湖区青石路118号一层",
    "inspection.situation": "检查人员核对了处方、销售小票、进销存记录和医保结算明细。",
    "inspection.party_opinion": "无异议。",
    "findings.facts": (
        "2025年1月1日至2025年12月31日，你单位将不属于医疗保障基金支付范围的日用品费用纳入结算126例次，"
        "涉及医疗保障基金3,678.00元。"
    ),
    "findings.basis": "《医疗保障基金使用监督管理条例》第三十八条第六项",
    "findings.period": "2025年1月1日至2025年12月31日",
    "plan.goal": "规范定点零售药店使用医疗保障基金行为，维护基金安全。",
    "plan.course": "审批、通知、实施、记录、反馈。",
    "plan.data_period": "2025年1月1日至2025年12月31日",
    "plan.discipline": "严格遵守廉政、保密、回避规定。",
}
# By a word in the column's title; the first that fits.
_CELLS = {
    "编号": ("证1", "证2", "证3"),
    "特征": ("纸质，完好", "纸质，有涂改", "蓝色封皮"),
    "规格": ("A4", "A4", "32开"),
    "路径": ("D:/医保/结算", "D:/医保/进销存", "D:/医保/处方"),
    "校验值": ("3f2a91bc" * 8, "77aa01d4" * 8, "0c9be5f2" * 8),
    "文件名": ("结算明细2025.csv", "进销存2025.csv", "处方2025.csv"),
    "地点": ("一层处方药区", "一层收银台", "二层库房"),
    "来源": ("一层处方药区", "收银台", "二层库房"),
    "封样": ("纸袋封签", "纸袋封签", "纸箱封签"),
    "封条": ("封-0031", "封-0031", "封-0032"),
    "抽样对象": ("外配处方", "销售小票", "冷藏药品"),
    "检查对象": ("云岭市康乐大药房有限公司青石路店", "云岭市仁和堂药房", "云岭市济民诊所"),
    "医保编码": ("P53010200317", "P53010200318", "H53010200901"),
    "检查人员": ("陈知行、陆以宁", "陈知行、陆以宁", "顾清和、程亦安"),
    "受送达人": ("云岭市康乐大药房有限公司青石路店", "云岭市仁和堂药房", "云岭市济民诊所"),
    "送达方式": ("直接送达", "留置送达", "邮寄送达"),
    "送达人": ("陈知行、陆以宁", "陈知行、陆以宁", "程亦安、陆以宁"),
    "签收人": ("杨采薇", "（见证）", "傅青岚"),
    "责任人": ("杨采薇", "何书衡", "杨采薇"),
    "日期": ("2026-04-10", "2026-04-13", "2026-04-20"),
    "期间": ("2025年1月至12月", "2025年1月至12月", "2025年第四季度"),
    "形式": ("复印件盖章", "电子表格", "原件核对"),
    "原件": ("原件", "复制件", "复制件"),
    "页次": ("1—2", "3—5", "6"),
    "文号": ("云医保检〔2026〕17号", "云医保检通〔2026〕6号", "云医保检告〔2026〕6号"),
    "文书名称": ("现场检查笔录", "行政检查通知书", "行政检查结果告知书"),
    "依据": ("条例第三十八条第六项", "条例第三十九条第二项", "协议第三十二条"),
    "问题类别": ("支付范围", "处方管理", "进销存"),
    "问题": ("非支付范围费用纳入结算", "处方未经药师审核", "进销存记录不完整"),
    "整改要求": ("停止将非支付范围费用纳入结算", "处方逐张审核签字", "补齐进销存记录"),
    "行为": ("将不属于支付范围的费用纳入结算", "未按规定保管处方", "超量开药"),
    "措施": ("停止结算并退回费用", "增设药师审核岗", "更新管理系统"),
    "整改方式": ("立即整改", "限时整改", "限时整改"),
    "完成情况": ("已完成", "已完成", "进行中"),
    "复查情况": ("抽查结算20笔，未再发现", "抽查处方30张，均已签字", "记录仍缺两日"),
    "结论": ("已整改", "已整改", "部分整改"),
    "佐证": ("退款凭证", "审核记录", "系统截图"),
    "机构类别": ("定点医院", "定点零售药店", "诊所（卫生室）"),
    "项目": ("日用品", "外配处方药", "保健食品"),
    "证明": ("结算金额", "处方审核", "进货数量"),
    "病历号": ("J20250311001", "J20250402017", "J20251120033"),
    "名称": ("医保结算明细", "外配处方", "进销存台账"),
    "备注": ("", "", "已退还"),
    "覆盖率": ("92.0%", "66.7%", "8.3%"),
    "时间": ("5月6日至5月9日", "5月12日至5月16日", "5月中旬"),
    "责任科室": ("医保中心", "待遇科", "价采科"),
    "名次": ("1", "2", "2"),
    "县（市、区）": ("青石区", "临江县", "云台市"),
}


def typical(paper: Paper, **changes: m.Value) -> dict[str, m.Value]:
    """Return values as on a normal day."""
    found = {one.id: _typical(_origin(one)) for one in paper.fields}
    return found | changes


def longest(paper: Paper) -> dict[str, m.Value]:
    """Return values whose every text is far longer than its place, rare characters included."""
    return {one.id: _longest(one) for one in paper.fields}


def filled(paper: Paper, values: dict[str, m.Value], region: str = "53") -> m.FilledPaper:
    """Return the paper filled in with these values."""
    return m.FilledPaper(paper.id, wording().edition(paper, ON, region), tuple(values.items()))


def _origin(one: Field) -> Field:
    """Return the field of the earlier paper that a field is filled from, in the kind it has here."""
    _, _, name = one.source.partition(PAPERS_PREFIX)
    other, _, field = name.partition(".")
    if not field:
        return one
    if field == "number":
        return replace(one, example=f"云医保{registered(other).number_word}〔2026〕6号", source="")
    if field == "issued_on":
        return one
    return replace(_origin(registered(other).field_of(field)), kind=one.kind, id=one.id)


def _typical(one: Field) -> m.Value:
    match one.kind:
        case FieldKind.DATE:
            return "2026-04-10"
        case FieldKind.MINUTE:
            return "2026-04-10T07:40:00+00:00" if one.id == "ended_at" else "2026-04-10T01:30:00+00:00"
        case FieldKind.NUMBER:
            return 2
        case FieldKind.MONEY:
            return 367_800
        case FieldKind.PEOPLE:
            people = ((samples.CHEN.name, samples.CHEN.licence_no), (samples.LU.name, samples.LU.licence_no))
            if one.source == "recorder":
                return people[1:]
            if one.rows_at_least > 2:
                return (*people, ("沈砚秋", ""))
            return (("周牧之", ""),) if "assist" in one.id else people
        case FieldKind.CHOICE:
            return one.options[0]
        case FieldKind.CHECKS:
            return one.options[:1]
        case FieldKind.TABLE:
            return tuple(_row(one, i) for i in range(3))
        case FieldKind.LONG_TEXT | FieldKind.TEXT:
            return SOURCED.get(one.source) or one.example or f"{one.label}（示例）"


def _row(one: Field, number: int) -> tuple[str, ...]:
    kinds = {ColumnKind.NUMBER: str(number + 1), ColumnKind.MONEY: f"{1226 * (number + 1)}.50"}
    return tuple(kinds[column.kind] if column.kind in kinds else _cell(column.title, number) for column in one.columns)


def _cell(title: str, number: int) -> str:
    return next(values[number] for words, values in _CELLS.items() if words in title)


def _longest(one: Field) -> m.Value:
    text = RARE + samples.LONG[:180] + samples.WORD[:60]
    match one.kind:
        case FieldKind.LONG_TEXT:
            return "\n".join((text + samples.LONG[:900],) * 3)
        case FieldKind.NUMBER:
            return 999_999
        case FieldKind.MONEY:
            return 99_999_999_999_99
        case FieldKind.PEOPLE:
            return tuple((f"{RARE}{i}", f"云A-{i:07d}") for i in range(6))
        case FieldKind.CHECKS:
            return (*one.options, text)
        case FieldKind.TABLE:
            kinds = {ColumnKind.NUMBER: "123456", ColumnKind.MONEY: "99999999.99"}
            return tuple(tuple(kinds.get(c.kind) or text for c in one.columns) for _ in range(12))
        case FieldKind.TEXT:
            return text
        case _:
            return _typical(one)
