"""The program itself: its commands, and what it says when something is refused."""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import Abort, Exit, TyperException

from app.cli import (
    assigning,
    case,
    certificate,
    checklists,
    coverage,
    draw,
    inspection,
    interview,
    lead,
    office,
    packet,
    paper,
    people,
    plan,
    record,
    register_files,
    registers,
    rehearsal,
    selfcheck,
    sync,
    usage,
    wording,
)
from app.gui import messages
from resources.help_words import speak_chinese

cli = typer.Typer(
    name="yanfang",
    help="验方：医保基金现场检查。不带命令时打开窗口。",
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
cli.add_typer(checklists.cli, name="checklists")
cli.add_typer(people.cli, name="people")
cli.add_typer(people.cli, name="person", hidden=True)  # its name before there were others than inspectors
cli.add_typer(register_files.cli, name="registers")
cli.add_typer(registers.institutions, name="institution")
cli.add_typer(assigning.cli, name="task")
cli.add_typer(lead.cli, name="lead")
cli.add_typer(inspection.cli, name="inspection")
cli.add_typer(interview.cli, name="interview")
cli.add_typer(record.cli, name="record")
cli.add_typer(paper.cli, name="paper")
cli.add_typer(plan.cli, name="plan")
cli.add_typer(draw.cli, name="draw")
cli.add_typer(wording.cli, name="wording")
cli.add_typer(coverage.cli, name="coverage")
cli.add_typer(case.cli, name="case")
cli.add_typer(certificate.cli, name="certificate")
cli.add_typer(packet.cli, name="packet")
cli.add_typer(selfcheck.cli, name="selfcheck")
for module in (case, office, rehearsal, sync):
    for command in module.COMMANDS:
        cli.command(command.__name__.rstrip("_").replace("_", "-"))(command)


@cli.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    self_check: Annotated[Path | None, typer.Option("--self-check", help="机构自查：打开这个自查包来填写", dir_okay=False)] = None,
) -> None:
    """验方：医保基金现场检查。不带命令时打开窗口。"""
    if context.invoked_subcommand is None:
        from app.cli.window import open_self_check, open_window

        raise typer.Exit(open_window(None) if self_check is None else open_self_check(self_check))


def main() -> None:
    """Run the command line; refusals go to standard error, as one JSON object with `--json`, with exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # Windows consoles speak other code pages
    speak_chinese()
    try:
        sys.exit(cli(standalone_mode=False) or 0)
    except Abort:
        sys.exit(130)
    except Exit as done:
        sys.exit(done.exit_code)
    except TyperException as error:
        reason = usage.reason(error)
        _refuse("cli.usage", {"reason": reason}, messages.sentence_of("cli.usage", {"reason": reason}))
        sys.exit(2)
    except Exception as error:
        params, code = getattr(error, "params", {}), messages.code_of(error)
        if code == messages.BUG:
            logging.getLogger(__name__).exception("cli.bug")
            params = {"kind": type(error).__name__}
        _refuse(code, params, messages.sentence_of(code, dict(params)))
        sys.exit(1)


def _refuse(code: str, params: Any, message: str) -> None:
    if "--json" in sys.argv:
        params = {str(key): value if isinstance(value, int | str | None) else str(value) for key, value in params.items()}
        print(json.dumps({"code": code, "params": params, "message": message}, ensure_ascii=False), file=sys.stderr)
    else:
        print(message, file=sys.stderr)
