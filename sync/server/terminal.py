"""What every command of `yanfang-server` shares: where the server keeps its things, and how it speaks."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from sync.protocol.errors import SyncError
from sync.protocol.names import printable_lines
from sync.server.app import DATABASE_NAME, office_at
from sync.server.routes import Office
from sync.server.world import real_world

KEY_VARIABLE: Final = "YANFANG_SERVER_KEY_FILE"
DataFolder = Annotated[Path | None, typer.Option("--data", help="数据目录（SQLite 与文件）", file_okay=False)]
DatabaseAddress = Annotated[
    str | None,
    typer.Option("--database", envvar="YANFANG_DATABASE", help="PostgreSQL 地址，代替数据目录中的数据库"),
]
BlobsAddress = Annotated[
    str | None,
    typer.Option("--blobs", envvar="YANFANG_BLOBS", help="文件存放处：目录或 s3://桶/前缀"),
]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]
Owner = Annotated[str, typer.Option("--user", help="使用此设备的人员")]
Scopes = Annotated[list[str] | None, typer.Option("--scope", help="可读写的数据范围，可多次给出")]


class DataMissing(SyncError):
    """Say that there is no server in this folder."""

    code = "server.data_missing"


class DataUnusable(SyncError):
    """Say that the folder cannot be written or read."""

    code = "server.data_unusable"


class NoPlace(SyncError):
    """Say that nobody named the folder, or the database with its store of files."""

    code = "server.no_place"


def open_place(data: Path | None, database: str | None, blobs: str | None) -> Office:
    """Open a server's data, making what is missing.

    Raises:
        NoPlace, DataUnusable, DatabaseTooNew, DriverMissing, BadAddress, Busy: If it cannot be opened.
    """
    # A folder named on the command line is meant, whatever the environment says.
    places = (data / DATABASE_NAME, data) if data is not None else (database, blobs)
    if places[0] is None or places[1] is None:
        raise NoPlace()
    try:
        return office_at(places[0], places[1], real_world(), key=key_file())
    except OSError as problem:
        raise DataUnusable(data=str(places[1])) from problem


def key_file() -> Path | None:
    """Return the file that the environment names for the key that seals secrets."""
    named = os.environ.get(KEY_VARIABLE)
    return Path(named) if named else None


@contextmanager
def existing(data: Path | None, database: str | None, blobs: str | None) -> Iterator[Office]:
    """Give the server that is there; a folder without one is refused, not filled.

    Raises:
        DataMissing: If there is none in the folder.
    """
    if data is not None and not (data / DATABASE_NAME).is_file():
        raise DataMissing(data=str(data))
    office = open_place(data, database, blobs)
    try:
        yield office
    finally:
        office.database.close()


def say(said: dict[str, object], text: str, *, as_json: bool) -> None:
    """Print one JSON object or the sentence."""
    print(json.dumps(said, ensure_ascii=False) if as_json else printable_lines(text), flush=True)
