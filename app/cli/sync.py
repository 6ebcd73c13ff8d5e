"""Commands about the central server."""

from typing import Annotated

import typer

from app.cli.terms import AsJson, Home, office, say


def enrol(
    server: Annotated[str, typer.Argument(help="服务器地址，如 https://sync.example:8765")],
    code: Annotated[str, typer.Argument(help="一次性登记码")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """在中心服务器登记本机。"""
    with office(home) as services:
        enrolled = services.sync.enrol(server, code).value
    say(enrolled, f"已登记：{enrolled.server}", as_json=as_json)


def sync(
    status: Annotated[bool, typer.Option("--status", help="只显示状态，不联网")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """与中心服务器同步，并逐条给出回执。"""
    with office(home) as services:
        report = None if status else services.sync.run().value
        now = services.sync.status()
        receipts = services.sync.receipts()
    lines = []
    if report is not None:
        lines.append(f"已发送 {report.pushed} 条、文件 {report.files_sent} 个")
        lines.append(f"收到 {report.pulled} 条、文件 {report.files_received} 个")
    lines.append(f"待发送 {now.pending} 条、文件 {now.files_pending} 个；被拒 {now.refused} 条；冲突 {now.conflicts} 处")
    for one in receipts:
        lines.append(f"  {one.title}：{one.receipted}/{one.lines} 条，文件 {one.files_receipted}/{one.files}")
    say({"report": report, "status": now, "receipts": receipts}, "\n".join(lines), as_json=as_json)


COMMANDS = (enrol, sync)
