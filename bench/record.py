"""The record that all engines print: plain sections with 40 photos, filled by code."""

import datetime as dt
import hashlib

from bench.pictures import small_photos
from forms import model

PHOTOS = 40
_NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)
META = model.RecordMeta("云栖市青禾区医疗保障局", "青禾医保检录〔2026〕1号", "青禾医保检〔2026〕1号")
_PLACE = model.Institution(
    "青禾区百草堂大药房", "91990100MA00000000", "P99019900001", "定点零售药店", "云栖市青禾区春晓路3号", "周其真", "周其真",
    "000-0000-1001",
)  # fmt: skip
_OFFICERS = (
    model.Inspector("程砚秋", "990199001", dt.date(2023, 1, 1), dt.date(2029, 12, 31)),
    model.Inspector("陆知遥", "990199002", dt.date(2023, 1, 1), dt.date(2028, 6, 30)),
)
_PARTY = model.Person("周其真", "男", phone="000-0000-1001", post="店长", employer="青禾区百草堂大药房")
_SEEN = (
    "营业场所悬挂《药品经营许可证》及定点标识，与登记信息一致",
    "抽盘三个品种，实物数量均少于账面，未见盘点和调拨记录",
    "收银台左侧货架摆放洗发水、牙膏等生活用品六种，与药品混放",
    "抽查二十个品种，两个品种无价签，其余明码标价",
    "调取近六个月医保结算明细，处方药均有处方留存",
)


def sections() -> tuple[model.Section, ...]:
    """Return an on-site record and its list of evidence; the same at every call."""
    evidence = tuple(
        model.Evidence(
            number=f"证{number}", caption=f"现场照片{number}：{_SEEN[number % len(_SEEN)]}",
            sha256=hashlib.sha256(picture).hexdigest(), sm3=hashlib.sha256(picture[::-1]).hexdigest(),
            taken_at=_NOON + dt.timedelta(minutes=number), place="营业场所", taken_by="程砚秋",
            file_name=f"IMG_{number:04d}.jpg", items=(f"SGF-{number % 5 + 1}.{number % 9 + 1:02d}",), thumbnail=picture,
        )
        for number, picture in enumerate(small_photos(PHOTOS), 1)
    )  # fmt: skip
    onsite = model.OnsiteRecord(
        institution=_PLACE, inspectors=_OFFICERS, recorder=_OFFICERS[1], party=_PARTY, started_at=_NOON,
        ended_at=_NOON + dt.timedelta(hours=3), place="云栖市青禾区春晓路3号", subject="定点零售药店“四规范”专项检查",
        basis=("《医疗保障基金使用监督管理条例》第二十二条、第二十七条",), method="双随机抽查", summary="。".join(_SEEN) + "。",
        observations=tuple(model.Observation(f"{text}。", (f"SGF-1.0{i}",), (f"证{i}",)) for i, text in enumerate(_SEEN, 1)),
        evidence=tuple(one.number for one in evidence), party_opinion="检查情况属实。",
    )  # fmt: skip
    return onsite, model.EvidenceList(_PLACE, _OFFICERS, _PARTY, evidence, _NOON + dt.timedelta(hours=3))
