"""Commands about templates."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.terms import AsJson, say
from app.core.errors import Refused
from checklists.check import check as check_template
from checklists.errors import ChecklistError
from checklists.registry import Registry

cli = typer.Typer(help="检查清单模板", no_args_is_help=True)


@cli.command("list")
def list_(as_json: AsJson = False) -> None:
    """列出全部模板及项数。"""
    found = Registry.load().all()
    rows = [{"id": t.id, "version": t.version, "title": t.title, "items": len(t.items), "digest": t.digest} for t in found]
    total = sum(len(t.items) for t in found)
    text = "\n".join(f"{t.id}  v{t.version}  {len(t.items):3d} 项  {t.title}" for t in found)
    say({"templates": rows, "items": total}, f"{text}\n共 {len(found)} 套模板，{total} 项", as_json=as_json)


@cli.command()
def show(template: str, as_json: AsJson = False) -> None:
    """显示一套模板。"""
    try:
        found = Registry.load().get(template)
    except ChecklistError as error:
        raise Refused("template.unknown", template=template) from error
    lines = [f"{found.id} {found.title}（第 {found.version} 版）"]
    for section in found.sections:
        lines.append(f"\n{section.title}")
        lines += [f"  {item.code}  {item.question}" for item in section.items]
    say(found, "\n".join(lines), as_json=as_json)


@cli.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="模板文件；不给出时检查随程序发布的全部模板")] = None,
    as_json: AsJson = False,
) -> None:
    """检查模板文件，一次列出全部问题。"""
    if files:
        faults = [{"file": str(path), **_fault(fault)} for path in files for fault in check_template(path)]
        looked = len(files)
    else:
        registry = Registry.load()
        faults = [{"file": changed, "code": "changed_since_release"} for changed in registry.changed_since_release()]
        looked = len(registry.all())
    text = "\n".join(" ".join(str(part) for part in fault.values()) for fault in faults) or f"已检查 {looked} 套模板，没有问题"
    say({"checked": looked, "faults": faults}, text, as_json=as_json)
    if faults:
        raise typer.Exit(1)


def _fault(fault: object) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("code", "line", "place", "message") if hasattr(fault, name)}
