"""What administrators did: written before it is tried and again when it ended, added to and never changed."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, func, insert, select

from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.world import World

TRIED: Final = "tried"
DONE: Final = "done"
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Act:
    """One administrative act.

    Attributes:
        outcome: DONE, the code of the refusal, or TRIED where the server stopped in between.
    """

    at_ms: int
    by: str
    address: str
    what: str
    subject: str
    detail: str
    outcome: str


class Audit:
    """Keep the acts."""

    def __init__(self, database: Database, world: World) -> None:
        self._database = database
        self._world = world

    def begin(self, by: str, address: str, what: str, subject: str, detail: str = "") -> str:
        """Write down that somebody is about to do something and return the act's id for `end`."""
        act = self._world.new_id()
        self._add(act, 0, (by, address, what, subject, detail), TRIED)
        return act

    def end(self, act: str, outcome: str) -> None:
        """Write down how an act ended."""
        self._add(act, 1, ("", "", "", "", ""), outcome)

    def acts(self, people: frozenset[str] | None, limit: int, skip: int = 0) -> tuple[Act, ...]:
        """Return the latest acts first, of these people only or, with None, of everybody."""
        tried, ended = schema.admin_act.alias().c, schema.admin_act.alias()
        wanted = (
            select(
                tried.at_ms, tried.by, tried.address, tried.what, tried.subject, tried.detail,
                func.coalesce(ended.c.outcome, tried.outcome),
            )
            .outerjoin(ended, and_(ended.c.act == tried.act, ended.c.step == 1))
            .where(tried.step == 0)
            .order_by(tried.at_ms.desc(), tried.act)
            .limit(limit)
            .offset(skip)
        )  # fmt: skip
        if people is not None:
            wanted = wanted.where(tried.by.in_(sorted(people)))
        with self._database.read() as unit:
            return tuple(Act(*row) for row in unit.execute(wanted))

    def _add(self, act: str, step: int, said: tuple[str, str, str, str, str], outcome: str) -> None:
        by, address, what, subject, detail = (one[:_LONGEST] for one in said)
        values = {"by": by, "address": address, "what": what, "subject": subject, "detail": detail}
        with self._database.write() as unit:
            unit.execute(
                insert(schema.admin_act).values(
                    act=act, step=step, at_ms=self._world.now_ms(), outcome=outcome[:_LONGEST], **values
                )
            )
