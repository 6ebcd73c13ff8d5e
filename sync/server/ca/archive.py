"""The signed documents that laptops have brought: each gets its proofs, beside the file that was signed."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from sync.server.ca.errors import NoProof, NotPdf
from sync.server.ca.place import PROLONGED, Place
from sync.server.ca.prolonging import prolong, proofs_of
from sync.server.ca.stamping import Stamping
from sync.server.db import schema
from sync.server.routes import Office

_PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class Archived:
    """What one round did: files that got proofs, how many had enough, those refused (digest and why).

    Attributes:
        seen: Those that will be judged the same again.
    """

    prolonged: tuple[str, ...]
    enough: int
    refused: tuple[tuple[str, str], ...]
    seen: tuple[str, ...] = ()


def prolong_all(
    office: Office,
    place: Place,
    stamping: Stamping,
    *,
    again_after: dt.timedelta,
    known: Collection[str] = (),
    is_over: Callable[[], bool] = lambda: False,
) -> Archived:
    """Give every signed PDF in the server's store proofs and a time-stamp: `prolonged/<digest of what was signed>.pdf`.

    The signed file itself keeps its bytes and its digest; a later round goes on from what the earlier one wrote.

    Args:
        known: Digests that need not be looked at again.
        is_over: Asked before each file; True ends the round.

    Raises:
        CaMissing, CaDamaged: If there is nothing to prove by.
    """
    proofs, now = proofs_of(place), dt.datetime.fromtimestamp(office.world.now_ms() / 1000, dt.UTC)
    of = schema.blob.c
    with office.database.read() as unit:
        digests = list(unit.execute(select(of.sha256).where(of.mime == _PDF).order_by(of.sha256)).scalars())
    done, enough, refused, seen = [], 0, [], []
    for sha256 in digests:
        if is_over():
            break
        if sha256 in known:
            continue
        name = f"{sha256}.pdf"
        try:
            is_begun = place.has(PROLONGED, name)
            pdf = place.read(PROLONGED, name) if is_begun else b"".join(office.blobs.store.read(sha256))
            made = prolong(pdf, proofs, stamping, now, again_after=again_after)
        except FileNotFoundError:
            refused.append((sha256, "missing"))
        except NoProof as problem:
            refused.append((sha256, f"{problem.code} {problem.params['name']}"))
            continue
        except NotPdf as problem:
            if problem.params["reason"] != "unsigned":
                refused.append((sha256, str(problem.params["reason"])))
        else:
            if made.was_enough:
                enough += 1
            else:
                place.write(made.pdf, PROLONGED, name)
                done.append(sha256)
        seen.append(sha256)
    return Archived(tuple(done), enough, tuple(refused), tuple(seen))
