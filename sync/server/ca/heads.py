"""A time-stamp over the head of the server's log, where the office has an authority of its own."""

import base64
import hashlib
import logging
from pathlib import Path

from sync.protocol.errors import SyncError
from sync.server.ca.place import Place
from sync.server.ca.stamping import Stamping
from sync.server.checkpoints import Stamper
from sync.server.world import World


def head_stamper(folder: Path, world: World) -> Stamper:
    """Return what stamps a note (RFC 3161, SHA-256); it gives an empty text while there is no service or no time to believe."""
    place = Place(folder)
    stamping = Stamping(place, world)

    def stamp(note: str) -> str:
        if not place.is_there:
            return ""
        from asn1crypto import tsp

        imprint = {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": hashlib.sha256(note.encode()).digest(),
        }
        request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
        try:
            said = tsp.TimeStampResp.load(stamping.answer(request.dump()))
        except (SyncError, OSError):  # the head is good without it
            logging.getLogger(__name__).exception("checkpoint.not_stamped")
            return ""
        if said["status"]["status"].native != "granted":
            return ""
        return base64.b64encode(said["time_stamp_token"].dump()).decode()

    return stamp
