"""Beside the running server: what laptops bring signed gets its proofs soon after, without anybody asking."""

import datetime as dt
import logging
from pathlib import Path
from typing import Final

from sync.protocol.errors import SyncError
from sync.server.ca.errors import CaMissing
from sync.server.ca.place import Place
from sync.server.ca.stamping import Stamping
from sync.server.ca.warnings import ca_warnings
from sync.server.rounds import Rounds
from sync.server.routes import Office

_EVERY_S: Final = 600.0
_AGAIN_AFTER: Final = dt.timedelta(days=5 * 365)
_LOOK_AT_ALL_EVERY: Final = 144  # rounds: once a day, for time-stamps that have grown old


class Keeper:
    """Prolong from time to time; nothing happens where there is no authority."""

    def __init__(self, office: Office, folder: Path, every_s: float = _EVERY_S) -> None:
        self._office, self._place = office, Place(folder)
        self._stamping = Stamping(self._place, office.world)
        self._known: frozenset[str] = frozenset()
        self._count = 0
        self._rounds = Rounds("ca", every_s, self._round)

    def start(self) -> None:
        """Begin; the first round comes after a while, so that a server that starts answers first."""
        self._rounds.start()

    def stop(self) -> None:
        """End after the file that is under way."""
        self._rounds.stop()

    def _round(self) -> None:
        self._count += 1
        if self._count % _LOOK_AT_ALL_EVERY == 0:
            self._known = frozenset()
            for one in ca_warnings(self._place.folder, self._office.world):
                logging.getLogger(__name__).warning(one.code, extra={"said": {"event": one.code, **one.params}})
        self._prolong()

    def _prolong(self) -> None:
        if not self._place.is_there:
            return
        from sync.server.ca.archive import (
            prolong_all,  # reading PDFs takes longer to load than the rest of the server
        )

        log = logging.getLogger(__name__)
        try:
            done = prolong_all(
                self._office, self._place, self._stamping, again_after=_AGAIN_AFTER, known=self._known,
                is_over=lambda: self._rounds.rest(0),
            )  # fmt: skip
        except CaMissing:
            return
        except (SyncError, OSError):
            # A full disk, a damaged folder: told, and tried again.
            log.exception("ca.not_prolonged")
            return
        self._known |= set(done.seen)
        waiting = len([sha256 for sha256, _ in done.refused if sha256 not in done.seen])
        if waiting:
            log.warning("ca.no_proof", extra={"said": {"event": "ca.no_proof", "files": waiting}})
        if done.prolonged:
            log.info("ca.prolonged", extra={"said": {"event": "ca.prolonged", "files": len(done.prolonged)}})
