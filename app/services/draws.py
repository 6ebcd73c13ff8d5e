"""The double-random draw of an office: announced, drawn, told; nothing of it can be changed afterwards."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import resources
from app.core.clock import from_ms, local, to_ms
from app.core.draws import Before, Draw, DrawSheet, DrawState, Dropped, Earlier, Source, SourceKind, Wish
from app.core.errors import Refused
from app.core.ids import DrawId, InspectionId, PickId, PlanId, derived_id
from app.core.outcome import Outcome
from app.core.places import Institution
from app.core.plans import Plan, PlanState
from app.db.repos import draws as stored
from app.db.repos import plans, registers
from app.db.repos import staff as staff_rows
from app.db.unit import ReadUnit, WriteUnit
from app.draws import frozen, seeds, sheets
from app.draws.dropped import dropped
from app.draws.eligible import Facts
from app.draws.freezing import freeze, read_before
from app.draws.frozen import Candidate, Place
from app.draws.run import Result, draw
from app.services import draw_likes, draw_sheets
from app.services.bundles.sealing import Sealing
from app.services.coverage import last_checks
from app.services.document_files import keep_blob
from app.services.draw_printing import print_draw
from app.services.draw_rounds import last_round
from app.services.pages import Pages
from app.services.papers import number_pool
from app.services.store import Store
from app.services.written import exported

_MIME = "application/x-ndjson"
_VERIFIER = "verify_draw.py"
_NAMED = 5
_DRAWABLE = (PlanState.APPROVED, PlanState.RUNNING)


class Draws:
    """Announce, draw, replace, export."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sealing = Sealing(store, Pages(store))

    def of_plan(self, plan_id: PlanId | None = None) -> tuple[Draw, ...]:
        """Return the draws of a plan, or all, the newest first."""
        with self._store.db.read() as unit:
            return stored.of_plan(unit, plan_id)

    def sheet(self, draw_id: DrawId) -> DrawSheet:
        """Return all that is known of a draw.

        Raises:
            Refused: `draw.unknown`, `draw.file_missing` where what was frozen has not come to this laptop yet.
        """
        with self._store.db.read() as unit:
            told = stored.get(unit, draw_id)
            return draw_sheets.sheet(told, self._text(unit, told), stored.picks(unit, draw_id), since=self._since(unit, told))

    def preview(self, plan_id: PlanId, wish: Wish) -> DrawSheet:
        """Return what would be frozen now: how many of each stratum, who is left out and why; nothing is kept.

        Raises:
            Refused: As `freeze`.
        """
        with self._store.db.read() as unit:
            plan = self._drawable(unit, plan_id)
            told = self._new(plan, wish, "")
            return draw_sheets.sheet(told, self._frozen(unit, plan, wish, told.frozen_at, ""))

    def freeze(self, plan_id: PlanId, wish: Wish, supersedes: DrawId | None = None, reason: str = "") -> Outcome[Draw]:
        """Freeze the registers and the rules and return the digest that is published before the seed is known.

        Args:
            supersedes: A draw that is made again; it becomes void, and stays with all that belongs to it.
            reason: Why it is made again, or why one more is made beside those of like plans.

        Raises:
            Refused: `plan.unknown`, `draw.plan_state`, `draw.reason_missing` where a draw is made again without one,
                `draw.superseded` where that was done already, `draw.frozen_already` where one of the plan waits
                for its seed, `draw.like_reason_missing` where one of a like plan was, and what `app.draws.freezing.freeze` refuses.
        """
        with self._store.db.write() as unit:
            plan = self._drawable(unit, plan_id)
            waiting = next((one for one in stored.of_plan(unit, plan_id) if one.state is DrawState.FROZEN), None)
            if waiting is not None:  # or of several the one with the best result could be made known
                raise Refused("draw.frozen_already", number=waiting.number)
            told = self._new(plan, wish, self._number(unit))
            if supersedes:
                self._supersede(unit, supersedes, plan_id, _reason(reason), told)
            text = self._frozen(unit, plan, wish, told.frozen_at, reason.strip())
            like = read_before(frozen.read(text).rules).like
            if like and not reason.strip():
                raise Refused("draw.like_reason_missing", numbers="、".join(one.number for one in like[-_NAMED:]))
            digests = frozen.digests(text)
            told = dataclasses.replace(
                told, id=DrawId(self._store.new_id()), digest=digests.frozen, register=digests.register, rules=digests.rules,
                supersedes=supersedes or "", reason=reason.strip() if supersedes else "",
            )  # fmt: skip
            self._keep(unit, told.id, "frozen", text)
            unit.put("draw", told.id, stored.fields(told))
            return Outcome(told, unit.changed)

    def run(self, draw_id: DrawId, sources: Sequence[Source], witnesses: Sequence[str]) -> Outcome[DrawSheet]:
        """Enter the seed and draw.

        Raises:
            Refused: `draw.not_frozen`, `draw.file_missing`, `draw.changed` where the frozen text is not what was published,
                `draw.witness_missing`, `draw.seed_again` where another draw of the plan had this seed, and what
                `app.draws.seeds.joined` refuses.
        """
        with self._store.db.write() as unit:
            told = stored.get(unit, draw_id)
            if told.state is not DrawState.FROZEN:
                raise Refused("draw.not_frozen")
            names = tuple(name.strip() for name in witnesses if name.strip())
            if not names:
                raise Refused("draw.witness_missing")
            text = self._text(unit, told)
            known = frozen.read(text)
            given = tuple(dataclasses.replace(one, at=one.at and _in_ms(one.at)) for one in sources)
            seed = seeds.joined(given, known.sources, known.frozen_at, self._now())
            if any(one.seed == seed for one in stored.of_plan(unit, told.plan)):
                raise Refused("draw.seed_again")
            result = draw(known, seed)
            told = dataclasses.replace(
                told, state=DrawState.DRAWN, seed=seed, sources=given, witnesses=names, drawn_at=self._now()
            )
            whole = self._sheet_text(unit, told, text, result)
            told = dataclasses.replace(told, record=sheets.read_sheet(whole.encode()).record)
            unit.put("draw", draw_id, stored.fields(told))
            self._put(unit, draw_id, result)
            self._keep(unit, draw_id, "sheet", whole)
            return Outcome(draw_sheets.sheet(told, text, result=result, since=self._since(unit, told)), unit.changed)

    def withdraw(self, draw_id: DrawId, reason: str) -> Outcome[Draw]:
        """Take back what was announced, before a seed is entered; with its reason it stands in all that is announced later.

        Raises:
            Refused: `draw.not_frozen`, `draw.reason_missing`.
        """
        with self._store.db.write() as unit:
            told = stored.get(unit, draw_id)
            if told.state is not DrawState.FROZEN:
                raise Refused("draw.not_frozen")
            told = dataclasses.replace(told, state=DrawState.VOID, reason=_reason(reason), voided_at=self._now())
            unit.put("draw", draw_id, stored.fields(told))
            return Outcome(told, unit.changed)

    def use_reserve(self, draw_id: DrawId, pick_id: PickId, reason: str) -> Outcome[PickId]:
        """Let the next institution that stands by take the place of a drawn one, with the same team.

        Those to which somebody of the team must not go are passed over. What was to be visited with it is replaced with it.

        Raises:
            Refused: `draw.not_drawn`, `draw.pick_unknown`, `draw.pick_gone`, `draw.reason_missing`, `draw.no_reserve`.
        """
        why = _reason(reason)
        with self._store.db.write() as unit:
            told = stored.get(unit, draw_id)
            if told.state is not DrawState.DRAWN:
                raise Refused("draw.not_drawn")
            rows = stored.picks(unit, draw_id)
            old = rows.get(pick_id)
            if old is None or (old.reserve and not old.used):
                raise Refused("draw.pick_unknown")
            if any(row.used and row.replaces == pick_id for row in rows.values()):
                raise Refused("draw.pick_gone")
            known = frozen.read(self._text(unit, told))
            new = self._next(known, told, rows, old)
            if new is None:
                raise Refused("draw.no_reserve")
            unit.put("draw_pick", new, {"used": 1, "replaces": pick_id, "reason": why})
            gone = {row.replaces for row in rows.values() if row.used}
            for one, row in rows.items():  # drawn in another group as well, and visited with it
                if row.joined == pick_id and one not in gone and (also := self._next(known, told, rows, row)) is not None:
                    joined = {"joined": new} if rows[also].institution == rows[new].institution else {}
                    unit.put("draw_pick", also, {"used": 1, "replaces": one, "reason": why, **joined})
            return Outcome(new, unit.changed)

    def sheet_text(self, draw_id: DrawId) -> str:
        """Return the file of a draw that anyone can check; of one that is only frozen, what was frozen. The export is on record.

        Raises:
            Refused: `draw.unknown`, `draw.file_missing`.
        """
        with self._store.db.write() as unit:
            told = stored.get(unit, draw_id)
            unit.custody("export", draw_id, what="draw")
            return self._exported(unit, told)

    def export_to(self, draw_id: DrawId, file: Path) -> Path:
        """Write the file of a draw, and beside it the program that checks it; see `sheet_text`.

        Raises:
            Refused: `draw.unknown`, `draw.file_missing`, `document.export_failed` where the place refuses.
        """
        text = self.sheet_text(draw_id)
        with exported(file) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
        with exported(file.with_name(_VERIFIER)) as part:
            part.write_bytes(resources.path(f"verify/{_VERIFIER}").read_bytes())
        return file

    def print_to(self, draw_id: DrawId, file: Path) -> Path:
        """Print the draw sheet, or the announcement before the seed is known, sealed by this laptop; the export is on record.

        Raises:
            Refused: `draw.unknown`, `draw.file_missing`, `document.export_failed` where the place refuses.
        """
        with self._store.db.write() as unit:
            told = stored.get(unit, draw_id)
            unit.custody("export", draw_id, what="draw", file=file.name)
            text = self._exported(unit, told)
            since = self._since(unit, told)
            shown = draw_sheets.sheet(told, self._text(unit, told), stored.picks(unit, draw_id), since=since)
            operator = self._operator(unit, told)
        pages = print_draw(shown, operator, text, self._store.office, self._sealing.sign)
        with exported(file) as part:
            part.write_bytes(pages)
        return file

    def _drawable(self, unit: ReadUnit, plan_id: PlanId) -> Plan:
        plan = plans.get(unit, plan_id)
        if plan.state not in _DRAWABLE:
            raise Refused("draw.plan_state")
        return plan

    def _frozen(self, unit: ReadUnit, plan: Plan, wish: Wish, frozen_at: dt.datetime, reason: str) -> str:
        parties = {one.id: one for one in staff_rows.third_parties(unit)}
        made = stored.of_plan(unit, plan.id)
        last = next((one for one in made if one.state is DrawState.DRAWN), None)
        former, been = last_round(unit, last.id) if last else ((), {})
        facts = Facts(last_checks(unit), staff_rows.staff(unit), parties, stored.loads(unit), former, been)
        like = draw_likes.like_draws(unit, plan)
        places = tuple(registers.all_institutions(unit))
        before = Before(
            tuple(map(draw_likes.earlier, reversed(made))), like, reason if like else "", draw_likes.last_announced(unit),
            self._dropped(unit, plan, places),
        )  # fmt: skip
        return freeze(
            plan, places, registers.people_on_record(unit), facts, wish, frozen_at,
            self._store.office.name, before,
        )  # fmt: skip

    def _dropped(self, unit: ReadUnit, plan: Plan, places: Sequence[Institution]) -> tuple[Dropped, ...]:
        """Compare with the newest former draw of such objects whose file is here."""
        for one in draw_likes.drawn_from_before(unit, plan, places):
            if stored.file_name(unit, one.digest) is not None:
                return dropped(plan, self._text(unit, one), one.number, places)
        return ()

    def _since(self, unit: ReadUnit, told: Draw) -> tuple[Earlier, ...]:
        plan = plans.find(unit, told.plan)
        found = draw_likes.like_draws(unit, plan) if plan else ()
        return tuple(one for one in found if one.frozen_at > told.frozen_at)

    def _new(self, plan: Plan, wish: Wish, number: str) -> Draw:
        sources = tuple(Source(SourceKind(kind), label.strip()) for kind, label in wish.sources)
        return Draw(
            DrawId(""), plan.id, number, plan.title, DrawState.FROZEN, wish.on_day, "", "", "", self._now(), sources,
            str(self._store.me),
        )  # fmt: skip

    def _now(self) -> dt.datetime:
        return _in_ms(self._store.now())

    def _number(self, unit: WriteUnit) -> str:
        """Return the number; one that is provisional stays, for it is announced at once."""
        now = self._store.now()
        picked = number_pool.take_next(unit, number_pool.DRAW_WORD, local(now).year, to_ms(now))
        return picked.printed if picked else number_pool.provisional_of(unit, "draw", number_pool.DRAW_WORD, "number")

    def _supersede(self, unit: WriteUnit, draw_id: DrawId, plan_id: PlanId, why: str, by: Draw) -> None:
        old = stored.get(unit, draw_id)
        if old.plan != plan_id or old.state is not DrawState.DRAWN:
            raise Refused("draw.superseded")
        unit.put("draw", draw_id, {
            "state": str(DrawState.VOID), "reason": f"{why}（重抽：{by.number}）", "voided_at": to_ms(by.frozen_at),
        })  # fmt: skip

    def _put(self, unit: WriteUnit, draw_id: DrawId, result: Result) -> None:
        teams, joined = draw_sheets.numbered(result), draw_sheets.joined(result.lots)
        # What a line gives that inserts a row is fixed, and a reserve may step in later: without `used` and `joined`.
        for serial, (lot, position, one, is_reserve) in enumerate(draw_sheets.in_place(result.lots), 1):
            leads = None if is_reserve else joined.get((lot.stratum.id, one.place))
            unit.append("draw_pick", draw_sheets.pick_id(draw_id, lot.stratum.id, one.place), {
                "draw": draw_id, "plan_group": lot.stratum.group, "institution": one.place, "ticket": one.ticket,
                "position": position, "reserve": int(is_reserve), "serial": serial,
                "team": None if is_reserve else teams.get((lot.stratum.id, one.place)),
                **({"joined": draw_sheets.pick_id(draw_id, leads.id, one.place)} if leads else {}),
            })  # fmt: skip
        groups = {lot.stratum.id: lot.stratum.group for lot in result.lots}
        for number, team in enumerate(result.teams, 1):
            for group in dict.fromkeys(groups[stratum] for stratum, _ in team.visits):
                for position, seat in enumerate(draw_sheets.seats(team, {one.person: "" for one in team.members}), 1):
                    unit.append("draw_staff", derived_id("draw_staff", draw_id, group, str(number), seat.person), {
                        "draw": draw_id, "plan_group": group, "team": number, "position": position, "person": seat.person,
                        "role": seat.role, "reserve": 0,
                    })  # fmt: skip
        for role, line in result.standby.items():
            for position, person in enumerate(line, 1):
                unit.append("draw_staff", derived_id("draw_staff", draw_id, role, person), {
                    "draw": draw_id, "position": position, "person": person, "role": role, "reserve": 1,
                })  # fmt: skip

    def _next(self, known: frozen.Frozen, told: Draw, rows: Mapping[PickId, Any], old: Any) -> PickId | None:
        """Return who stands by next for a pick."""
        return next((one for one, row in rows.items() if _stands_by(row, old) and self._may_go(known, told, old, row)), None)

    def _may_go(self, known: frozen.Frozen, told: Draw, old: Any, row: Any) -> bool:
        """Return whether the team of a pick may go to an institution that stands by."""
        team = draw(known, told.seed).teams[old.team - 1] if old.team else None
        people: Mapping[str, Candidate] = {one.id: one for one in known.people}
        place: Place = next(one for one in known.places if one.id == row.institution)
        crosses = any(one.group == row.plan_group and one.staff.cross_district for one in known.strata)
        return not team or all(
            not people[one.person].avoid & set(place.ties)
            and (not crosses or people[one.person].division not in ("", place.division))
            for one in team.members
        )

    def _sheet_text(self, unit: ReadUnit, told: Draw, text: str, result: Result) -> str:
        assert told.drawn_at is not None
        former = stored.get(unit, DrawId(told.supersedes)).number if told.supersedes else ""
        made = sheets.Drawn(
            told.sources, told.drawn_at, told.witnesses, self._operator(unit, told), told.number, former,
            told.reason, self._since(unit, told),
        )  # fmt: skip
        return sheets.sheet_text(text, made, told.seed, result)

    def _operator(self, unit: ReadUnit, told: Draw) -> str:
        found = registers.people(unit).get(told.operator)
        return found.name if found else ""

    def _exported(self, unit: ReadUnit, told: Draw) -> str:
        text = self._text(unit, told)
        if not told.seed:
            return text
        rows = unit.sql("SELECT sha256 FROM draw_file WHERE draw = ? AND kind = 'sheet'", (told.id,))
        name = stored.file_name(unit, rows[0].sha256) if rows else None
        if name is None:
            raise Refused("draw.file_missing")
        return self._store.files.read(name).decode()

    def _text(self, unit: ReadUnit, told: Draw) -> str:
        """Return the frozen text, which is what was published or is refused."""
        name = stored.file_name(unit, told.digest)
        if name is None:
            raise Refused("draw.file_missing")
        text = self._store.files.read(name).decode()
        if frozen.digests(text).frozen != told.digest:
            raise Refused("draw.changed")
        return text

    def _keep(self, unit: WriteUnit, draw_id: DrawId, kind: str, text: str) -> None:
        file = self._store.files.put(text.encode())
        keep_blob(unit, InspectionId(""), file.sha256, file.sm3, file.size_bytes, _MIME, file.name)
        unit.append("draw_file", derived_id("draw_file", draw_id, kind), {
            "draw": draw_id, "kind": kind, "sha256": file.sha256, "size_bytes": file.size_bytes,
            "made_at": to_ms(self._store.now()),
        })  # fmt: skip


def _stands_by(row: Any, old: Any) -> bool:
    return bool(row.reserve and not row.used and row.plan_group == old.plan_group)


def _in_ms(at: dt.datetime) -> dt.datetime:
    """Return an instant as it is stored, so that what is shown stays the same."""
    return from_ms(to_ms(at))


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("draw.reason_missing")
    return text.strip()
