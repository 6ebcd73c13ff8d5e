"""The wall before reporters: sealed as they are entered, opened only by named keepers, each look on record first.

Why it is so: docs/decisions/leads-reporter-wall.md.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace

from app.core.clock import to_ms
from app.core.errors import Refused
from app.core.ids import PersonId
from app.core.leads import Keeper, KeeperId, LeadId, Look, Reporter
from app.core.naming import name_key
from app.core.outcome import Outcome
from app.db.repos import leads
from app.db.unit import ReadUnit, WriteUnit
from app.services.store import Store
from app.settings import keeper_keys
from app.settings.key_slots import KEY_BYTES, SALT_BYTES, Costs

LEAST_PASSWORD = 8
_RESEALED = "新增保管人，重新密封（未显示内容）"


class ReporterWall:
    """Name keepers, seal, and show after the look was written down."""

    def __init__(self, store: Store, random: Callable[[int], bytes], costs: Costs | None = None) -> None:
        self._store, self._random, self._costs = store, random, costs or Costs()

    def keepers(self) -> tuple[Keeper, ...]:
        """Return who may read reporters or asked for it, also those who no longer may."""
        with self._store.db.read() as unit:
            return tuple(_named(keeper, public) for keeper, public in leads.keepers(unit))

    def become_keeper(self, password: str) -> Outcome[Keeper]:
        """Make a key for whoever is at the keyboard, on this laptop. The first one is keeper at once; others are admitted.

        Raises:
            Refused: `lead.password_short`, `lead.keeper_already`.
        """
        if len(password) < LEAST_PASSWORD:
            raise Refused("lead.password_short", least=LEAST_PASSWORD)
        made = keeper_keys.make(self._random(KEY_BYTES), self._random(SALT_BYTES), password, self._costs.pin)
        with self._store.db.write() as unit:
            known = [keeper for keeper, _ in leads.keepers(unit)]
            if any(one.is_here and one.person == self._store.me and one.ended_at is None for one in known):
                raise Refused("lead.keeper_already")
            keeper, is_first = KeeperId(self._store.new_id()), not any(one.added_by for one in known)
            unit.put("lead_keeper", keeper, {
                "person": self._store.me, "public": made.public_hex,
                "added_by": self._store.me if is_first else None,
                "added_at": to_ms(self._store.now()) if is_first else None,
            })  # fmt: skip
            unit.local("INSERT INTO lead_secret(keeper, sealed) VALUES (?, ?)", (keeper, made.locked))
            return Outcome(_found(unit, keeper), unit.changed)

    def admit(self, keeper_id: KeeperId, password: str) -> Outcome[int]:
        """Let somebody be a keeper who made a key, and seal to him what this keeper can read; return how many reporters.

        Compare the fingerprint with him first. Nothing is shown, and each lead opened for it is on record as a look.

        Raises:
            Refused: `lead.keeper_unknown`, `lead.keeper_admitted`, `lead.not_keeper`, `lead.wrong_password`.
        """
        with self._store.db.write() as unit:
            new = _found(unit, keeper_id)
            if new.added_by is not None or new.ended_at is not None:
                raise Refused("lead.keeper_admitted", name=new.name)
            mine = self._mine(unit)
            secret = _unlocked(unit, mine, password)
            unit.put("lead_keeper", keeper_id, {"added_by": self._store.me, "added_at": to_ms(self._store.now())})
            count = 0
            for row in unit.sql("SELECT DISTINCT lead FROM lead_reporter WHERE _deleted = 0 ORDER BY lead"):
                lead = LeadId(row.lead)
                words = _opened(unit, lead, mine, secret)
                if words is not None:
                    self._look(unit, lead, _RESEALED)
                    self._append(unit, lead, words)
                    count += 1
            keeper_keys.wipe(secret)
            return Outcome(count, unit.changed)

    def end_keeper(self, keeper_id: KeeperId) -> Outcome[Keeper]:
        """Seal nothing more to a key; what was sealed to it before, it still opens.

        Raises:
            Refused: `lead.keeper_unknown`, `lead.keeper_last` where nobody could read what is sealed from now on.
        """
        with self._store.db.write() as unit:
            keeper = _found(unit, keeper_id)
            active = [one.id for one, _ in leads.keepers(unit) if one.is_active]
            if active == [keeper_id]:
                raise Refused("lead.keeper_last", name=keeper.name)
            unit.put("lead_keeper", keeper_id, {"ended_at": to_ms(self._store.now())})
            return Outcome(_found(unit, keeper_id), unit.changed)

    def seal(self, unit: WriteUnit, lead: LeadId, reporter: Reporter) -> None:
        """Seal a reporter to all keepers, in the transaction that registers the lead.

        Raises:
            Refused: `lead.no_keeper`.
        """
        self._append(unit, lead, json.dumps(asdict(reporter), ensure_ascii=False, sort_keys=True))

    def add(self, lead: LeadId, reporter: Reporter) -> Outcome[None]:
        """Seal what became known of a reporter later; what was sealed before stays.

        Raises:
            Refused: `lead.unknown`, `lead.reporter_empty`, `lead.no_keeper`, `lead.reporter_in_content`.
        """
        if reporter.is_empty:
            raise Refused("lead.reporter_empty")
        with self._store.db.write() as unit:
            found = leads.get(unit, lead)
            check_apart(reporter, found.content, found.named, found.outcome, found.reply)
            self.seal(unit, lead, reporter)
            unit.put("lead", lead, {"real_name": bool(reporter.name.strip()) or found.is_real_name})
            return Outcome(None, unit.changed)

    def look(self, lead: LeadId, reason: str, password: str) -> Outcome[Reporter]:
        """Show who reported a lead; who looked and why is stored before anything is returned.

        Raises:
            Refused: `lead.look_reason`, `lead.unknown`, `lead.anonymous`, `lead.not_keeper`, `lead.wrong_password`,
                `lead.sealed_for_others`, `lead.reporter_in_content` where the reason names the reporter.
        """
        if not reason.strip():
            raise Refused("lead.look_reason")
        with self._store.db.write() as unit:
            leads.get(unit, lead)
            if not leads.sealed(unit, lead):
                raise Refused("lead.anonymous")
            mine = self._mine(unit)
            secret = _unlocked(unit, mine, password)
            words = _opened(unit, lead, mine, secret)
            keeper_keys.wipe(secret)
            if words is None:
                raise Refused("lead.sealed_for_others")
            reporter = Reporter(**json.loads(words))
            check_apart(reporter, reason)  # the reason travels in clear
            self._look(unit, lead, reason.strip())
            changed = unit.changed
        return Outcome(reporter, changed)

    def looks(self, lead: LeadId) -> tuple[Look, ...]:
        """Return who looked at a lead's reporter, the newest first."""
        with self._store.db.read() as unit:
            return leads.looks(unit, lead)

    def may_look(self) -> bool:
        """Return whether whoever is at the keyboard has a key here that reporters are sealed to."""
        with self._store.db.read() as unit:
            return any(one.is_here and one.is_active and one.person == self._store.me for one, _ in leads.keepers(unit))

    def _append(self, unit: WriteUnit, lead: LeadId, words: str) -> None:
        to = {str(keeper.id): public for keeper, public in leads.keepers(unit) if keeper.is_active}
        if not to:
            raise Refused("lead.no_keeper")
        unit.append("lead_reporter", self._store.new_id(), {
            "lead": lead, "sealed": keeper_keys.seal(words, lead, to), "sealed_by": self._store.me,
            "sealed_at": to_ms(self._store.now()),
        })  # fmt: skip

    def _look(self, unit: WriteUnit, lead: LeadId, reason: str) -> None:
        unit.append("lead_look", self._store.new_id(), {
            "lead": lead, "person": self._store.me, "reason": reason, "at": to_ms(self._store.now()),
        })  # fmt: skip

    def _mine(self, unit: ReadUnit) -> KeeperId:
        """Return the key of whoever is at the keyboard; one that ended opens what was sealed to it."""
        me: PersonId = self._store.me
        mine = [one for one, _ in leads.keepers(unit) if one.is_here and one.person == me and one.added_by is not None]
        if not mine:
            raise Refused("lead.not_keeper")
        return sorted(mine, key=lambda one: one.is_active)[-1].id


def check_apart(reporter: Reporter, *texts: str) -> None:
    """Require that nothing that gives the reporter away stands in a text that everybody reads, in whatever characters.

    Raises:
        Refused: `lead.reporter_in_content`.
    """
    plain = name_key("".join(texts))
    if any(len(key := name_key(part)) > 1 and key in plain for part in reporter.parts()):
        raise Refused("lead.reporter_in_content")


def _found(unit: ReadUnit, keeper_id: KeeperId) -> Keeper:
    for keeper, public in leads.keepers(unit):
        if keeper.id == keeper_id:
            return _named(keeper, public)
    raise Refused("lead.keeper_unknown")


def _named(keeper: Keeper, public: str) -> Keeper:
    return replace(keeper, fingerprint=keeper_keys.fingerprint(public))


def _unlocked(unit: ReadUnit, keeper: KeeperId, password: str) -> bytearray:
    locked = unit.sql("SELECT sealed FROM lead_secret WHERE keeper = ?", (keeper,))[0].sealed
    secret = keeper_keys.unlock(locked, password)
    if secret is None:
        raise Refused("lead.wrong_password")
    return secret


def _opened(unit: ReadUnit, lead: LeadId, keeper: KeeperId, secret: bytearray) -> str | None:
    for sealed in leads.sealed(unit, lead):
        if keeper in keeper_keys.readers(sealed):
            return keeper_keys.unseal(sealed, lead, keeper, secret)
    return None
