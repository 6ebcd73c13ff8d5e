"""What columns of registers are called. The first name of a field is the one that exports bear."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from app.core.registers import ImportKind

_INSTITUTION: Final[Mapping[str, str]] = {
    "name": "机构名称 名称 单位名称 医疗机构名称 定点医疗机构名称 定点医药机构名称 医药机构名称 药店名称 药房名称 定点药店名称 零售药店名称"
    " 定点零售药店名称 医院名称 诊所名称 机构全称 企业名称 店名 门店名称 两定机构名称 定点机构名称"
    " name fixmedins_name medins_name hospital",
    "credit_code": "统一社会信用代码 信用代码 社会信用代码 统一信用代码 统一社会信用代码证号 uscc",
    "medins_code": "医保编码 国家医保编码 国家医保代码 医保机构编码 定点医药机构编码 定点医药机构代码 定点医疗机构代码 定点医疗机构编码"
    " 定点零售药店代码 定点零售药店编码 医保代码 国家编码 机构国家编码 医保机构代码 医药机构编码 医药机构代码 两定机构编码"
    " fixmedins_code medins_no",
    "code": "机构编码 机构代码 代码 编码 code",
    "kind": "机构类别 类别 机构类型 医药机构类别 医药机构类型 定点类型 机构性质类别 kind type",
    "level": "机构等级 等级 医院等级 级别 医院级别 机构级别 医疗机构等级 医疗机构级别 level hosp_lv"
    " hosplv 医院等级代码 医院等级编码 机构等级代码 机构等级编码 医疗机构等级代码",
    "ownership": "机构性质 所有制 所有制性质 所有制形式 经营性质 性质 公立民营 举办主体 经济类型 ownership",
    "address": "地址 机构地址 详细地址 经营地址 注册地址 单位地址 执业地址 营业地址 住所 联系地址 药店地址 医院地址 address add addr",
    "legal_rep": "法定代表人 法人 法人代表 法定代表人姓名 法人姓名",
    "head": "负责人 主要负责人 负责人姓名 机构负责人 联系人 店长 院长",
    "phone": "电话 联系电话 电话号码 联系方式 手机 手机号 手机号码 负责人电话 联系人电话 办公电话 tel phone",
    "licence_no": "执业许可证号 医疗机构执业许可证号 许可证号 登记号 医疗机构执业许可证登记号 药品经营许可证号 经营许可证号 许可证编号",
    "division": "行政区划代码 行政区划编码 区划代码 区划编码 行政区划 所属区划 统筹区 统筹区编码 统筹区代码 医保区划 所属统筹区 admdvs",
    "province": "省 省份 省级 所属省 province",
    "city": "市 城市 地市 市州 所属市 地级市 city",
    "county": "区县 县区 区 县 县市区 市区县 区县市 所属区县 所在区县 辖区 所属辖区 county district place",
    "latitude": "纬度 latitude lat y",
    "longitude": "经度 longitude lon lng x",
    "pooling": "门诊统筹 统筹 门诊统筹状态 统筹状态 是否开通门诊统筹 门诊统筹定点 是否统筹 是否门诊统筹",
    "agreement": "协议状态 定点状态 服务协议状态 医保协议状态 协议情况",
    "designated": "是否定点 是否医保定点 医保定点 定点 isdesignated",
    "agreement_no": "协议编号 协议号 服务协议编号 医保协议编号",
    "agreement_to": "协议到期日 协议截止日期 协议有效期止 协议有效期至 协议到期日期 定点停止日期",
    "credit_grade": "信用等级 信用级别 信用评级 信用评价等级 医保信用等级",
    "chain": "连锁总部 连锁企业 所属连锁 所属企业 连锁品牌 总部 上级单位 总部名称",
    "complaints": "投诉举报数 投诉数 举报数 投诉次数 投诉举报次数",
    "violations": "严重违规数 违规次数 严重违规次数 违规数",
    "status": "营业状态 经营状态 机构状态 状态 运营状态",
    "joint": "市区共同定点 共同定点 是否共同定点",
    "paid": "基金支付额 基金支付金额 统筹基金支付 医保基金支付金额 基金支付 年度基金支付额 基金支付总额",
    "paid_year": "支付年度 年度 结算年度",
    "no_code_reason": "暂无代码的原因 无信用代码原因 无代码原因",
    "source": "来源 数据来源 资料来源 source",
    "stated_on": "资料日期 数据日期 更新日期 更新时间 统计日期 date",
}  # fmt: skip
_PERSON: Final[Mapping[str, str]] = {
    "name": "姓名 名称 人员姓名 执法人员姓名 检查人员 专家姓名 检查员姓名 执法人员 name",
    "licence_no": "执法证号 行政执法证号 证号 执法证编号 执法证件号 证件号 证件编号 行政执法证编号 执法证号码",
    "licence_from": "发证日期 有效期起 证件生效日 执法证发证日期 有效期自 有效期开始 执法证有效期起 发证时间 有效开始日期",
    "licence_to": "有效期止 有效期至 证件到期日 到期日 执法证有效期至 执法证有效期止 有效截止日期 到期时间 到期日期 有效期截止",
    "licence_period": "有效期 执法证有效期 证件有效期",
    "phone": "电话 联系电话 手机 手机号 手机号码 联系方式 电话号码 tel phone",
    "unit": "所在单位 单位 工作单位 单位名称 部门 所属单位 处室 科室",
    "specialities": "专业 专长 专业特长 擅长领域 专业方向 专业领域 业务专长 专业类别",
    "division": "行政区划代码 区划代码 行政区划 所属区划 区划",
    "province": "省 省份",
    "city": "市 地市",
    "county": "区县 县区 县市区 所属区县 所在区县",
    "issuer": "发证机关 发证单位 颁发机关 发证机构",
    "is_active": "在岗 是否在岗 在职 是否在职 人员状态 状态",
}
_BRACKETS: Final = re.compile(r"[(（\[【].*?[)）\]】]")
_SIGNS: Final = re.compile(r"[\s*:：、/／\-.·。，,★☆]+")
_TEN_THOUSAND: Final = re.compile(r"[(（/].*万")
_CODED: Final = re.compile(r"(?:lv|代码|编码)$")


@cache
def names_of(kind: ImportKind) -> Mapping[str, tuple[str, ...]]:
    """Return the names of each field's column, the first one for exports."""
    names = _INSTITUTION if kind is ImportKind.INSTITUTIONS else _PERSON
    return {field: tuple(words.split()) for field, words in names.items()}


@cache
def _by_label(kind: ImportKind) -> Mapping[str, str]:
    return {label_key(name): field for field, names in names_of(kind).items() for name in names}


def field_of(label: str, kind: ImportKind) -> str:
    """Return the field that a column's name stands for, or nothing; `paid_wan` for amounts in 万元."""
    known = _by_label(kind)
    field = known.get(label_key(label)) or known.get(label_key(_BRACKETS.sub("", label)), "")
    return "paid_wan" if field == "paid" and _TEN_THOUSAND.search(label) else field


def is_coded(label: str) -> bool:
    """Return whether a column by this name holds codes of the national platform instead of words."""
    return bool(_CODED.search(label_key(_BRACKETS.sub("", label))))


def title(field: str, kind: ImportKind) -> str:
    """Return what offices call a field."""
    return names_of(kind).get("paid" if field in ("paid_fen", "paid_wan") else field, (field,))[0]


def label_key(label: str) -> str:
    """Return a column's name without signs, in half-width small letters."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", label)).casefold()
