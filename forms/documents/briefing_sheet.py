"""检查任务单: institution, team, known leads, former checks and discipline, on one or two pages to be taken along."""

from forms.kit.document import Context, Document
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Paragraph, Part, Title
from forms.kit.tables import Cell, Row, Table, label
from forms.kit.wording import day, joined, yuan
from forms.model import BriefingPast, BriefingSheet

_SIZE = 10.5
_KNOWN = (1.2, 11.0, 4.5)
_PAST = (2.7, 5.0, 5.5, 3.5)


def compose(sheet: BriefingSheet, context: Context) -> list[Part]:
    """Return the parts of the sheet."""
    parts: list[Part] = [Title("检查任务单", context.number), _head(sheet), Heading("已知线索", size=12.0)]
    parts.append(_known(sheet) if sheet.known else _plain("没有已知线索，按检查表逐项检查。"))
    parts.append(Heading("该机构既往检查", size=12.0))
    parts.append(_past(sheet.past) if sheet.past else _plain("没有既往检查记录。"))
    if sheet.recusals:
        parts += [Heading("回避与替补", size=12.0), *(_plain(f"{one}。") for one in sheet.recusals)]
    if sheet.note:
        parts += [Heading("说明", size=12.0), _plain(sheet.note)]
    parts.append(Heading("检查纪律", size=12.0))
    parts += [_plain(f"{number}. {text}") for number, text in enumerate(sheet.discipline, 1)]
    return [*parts, _plain(f"制表日期：{day(sheet.made_on)}。本任务单仅供检查组使用，不得外传。"), Blank()]


def _head(sheet: BriefingSheet) -> Fields:
    team = joined([f"{one}（组长）" if one == sheet.leader else one for one in sheet.members])
    leader = (() if sheet.leader in sheet.members or not sheet.leader else ((("组长", sheet.leader),),))
    return Fields(
        (
            (("任务名称", sheet.title),),
            (("任务来源", sheet.kind), ("检查性质", sheet.nature)),
            (("来源说明", sheet.source),),
            (("检查依据", sheet.basis),),
            (("被检查单位", sheet.institution),),
            (("地址", sheet.address),),
            (("联系人", sheet.contact),),
            (("计划检查日", day(sheet.planned_on)), ("完成期限", day(sheet.due_on))),
            *leader,
            (("检查人员", team),),
            (("协助人员", joined(sheet.experts)),),
            (("检查表", joined(sheet.checklists)),),
        )
    )


def _known(sheet: BriefingSheet) -> Table:
    rows: list[Row] = [
        (Cell(str(number), "center"), Cell(text, size=_SIZE), Cell(source, size=9.5))
        for number, (text, source) in enumerate(sheet.known, 1)
    ]
    return Table(_KNOWN, tuple(rows), header=((label("序号"), label("需要核查的情况"), label("出处")),))


def _past(checks: tuple[BriefingPast, ...]) -> Table:
    rows: list[Row] = []
    for one in checks:
        found = joined(one.findings) + (f"（{yuan(one.amount_fen)}元）" if one.amount_fen else "")
        rows.append((
            Cell(day(one.on_day), "center", size=9.5), Cell("\n".join(word for word in (one.title, one.number) if word), size=9.5),
            Cell(found or "未记录违规事实", size=9.5), Cell(joined(one.papers), size=9.5),
        ))  # fmt: skip
    return Table(_PAST, tuple(rows), header=((label("日期"), label("检查"), label("发现的问题"), label("处理")),))


def _plain(text: str) -> Paragraph:
    return Paragraph(text, size=_SIZE, leading=1.5)


def _slots(sheet: BriefingSheet) -> tuple[Slot, ...]:
    return ()


DOCUMENT = Document("briefing_sheet", "检查任务单", BriefingSheet, compose, _slots)
