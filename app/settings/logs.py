"""The log for support: what happened, never names, ids of people, texts of documents or secrets."""

import copy
import logging
import re
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from app.settings.errors import ProfileUnwritable

_BYTES = 1 << 20
_KEPT = 4
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class _Discreet(logging.Formatter):
    """Says where something went wrong and of what kind it is; what an error says of itself may be somebody's words."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, whatever another handler has made of the error before."""
        mine = copy.copy(record)
        mine.exc_text = None
        return super().format(mine)

    def formatException(self, ei: Any) -> str:
        """Return the places in the program, innermost last, of an error and of those it came from."""
        error: BaseException | None = ei[1]
        told: list[str] = []
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            code = str(getattr(error, "code", ""))
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            told.append(f"{kind} {code}" if _CODE.fullmatch(code) else kind)
            told += [f"  {one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(error.__traceback__)]
            error = error.__cause__ or error.__context__
        return "\n".join(told)


class Logs:
    """Writes the program's log into a folder until closed."""

    def __init__(self) -> None:
        self._handler: RotatingFileHandler | None = None

    def begin(self, folder: Path) -> None:
        """Write to `folder/yanfang.log` from now on; old ones are kept four deep.

        Raises:
            ProfileUnwritable: If the file cannot be made.
        """
        if self._handler is not None:
            return
        try:
            handler = RotatingFileHandler(
                folder / "yanfang.log", maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8"
            )
        except OSError as error:
            raise ProfileUnwritable(folder, error.strerror or type(error).__name__) from error
        handler.setFormatter(_Discreet(_FORMAT))
        for name in ("app", "sync"):
            logging.getLogger(name).addHandler(handler)
            logging.getLogger(name).setLevel(logging.INFO)
        self._handler = handler

    def close(self) -> None:
        """Let the file go; Windows cannot move a folder with an open file."""
        if self._handler is not None:
            for name in ("app", "sync"):
                logging.getLogger(name).removeHandler(self._handler)
            self._handler.close()
            self._handler = None
