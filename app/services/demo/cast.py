"""The people and institutions of the rehearsal office. Everything is invented; no such place or person exists."""

import datetime as dt
from dataclasses import dataclass

from app.core.places import InstitutionKind as K

OFFICE = "云栖市青禾区医疗保障局（演练）"
SHORT_NAME = "青禾医保"
CODE = "990199"
SECRET = "yanlian-246810"


@dataclass(frozen=True, slots=True)
class Player:
    """A person of the office; `licence_to` None means no licence."""

    name: str
    licence_no: str
    licence_to: dt.date | None
    role: str = "inspector"
    phone: str = ""


PEOPLE = (
    Player("程砚秋", "演练执法990199001", dt.date(2029, 12, 31), phone="000-0000-0001"),
    Player("陆知遥", "演练执法990199002", dt.date(2028, 6, 30), phone="000-0000-0002"),
    Player("顾明岚", "演练执法990199003", dt.date(2029, 3, 31), phone="000-0000-0003"),
    Player("沈既白", "演练执法990199004", dt.date(2024, 12, 31), phone="000-0000-0004"),
    Player("许清和", "", None, "expert", "000-0000-0005"),
    Player("温如初", "", None, "assistant", "000-0000-0006"),
)

# name, kind, level, ownership
_PLACES = (
    ("青禾区百草堂大药房", K.PHARMACY, "", "private"),
    ("青禾区康宁药房", K.PHARMACY, "", "private"),
    ("青禾区济仁大药房连锁有限公司春晓路店", K.PHARMACY, "", "private"),
    ("青禾区同泽药房", K.PHARMACY, "", "private"),
    ("青禾区益寿大药房", K.PHARMACY, "", "private"),
    ("青禾区和顺药店", K.PHARMACY, "", "private"),
    ("青禾区福安大药房桃源店", K.PHARMACY, "", "private"),
    ("青禾区民康药房", K.PHARMACY, "", "private"),
    ("青禾区仁心药店", K.PHARMACY, "", "private"),
    ("青禾区春晖大药房", K.PHARMACY, "", "private"),
    ("云栖市第一人民医院", K.HOSPITAL, "三级", "public"),
    ("云栖市中医医院", K.HOSPITAL, "三级", "public"),
    ("青禾区人民医院", K.HOSPITAL, "二级", "public"),
    ("青禾区妇幼保健院", K.HOSPITAL, "二级", "public"),
    ("青禾区第二人民医院", K.HOSPITAL, "二级", "public"),
    ("青禾康复医院", K.HOSPITAL, "二级", "private"),
    ("青禾和美骨科医院", K.HOSPITAL, "一级", "private"),
    ("云栖仁爱精神病医院", K.HOSPITAL, "二级", "private"),
    ("青禾区柳溪镇卫生院", K.HOSPITAL, "一级", "public"),
    ("青禾区石桥镇卫生院", K.HOSPITAL, "一级", "public"),
    ("青禾区春晓社区卫生服务中心", K.COMMUNITY, "一级", "public"),
    ("青禾区桃源社区卫生服务站", K.COMMUNITY, "未定级", "public"),
    ("青禾区湖畔社区卫生服务中心", K.COMMUNITY, "一级", "public"),
    ("柳溪镇上河村卫生室", K.CLINIC, "未定级", "public"),
    ("石桥镇东塘村卫生室", K.CLINIC, "未定级", "public"),
    ("青禾林氏中医诊所", K.CLINIC, "未定级", "private"),
    ("青禾悦齿口腔诊所", K.CLINIC, "未定级", "private"),
    ("青禾安心内科诊所", K.CLINIC, "未定级", "private"),
    ("青禾夕照长期护理中心", K.LONG_TERM_CARE, "", "private"),
    ("青禾松鹤护理院", K.LONG_TERM_CARE, "", "private"),
    ("青禾乐龄居家护理服务有限公司", K.LONG_TERM_CARE, "", "private"),
    ("云栖嘉和医药有限公司", K.SUPPLIER, "", "private"),
    ("云栖恒瑞达医疗器械有限公司", K.SUPPLIER, "", "private"),
    ("青禾区医疗保障事务中心", K.AGENCY, "", "public"),
    ("云栖安信会计师事务所", K.OTHER, "", "private"),
    ("云栖众诚健康保险服务有限公司", K.OTHER, "", "private"),
)
_STREETS = ("春晓路", "桃源街", "湖畔大道", "柳溪镇正街", "石桥镇东街", "青禾大道", "文汇路", "朝阳巷")
_HEADS = ("周其真", "林若溪", "何望舒", "唐念一", "方予安", "孟听澜", "苏问渠", "叶知秋", "江采苓", "罗怀瑾")


@dataclass(frozen=True, slots=True)
class Place:
    """One invented institution."""

    name: str
    kind: K
    level: str
    ownership: str
    address: str
    head: str
    medins_code: str
    phone: str


PLACES = tuple(
    Place(
        f"{name}（演练）",
        kind,
        level,
        ownership,
        f"云栖市青禾区{_STREETS[number % len(_STREETS)]}{number * 7 + 3}号",
        _HEADS[number % len(_HEADS)],
        f"{'P' if kind is K.PHARMACY else 'H'}990199{number + 1:05d}",
        f"000-0000-{number + 1001:04d}",
    )
    for number, (name, kind, level, ownership) in enumerate(_PLACES)
)
