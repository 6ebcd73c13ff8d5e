"""The draw sheet (双随机抽取表): before the seed is known the announcement, afterwards all of it."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from app.core.clock import local
from app.core.draws import DrawSheet, PickLine, TeamLine
from app.core.places import Office
from app.draws.sheets import NAME
from app.services import draw_words
from forms.kit.archive import Attachment
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
    "复核：本文件附有机器可读数据 draw.jsonl，运行 python verify_draw.py 本文件.pdf 公布的哈希，即可由任何人重新计算全部结果。"
)


def print_draw(shown: DrawSheet, operator: str, text: str, office: Office, sealer: Sealer) -> bytes:
    """Return the pages as a sealed PDF, with the file that anyone can check attached in plain bytes."""
    told = shown.draw
    is_drawn = bool(told.seed)
    listing = Listing(
        "双随机抽取表" if is_drawn else "双随机抽取公告",
        head=tuple((name, words) for name, words in _head(shown, operator) if words),
        large=(f"冻结哈希　{draw_words.grouped(told.digest, 8)}", *([f"种子　{draw_words.grouped(told.seed)}"] if is_drawn else [])),
        text=(_RULE, _HOW) if is_drawn else (_RULE,),
        chapters=tuple(_chapters(shown)),
        code=(f"yanfang-draw:1:{told.digest}:{told.seed}", f"扫码核对冻结哈希{'和种子' if is_drawn else ''}：\n{told.digest}"),
    )
    meta = RecordMeta(office.name, told.number, rehearsal=office.rehearsal)
    file = Attachment(NAME, "application/x-ndjson", text.encode(), "双随机抽取：冻结的名录、规则、种子与结果", is_plain=True)
    about = {"draw": {"id": told.id, "number": told.number, "frozen": told.digest}}
    return print_listing(listing, meta, about, sealer, files=(file,))


def _head(shown: DrawSheet, operator: str) -> Iterator[tuple[str, str]]:
    told = shown.draw
    yield "检查计划", told.title
    yield "抽取基准日", f"{told.on_day:%Y年%m月%d日}"
    yield "名录", f"机构 {shown.places} 家，人员 {shown.people} 人"
    yield "冻结时间", _minute(told.frozen_at)
    yield "名录哈希", draw_words.grouped(told.register, 8)
    yield "规则哈希", draw_words.grouped(told.rules, 8)
    yield "本计划此前的抽取", "、".join(f"{number}（{draw_words.STATES[state]}）" for number, state in shown.earlier)
    yield "抽取时间", _minute(told.drawn_at)
    yield "操作人", operator
    yield "见证人", "、".join(told.witnesses)
    yield "重抽或作废原因", told.reason


def _chapters(shown: DrawSheet) -> Iterator[Chapter]:
    told = shown.draw
    yield Chapter(
        "种子来源", (("次序", 1), ("来源", 6), ("数字", 4), ("产生时间", 3)),
        [
            (str(n), draw_words.source(one), draw_words.grouped(one.digits) or "待录", _minute(one.at) or "待录")
            for n, one in enumerate(told.sources, 1)
        ],
        "各来源数字按次序首尾相接即为种子，至少二十位。",
    )  # fmt: skip
    yield Chapter(
        "分组与数量", (("分组", 6), ("比例", 2), ("对象", 2), ("可抽", 2), ("抽取", 2)),
        [(one.title, one.ratio, str(one.meant), str(one.of), str(one.take)) for one in shown.strata],
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


def _pick(one: PickLine) -> tuple[str, ...]:
    note = f"已由备选递补：{one.reason}" if one.is_gone else f"递补：{one.reason}" if one.is_used else ""
    team = f"第{one.team}组" if one.team else ""
    return str(one.position), one.name, one.title, f"0.{one.ticket[:_TICKET_DIGITS]}", team, note


def _people(team: TeamLine) -> str:
    return "、".join(f"{seat.name}（{draw_words.ROLES[seat.role]}）" for seat in team.seats)


def _minute(at: dt.datetime | None) -> str:
    return f"{local(at):%Y-%m-%d %H:%M:%S}" if at else ""
