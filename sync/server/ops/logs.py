"""One JSON object per line: facts for support, never names, contents, addresses or what people wrote."""

import datetime as dt
import json
import logging
import traceback
from typing import TextIO


class JsonLines(logging.Formatter):
    """Write a record as one JSON object; of an exception the places, not its words: they may quote a document."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "from": record.name}
        said = getattr(record, "said", None)
        if isinstance(said, dict):
            line |= said
        else:
            line["event"] = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line["error"] = kind.__name__
            line["where"] = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(trace)]
        return json.dumps(line, ensure_ascii=False)


def begin(stream: TextIO) -> None:
    """Send everything that is logged in this process to the stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("uvicorn", "alembic", "botocore", "urllib3", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
