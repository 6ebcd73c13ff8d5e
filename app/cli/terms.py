"""What all commands share: options, the open office, and how results and refusals are said."""

import dataclasses
import datetime as dt
import enum
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import Services, open_services
from app.core.clock import local
from app.core.errors import Refused
from app.core.ids import InspectionId, PersonId, TaskId
from checklists.cells import CellInvalid, day
from sync.protocol.names import printable_lines

Home = Annotated[Path | None, typer.Option("--home", help="数据目录，默认为本机用户的数据目录", file_okay=False)]
AsJson = Annotated[bool, typer.Option("--json", help="以一个 JSON 对象输出")]
PIN = "YANFANG_PIN"


@contextmanager
def office(home: Path | None) -> Iterator[Services]:
    """Open and unlock the office of a profile; `YANFANG_PIN` or a question at the terminal gives the secret.

    Raises:
        Refused: `cli.no_office`, `cli.pin_missing`, and what unlocking refuses.
    """
    services = open_services(home)
    try:
        state = services.vault.state()
        if not state.exists:
            raise Refused("cli.no_office")
        services.vault.unlock(secret())
        yield services
    finally:
        services.close()


def secret(*, ask: str = "PIN 或口令") -> str:
    """Return the PIN or passphrase.

    Raises:
        Refused: `cli.pin_missing` where there is neither the variable nor a terminal.
    """
    given = os.environ.get(PIN)
    if given:
        return given
    if not sys.stdin.isatty():
        raise Refused("cli.pin_missing")
    return str(typer.prompt(ask, hide_input=True, err=True))


def day_of(text: str | None) -> dt.date | None:
    """Return a day that was given as text; None where none was.

    Raises:
        Refused: `cli.date` for what is none, or lies beyond belief.
    """
    try:
        return day(text) if text else None
    except CellInvalid as error:
        raise Refused("cli.date", text=text or "") from error


def say(result: object, text: str, *, as_json: bool) -> None:
    """Print one JSON object or the text."""
    if as_json:
        tree = plain(result)
        print(json.dumps(tree if isinstance(tree, dict) else {"result": tree}, ensure_ascii=False, sort_keys=True))
    else:
        print(printable_lines(text))


def plain(value: Any) -> Any:
    """Return a value as JSON knows it; instants in ISO form, amounts as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    return value


def find_task(services: Services, text: str) -> TaskId:
    """Return the task with this id, beginning of an id, or printed number.

    Raises:
        Refused: `task.unknown`.
    """
    found = [
        line.task.id
        for line in services.tasks.lines()
        if text in (line.task.id, line.task.number) or (len(text) >= 8 and line.task.id.startswith(text))
    ]
    if len(found) != 1:
        raise Refused("task.unknown")
    return found[0]


def find_inspection(services: Services, text: str) -> InspectionId:
    """Return the inspection with this id, or the newest one of the task with this number.

    Raises:
        Refused: `inspection.unknown`.
    """
    for line in services.tasks.lines():
        if line.inspection is not None and text in (line.inspection, line.task.number, line.task.id):
            return line.inspection
    raise Refused("inspection.unknown")


def find_person(services: Services, text: str) -> PersonId:
    """Return the person with this id, licence number or name.

    Raises:
        Refused: `person.unknown`, `person.ambiguous`.
    """
    found = [one.id for one in services.people.find() if text in (one.id, one.licence_no, one.name)]
    if len(found) > 1:
        raise Refused("person.ambiguous", text=text, count=len(found))
    if not found:
        raise Refused("person.unknown")
    return found[0]


def when(instant: dt.datetime | None) -> str:
    """Return an instant in Chinese local time to the minute."""
    return f"{local(instant):%Y-%m-%d %H:%M}" if instant else ""
