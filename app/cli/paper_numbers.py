"""Commands about document numbers: ranges, the register, final numbers for provisional ones, voiding."""

from typing import Annotated

import typer

from app.cli.paper_terms import Which, find
from app.cli.terms import AsJson, Home, office, say
from app.core.clock import local, now
from app.core.documents import DocumentKind
from app.core.papers import NumberState

cli = typer.Typer(help="文号：号段、登记簿、补编和停用", no_args_is_help=True)
NUMBERS = {
    NumberState.FREE: "未用", NumberState.USED: "已用", NumberState.VOID: "停用", NumberState.DOUBLED: "重号", NumberState.GAP: "未借出",
}  # fmt: skip


@cli.command("register")
def register(
    year: Annotated[int | None, typer.Option(help="年份，默认今年")] = None,
    series: Annotated[str, typer.Option(help="只看这一文种，如 医保检通")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """文号登记簿：每个文号的去向，空号也列出。"""
    with office(home) as services:
        found = services.numbers.register(year or local(now()).year, series)
    lines = []
    for one in found:
        run = one.number if one.first == one.last else f"{one.number}—{one.last}号"
        words = " ".join(filter(None, (one.title, one.interim and f"（原{one.interim}）", one.reason)))
        lines.append(f"{run}  {NUMBERS[one.state]}  {words}".rstrip())
    say({"register": found}, "\n".join(lines) or "还没有文号", as_json=as_json)


@cli.command("ranges")
def ranges(home: Home = None, as_json: AsJson = False) -> None:
    """列出借给各台电脑的号段。"""
    with office(home) as services:
        found = services.numbers.ranges()
    lines = [
        f"{one.series}〔{one.year}〕{one.first}—{one.last}号  {'本机' if one.is_mine else one.device[:8]}"
        f"  余 {one.free}  {one.note}".rstrip()
        for one in found
    ]
    say({"ranges": found}, "\n".join(lines) or "还没有号段", as_json=as_json)


@cli.command("lend")
def lend(
    kind: Annotated[str | None, typer.Argument(help="文书种类；不给出时补足各文种")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """向中心服务器申领号段。"""
    with office(home) as services:
        count = (services.numbers.lend(kind) if kind else services.numbers.top_up()).value
    say({"lent": count}, f"申领了 {count} 个号段", as_json=as_json)


@cli.command("take")
def take(
    kind: Annotated[str, typer.Argument(help="文书种类")],
    first: Annotated[int, typer.Option(help="第一个号")],
    last: Annotated[int, typer.Option(help="最后一个号")],
    note: Annotated[str, typer.Option(help="由谁、按哪本登记簿给出")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记单位文号登记簿分给本机的号段（没有中心服务器时）。"""
    with office(home) as services:
        made = services.numbers.take(kind, first, last, note).value
    say(made, f"已登记：{made.series}〔{made.year}〕{made.first}—{made.last}号", as_json=as_json)


@cli.command("assign")
def assign(paper: Which, home: Home = None, as_json: AsJson = False) -> None:
    """为以临时编号制发的文书或笔录补编正式文号。"""
    with office(home) as services:
        known = (one.document for one in services.documents.recent(10_000))
        records = (one for one in known if one.kind is not DocumentKind.PAPER)
        record = next((one for one in records if paper in (one.id, one.number)), None)
        if record is not None:
            before, number = record.number, services.numbers.assign_document(record.id).value
        else:
            made = services.numbers.assign(find(services, paper).id).value
            before, number = made.interim, made.number
    say({"interim": before, "number": number}, f"{before} 补编为 {number}", as_json=as_json)


@cli.command("void")
def void_numbers(
    kind: Annotated[str, typer.Argument(help="文书种类")],
    serial: Annotated[list[int], typer.Option(help="停用的号，可多次给出")],
    reason: Annotated[str, typer.Option(help="停用理由")],
    year: Annotated[int | None, typer.Option(help="年份，默认今年")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """停用未用的文号；停用的号不再使用。"""
    with office(home) as services:
        count = services.numbers.void(kind, serial, reason, year).value
    say({"voided": count}, f"停用了 {count} 个文号", as_json=as_json)


@cli.command("close-year")
def close_year(
    year: Annotated[int, typer.Argument(help="年份")],
    reason: Annotated[str, typer.Option(help="停用理由")],
    device: Annotated[str | None, typer.Option(help="已丢失或停用的电脑的编号；不给出时为本机")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """停用某年号段中余下的全部文号。"""
    with office(home) as services:
        count = services.numbers.void_rest(year, reason, device).value
    say({"voided": count}, f"停用了 {count} 个文号", as_json=as_json)
