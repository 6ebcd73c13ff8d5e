"""Time-stamps (RFC 3161): pyHanko asks through a function that the caller gives, so nothing here touches the network."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from asn1crypto import tsp
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper

from forms.pades.errors import ClockSetBack, StampFailed

Ask = Callable[[bytes], bytes]
_TOLERANCE = dt.timedelta(minutes=5)


class Stamps(TimeStamper):
    """A time-stamp service behind a function that carries a request there and the answer back.

    Args:
        ask: Takes a DER request, returns a DER answer; raises OSError where there is none.
        now: Compared with the service's time: a laptop's clock that differs by minutes is told, not signed.
    """

    def __init__(self, ask: Ask, now: dt.datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._ask, self._now = ask, now

    async def async_request_tsa_response(self, req: Any) -> Any:
        """Return the service's answer.

        Raises:
            StampFailed: If there is none, or none that can be read.
        """
        try:
            return tsp.TimeStampResp.load(self._ask(req.dump()), strict=True)
        except (OSError, ValueError, TypeError) as error:
            raise StampFailed(reason=type(error).__name__) from error

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """Return a token.

        Raises:
            StampFailed: If the service refused or answered something else.
            ClockSetBack: If its time is not ours.
        """
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            info = token["content"]["encap_content_info"]["content"].parsed
            stamped = info["gen_time"].native
            imprint = info["message_imprint"]["hashed_message"].native
        except (SigningError, OSError, ValueError, TypeError, KeyError) as error:
            raise StampFailed(reason=type(error).__name__) from error
        if imprint != message_digest:
            raise StampFailed(reason="imprint")
        if abs(stamped - self._now) > _TOLERANCE:
            raise ClockSetBack(
                now=self._now.isoformat(" ", "minutes"), known=stamped.isoformat(" ", "minutes")
            )
        return token
