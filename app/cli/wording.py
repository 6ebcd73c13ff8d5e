"""Commands about the words of official papers and the figures of the law in them."""

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli.terms import AsJson, say
from forms.editions import check_file
from forms.errors import DataFault
from forms.papers import block_names
from forms.registry import paper, papers, wording

cli = typer.Typer(help="文书用语和法定期限", no_args_is_help=True)

_REASONS = {
    "unreadable": "不是 UTF-8 编码的 TOML 文件",
    "not_a_table": "这里应是一个表",
    "not_a_list": "这里应是一列文字",
    "text_missing": "缺少文字",
    "number_missing": "缺少数值，或者不是非负整数",
    "day_missing": "缺少日期，或者不是 2026-01-01 形式的日期",
    "not_allowed": "取值不在允许范围内",
    "no_division_code": "应是两位、四位或者六位的行政区划代码",
    "unknown": "没有这个名称，可能写错了",
    "unknown_field": "该文书没有这个项目",
    "unknown_place": "花括号中的名称不存在",
    "place_left_out": "新的用语漏掉了文书必须印出的内容",
    "twice": "同一名称出现两次",
    "left_out": "版面漏掉了文书的部分内容",
    "overlap": "与另一条在同一天同时有效",
    "article_of_unread_law": "未核对过原文的规定不得引用条号",
}


@cli.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="地方用语文件（TOML）")],
    as_json: AsJson = False,
) -> None:
    """检查地方用语文件，指出每个文件的第一处问题。"""
    faults = []
    for path in files:
        try:
            check_file(path, papers())
        except DataFault as fault:
            faults.append({"file": str(path), **{name: str(fault.params[name]) for name in ("place", "reason", "value")}})
        except OSError:
            faults.append({"file": str(path), "place": "", "reason": "unreadable", "value": ""})
    lines = [f"{one['file']}：{one['place']} {_REASONS[one['reason']]} {one['value']}".rstrip() for one in faults]
    text = "\n".join(lines) or f"已检查 {len(files)} 个文件，没有问题"
    say({"checked": len(files), "faults": faults}, text, as_json=as_json)
    if faults:
        raise typer.Exit(1)


@cli.command()
def show(
    kind: Annotated[str, typer.Argument(help="文书种类，如 penalty_decision")],
    on: Annotated[dt.datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="日期")],
    region: Annotated[str, typer.Option(help="行政区划代码")] = "",
    as_json: AsJson = False,
) -> None:
    """显示一种文书在某日、某地的名称、项目和固定用语。"""
    wanted = paper(kind)
    found = wording().edition(wanted, on.date(), region)
    basis = wording().basis(wanted, on.date(), region)
    labels = dict(found.labels)
    lines = [found.title, f"依据：{'；'.join(basis)}", "", *(labels[one] for one in found.order)]
    lines += ["", *(text for _, text in found.words)]
    blocks = found.layout or block_names(wanted.body)
    lines += ["", f"版面：{'、'.join(blocks)}"]
    say({**asdict(found), "blocks": blocks}, "\n".join(lines), as_json=as_json)
