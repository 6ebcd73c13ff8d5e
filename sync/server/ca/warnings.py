"""What an administrator has to do soon: the list of revoked certificates and the stamp's certificate end."""

import datetime as dt
from pathlib import Path
from typing import Final

from cryptography import x509

from sync.server.ca.place import Place
from sync.server.ops.findings import Finding
from sync.server.world import World

_SOON: Final = dt.timedelta(days=14)


def ca_warnings(folder: Path, world: World) -> tuple[Finding, ...]:
    """Return what ends within fourteen days or has ended; nothing where there is no authority."""
    place = Place(folder)
    if not place.is_there:
        return ()
    ends: list[tuple[str, dt.datetime | None]] = []
    if place.has("root.crl"):
        ends.append(("doctor.ca_list", x509.load_der_x509_crl(place.read("root.crl")).next_update_utc))
    if place.has("tsa.cer"):
        ends.append(("doctor.ca_stamp", x509.load_der_x509_certificate(place.read("tsa.cer")).not_valid_after_utc))
    if not place.has("tsa.key"):
        ends.append(("doctor.ca_no_stamp", None))
    soon = dt.datetime.fromtimestamp(world.now_ms() / 1000, dt.UTC) + _SOON
    return tuple(
        Finding(code, {"until": f"{end:%Y-%m-%d}"} if end is not None else {}) for code, end in ends if end is None or end < soon
    )
