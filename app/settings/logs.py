"""The log for support: what happened, never names, ids of people, texts of documents or secrets."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.settings.errors import ProfileUnwritable

_BYTES = 1 << 20
_KEPT = 4
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


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
        handler.setFormatter(logging.Formatter(_FORMAT))
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
