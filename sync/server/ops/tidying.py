"""Drop what unfinished uploads left behind, while the server runs; `scrub` does the same."""

import logging
from typing import Final

from sync.protocol.errors import SyncError
from sync.server.ops.scrub import UPLOAD_MS
from sync.server.rounds import Rounds
from sync.server.routes import Office

_EVERY_S: Final = 6 * 3600.0


def tidying(office: Office) -> Rounds:
    """Return the rounds that forget uploads which stood still for 30 days."""

    def work() -> None:
        try:
            office.blobs.expire(office.world.now_ms() - UPLOAD_MS)
        except (SyncError, OSError):  # the requests that meet the same trouble are answered with it
            logging.getLogger(__name__).exception("uploads.not_tidied")

    return Rounds("tidying", _EVERY_S, work)
