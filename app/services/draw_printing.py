"""The draw sheet (双随机抽取表): before the seed is known the announcement, afterwards all of it."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from app.core.clock import local
from app.core.draws import Draw, DrawSheet, Earlier, PickLine, TeamLine
from app.core.places import Office
from app.draws.sheets import NAME
from app.services import draw_words
from forms.kit.sheets import Attachment
from forms.listing import Chapter, Listing, print_listing
from forms.manifest import Sealer
from forms.model import RecordMeta

_TICKET_DIGITS: Final = 12
_SIGN_HERE: Final = "　\n　"
_RULE: Final = (
    "名录与规则先冻结并公布哈希，种子在其后产生。签号为 SHA-256（种子的哈希与机构编号）的十进制写法倒读，每组取签号最小的；"
    "权重为 w 的有 w 张签，取最小的一张。检查人员每次取任务最少者，同样多的取当轮签号最小者。"
)
_HOW: Final = (
    "复核：本文件附有机器可读数据 draw.jsonl，运行 python verify_draw.py 本文件.pdf 公布的哈希 记录哈希，即可由任何人重新计算"
    "全部结果。记录哈希涵盖冻结哈希、种子来源和时间、见证人、操作人和抽取结果。"
)


def print_draw(shown: DrawSheet, operator: str, text: str, office: Office, sealer: Sealer) -> bytes:
    """Return the pages as a sealed PDF, with the file that anyone can check attached in plain bytes."""
    told = shown.draw
    is_drawn = bool(told.seed)
    listing = Listing(
        "双随机抽取表" if is_drawn else "双随机抽取公告",
        head=tuple((name, words) for name, words in _head(shown, operator) if words),
        large=tuple(_large(told)),
        text=(_RULE, _HOW) if is_drawn else (_RULE,),
        chapters=tuple(_chapters(shown)),
        code=(draw_words.code(told), f"扫码核对冻结哈希{'、种子和记录哈希' if is_drawn else ''}：\n{told.digest}"),
    )
    meta = RecordMeta(office.name, told.number, rehearsal=office.rehearsal)
    file = Attachment(NAME, "application/x-ndjson", text.encode(), "双随机抽取：冻结的名录、规则、种子与结果", is_plain=True)
    about = {"draw": {"id": told.id, "number": told.number, "frozen": told.digest, "record": told.record}}
    return print_listing(listing, meta, about, sealer, files=(file,))


def _head(shown: DrawSheet, operator: str) -> Iterator[tuple[str, str]]:
    told = shown.draw
    yield "检查计划", told.title
    yield "抽取基准日", f"{told.on_day:%Y年%m月%d日}"
    yield "分开抽取", "、".join(draw_words.APART[one] for one in shown.apart)
    yield "名录", f"机构 {shown.places} 家，人员 {shown.people} 人"
    yield "冻结时间", _minute(told.frozen_at)
    yield "名录哈希", draw_words.grouped(told.register, 8)
    yield "规则哈希", draw_words.grouped(told.rules, 8)
    yield "本计划此前", draw_words.counted(shown.before.earlier)
    yield "同期同类计划", draw_words.liked(shown)
    yield "再次抽取的理由", shown.before.reason
    yield "本单位上一次公布", _last(shown.before.last)
    yield "抽取时间", _minute(told.drawn_at)
    yield "操作人", operator
    yield "见证人", "、".join(told.witnesses)
    yield "重抽或作废原因", told.reason


def _large(told: Draw) -> Iterator[str]:
    yield f"冻结哈希　{draw_words.grouped(told.digest, 8)}"
    if told.seed:
        yield f"种子　{draw_words.grouped(told.seed)}"
        yield f"记录哈希　{draw_words.grouped(told.record, 8)}"


def _chapters(shown: DrawSheet) -> Iterator[Chapter]:
    told = shown.draw
    yield Chapter(
        "种子来源", (("次序", 1), ("来源", 6), ("数字", 4), ("产生时间", 3)),
        [
            (str(n), draw_words.source(one), draw_words.grouped(one.digits) or "待录", draw_words.came_at(one) or "待录")
            for n, one in enumerate(told.sources, 1)
        ],
        "各来源数字按次序首尾相接即为种子，至少二十位，都须产生于冻结之后。彩票的期号和开奖时间可与发行机构公布的开奖公告核对。",
    )
    if shown.before.earlier:
        yield Chapter(
            "本计划此前公布的冻结和抽取", (("编号", 4), ("状态", 3), ("冻结时间", 3), ("作废时间", 3), ("原因", 5), ("冻结哈希", 5)),
            [
                (one.number, draw_words.STATES[one.state], _minute(one.frozen_at), _minute(one.voided_at), one.reason, one.digest)
                for one in shown.before.earlier
            ],
        )  # fmt: skip
    if like := (*shown.before.like, *shown.since):
        yield Chapter(
            "同期同类计划公布的冻结和抽取",
            (("计划", 4), ("编号", 4), ("状态", 2.5), ("冻结时间", 3), ("种子产生时间", 3), ("冻结哈希", 5), ("记录哈希", 5)),
            [
                (one.plan, one.number, draw_words.STATES[one.state], _minute(one.frozen_at), _minute(one.seeded_at), one.digest, one.record)
                for one in like
            ],
            "计划期间重叠，且名称相同或者对象有一半以上相同的其他计划。在本表冻结之后公布的也列在其中。",
        )  # fmt: skip
    yield Chapter(
        "分组与数量", (("分组", 6), ("比例", 2), ("对象", 2), ("可抽", 2), ("抽取", 2)),
        [(one.title, one.ratio, str(one.meant), str(one.of), str(one.take)) for one in shown.strata],
    )  # fmt: skip
    if shown.twice:
        yield Chapter(
            "列入两个以上分组的机构", (("机构", 5), ("分组", 6), ("怎样检查", 4)),
            [(one.name, "、".join(one.groups), draw_words.visited(one)) for one in shown.twice],
        )  # fmt: skip
    if shown.picks:
        yield from _drawn(shown)
    if shown.left_out:
        yield Chapter(
            "未列入抽取的对象和原因", (("名称", 6), ("范围", 4), ("原因", 6)),
            [(one.name, draw_words.ROLES.get(one.where, one.where), draw_words.why(one)) for one in shown.left_out],
        )  # fmt: skip
    if told.seed:
        people = ("操作人", *(f"见证人 {name}" for name in told.witnesses))
        yield Chapter("签名", (("身份", 4), ("签名", 6), ("日期", 4)), [(one, _SIGN_HERE, _SIGN_HERE) for one in people])


def _drawn(shown: DrawSheet) -> Iterator[Chapter]:
    stand = [one for one in shown.picks if not one.is_reserve or one.is_used]
    columns = (("序号", 1.5), ("机构", 6), ("分组", 4), ("签号", 4), ("检查组", 2), ("备注", 3))
    yield Chapter("抽中机构", columns, [_pick(one) for one in stand])
    waiting = [one for one in shown.picks if one.is_reserve and not one.is_used]
    if waiting:
        yield Chapter("备选机构（依次递补）", columns, [_pick(one) for one in waiting])
    if shown.teams:
        yield Chapter(
            "检查组", (("组别", 1.5), ("人员", 6), ("检查对象", 7)),
            [
                (f"第{one.number}组", _people(one), "、".join(one.institutions)) for one in shown.teams
            ],
        )  # fmt: skip
    if shown.standby:
        yield Chapter(
            "备选人员（依次递补，须无利害关系）", (("次序", 1), ("姓名", 4), ("身份", 3)),
            [(str(n), one.name, draw_words.ROLES[one.role]) for n, one in enumerate(shown.standby, 1)],
        )  # fmt: skip
    if shown.missing:
        yield Chapter(
            "未能组成检查组", (("机构", 5), ("原因", 9)), [(one.name, draw_words.shortage(one)) for one in shown.missing]
        )


def _last(one: Earlier | None) -> str:
    return f"{one.number}　{one.plan}　{draw_words.grouped(one.digest[:16], 8)}…" if one else ""


def _pick(one: PickLine) -> tuple[str, ...]:
    note = f"与“{one.joined}”合并检查" if one.joined else ""
    note = f"已由备选递补：{one.reason}" if one.is_gone else f"递补：{one.reason}" if one.is_used else note
    team = f"第{one.team}组" if one.team else ""
    return str(one.position), one.name, one.title, f"0.{one.ticket[:_TICKET_DIGITS]}", team, note


def _people(team: TeamLine) -> str:
    return "、".join(f"{seat.name}（{draw_words.ROLES[seat.role]}）" for seat in team.seats)


def _minute(at: dt.datetime | None) -> str:
    return f"{local(at):%Y-%m-%d %H:%M:%S}" if at else ""
