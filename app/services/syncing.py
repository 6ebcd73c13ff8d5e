"""Sync: enrol this laptop, send what is pending, take in what others sent, and say what the server has."""

import logging
import platform
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.core.clock import from_ms, monotonic, now, to_ms
from app.core.errors import Refused
from app.core.ids import random_bytes, unguessable_id
from app.core.outcome import Change, Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.core.syncing import (
    ConflictLine,
    Enrolment,
    Network,
    Receipt,
    RecordReceipt,
    RunLine,
    SyncPolicy,
    SyncReport,
    SyncStatus,
)
from app.core.turns import quick_turns
from app.db import sync_refused
from app.db.repos import conflicts
from app.db.tables import OPEN, PREVIEW, SETTLED
from app.services import mates, sync_conflicts, sync_runs, sync_wall
from app.services.checkpoints import Checkpoints
from app.services.courier import VaultCourier
from app.services.lease_guard import REVOKED
from app.services.memberships import AttentiveDoor, Memberships
from app.services.pacing import Pacer
from app.services.pades_trust import SigningTrust
from app.services.store import Store
from app.services.sync_conflicts import Question, no_question
from app.services.sync_local import HELD, LocalSide, holds_originals
from sync.client.engine import Engine, digest_due
from sync.client.enrol import Applicant, enrol
from sync.client.http import Credentials, ServerDoor, address
from sync.client.runs import Cancel, Failure, SyncResult
from sync.client.store import Step
from sync.client.wire import STREAMS, Wire
from sync.protocol.errors import SyncError

log = logging.getLogger(__name__)
_ALL = frozenset({Change("sync", "")})
_PULLED = ("task", "inspection", "institution", "person", "document")
_UNREACHED = ("http.unreachable", "http.not_yanfang", "http.certificate", "http.certificate_date")
_KIB = 1024
_REFUSALS = 4  # so often in one run a server without room for files is asked for it


class SyncFailed(Refused):
    """A run that ended early; `retryable` says whether it may work later. What was reached is kept."""

    def __init__(self, code: str, *, again: bool, **params: str | int) -> None:
        super().__init__(code, **params)
        self.retryable = again


class SyncService:
    """Everything about the central server; works without one.

    Args:
        question: Gives the question of a template's item, for conflicts.
        members: Knows the person behind this laptop; made where None is given.
        after: What else is asked of the server once everything was exchanged; it says whether there is more to send then.
    """

    def __init__(
        self,
        store: Store,
        wall_ms: Callable[[], int] | None = None,
        question: Question = no_question,
        members: Memberships | None = None,
        after: Sequence[Callable[[ServerDoor], bool]] = (),
    ) -> None:
        self._store = store
        self._wall_ms = wall_ms or (lambda: to_ms(now()))
        self._members = members or Memberships(store, self._wall_ms)
        self._question = question
        self._after = after
        self._checkpoints = Checkpoints(store)
        self._trust = SigningTrust(store)
        self._network = Network.UNKNOWN
        self._turn = threading.Lock()
        self._wire: Wire | None = None
        self._is_careful = False

    @property
    def is_enrolled(self) -> bool:
        """Whether there is a server, or one that was asked to let this laptop in."""
        with self._store.db.read() as unit:
            has_server = unit.sql("SELECT server FROM sync_self")[0].server is not None
        return has_server or self._members.is_asking

    def status(self) -> SyncStatus:
        """Return the counts of the pill and the page."""
        with self._store.db.read() as unit:
            who = unit.sql("SELECT device, server, enrolled_at, clock_off_ms FROM sync_self")[0]
            pending = unit.sql(f"SELECT count(*) AS n FROM sync_op WHERE {OPEN} AND tbl <> 'custody'")[0].n
            refused = sync_refused.open_count(unit)
            by_packet = bool(unit.sql("SELECT 1 FROM packet_peer WHERE is_server = 1")) and not who.server
            undecided = len(conflicts.open_lines(unit))
            policy = sync_runs.policy(unit)
            files = unit.sql(
                "SELECT coalesce(sum(state IN ('local', 'uploading')), 0) AS n,"
                " coalesce(sum(CASE WHEN state IN ('local', 'uploading') THEN size_bytes END), 0) AS size,"
                f" coalesce(sum(state IN ('local', 'uploading') AND {HELD}), 0) AS originals,"
                " coalesce(sum(state IN ('missing', 'damaged')), 0) AS lost, coalesce(sum(state = 'want'), 0) AS absent"
                f" FROM sync_blob WHERE priority <> {PREVIEW} AND state IN ('local', 'uploading', 'want', 'missing', 'damaged')"
            )[0]
            good = unit.sql("SELECT max(ended_at) AS at FROM sync_run WHERE error IS NULL")[0].at
            last = next(iter(unit.sql("SELECT error, started_at, again FROM sync_run ORDER BY n DESC LIMIT 1")), None)
        error = last.error if last else None
        return SyncStatus(
            enrolment=Enrolment(who.server, who.device, from_ms(who.enrolled_at)) if who.server else None,
            pending=pending,
            refused=refused,
            conflicts=undecided,
            files_pending=files.n,
            files_pending_bytes=files.size,
            last_success_at=from_ms(good) if good else None,
            last_error=error,
            offset_ms=who.clock_off_ms,
            files_held=files.originals if holds_originals(policy, self._network) else 0,
            files_lost=files.lost,
            files_absent=files.absent,
            offline_since=from_ms(last.started_at) if last and error in _UNREACHED else None,
            stuck=error if last and not last.again else None,
            policy=policy,
            by_packet=by_packet,
        )

    def policy(self) -> SyncPolicy:
        """Return how this laptop syncs by itself."""
        with self._store.db.read() as unit:
            return sync_runs.policy(unit)

    def set_policy(self, policy: SyncPolicy) -> Outcome[SyncPolicy]:
        """Sync in another way from now on."""
        with self._store.db.write() as unit:
            sync_runs.set_policy(unit, policy)
            return Outcome(policy, unit.changed | _ALL)

    def set_network(self, network: Network) -> None:
        """Take up what the system says of the network."""
        self._network = network

    def enrol(self, server_url: str, code: str) -> Outcome[Enrolment]:
        """Register this laptop with a one-time code.

        Raises:
            SyncError: What the server or the network says, with its code.
        """
        url = address(server_url)
        with self._store.db.read() as unit:
            device = unit.sql("SELECT device FROM sync_self")[0].device
        applicant = Applicant(device, self._store.db.writer.key, platform.node() or device)
        with ServerDoor(url, self._wall_ms, unguessable_id) as door:
            me = enrol(door, code.strip(), applicant)
            door.credentials = Credentials(device, applicant.key, me.server)
            if not me.needs_login:  # otherwise colleagues are asked for by the first run after that
                mates.learn_cards(self._store.db, door, me.epoch, self._store.now())
        at = self._store.now()
        with self._store.db.write() as unit:
            unit.local("UPDATE sync_self SET server = ?, server_key = ?, enrolled_at = ?", (url, me.server, to_ms(at)))
            unit.custody("enrolled", device, server=me.server)
            changed = unit.changed
        self._members.withdraw()
        self._members.take(me)
        return Outcome(Enrolment(url, device, at), changed | _ALL)

    def run(self, report: Report = silent, cancel: CancelToken | None = None) -> Outcome[SyncReport]:
        """Send and take in everything there is; text before files. Safe to stop and to begin again; one at a time.

        A laptop that has asked to be let in asks again instead, and goes on once somebody has let it in.

        Raises:
            Refused: `sync.not_enrolled`.
            SyncFailed: With the code of what ended the run; everything done so far is kept.
        """
        with self._turn, quick_turns():
            return self._run(report, cancel or CancelToken())

    def abort(self) -> None:
        """Close the connection, of a run that stands still too, which then ends by itself; any thread."""
        wire = self._wire
        if wire is not None:
            wire.close()

    def _run(self, report: Report, token: CancelToken) -> Outcome[SyncReport]:
        if self._members.is_asking and not self._let_in():
            return Outcome(SyncReport(0, 0, 0, 0, 0, is_complete=True), _ALL)
        url, key = self._members.credentials()
        db = self._store.db
        with db.read() as unit:
            policy = sync_runs.policy(unit)
        local = LocalSide(db, policy, self._network)
        self._want_lost(local)
        pace = Pacer(policy.rate_kib * _KIB, monotonic, time.sleep, Cancel(lambda: token.is_cancelled).check)
        courier = VaultCourier(local, db, self._store.files, pace)
        courier.tidy()
        door = AttentiveDoor(url, self._wall_ms, unguessable_id, key)
        door.wire, door.streams = self._wire_to(url), STREAMS
        engine = Engine(
            door, local, unguessable_id, courier, courier,
            progress=lambda step: report(_progress(step)), is_cancelled=lambda: token.is_cancelled,
            is_digest_due=lambda last: digest_due(last, door.wall_ms(), _roll()), is_careful=self._is_careful,
        )  # fmt: skip
        began = to_ms(self._store.now())
        mates.before_run(db, door, self._store.now())
        result = engine.run()
        refusals = int(engine.is_careful)
        while refusals < _REFUSALS and local.next_slice() and result.failure is None:
            result = _sum(result, engine.run())
            refusals += engine.is_careful
        if result.failure is None and not result.is_cancelled:
            came = [ask(door) for ask in self._after]
            result = _sum(result, engine.run()) if any(came) else result
        self._is_careful = refusals > 0
        result = self._attend(door, result)
        log.info(
            "sync.run reached=%s sent=%s pulled=%s files=%s refused=%s failure=%s", result.reached, result.lines_sent,
            result.lines_pulled, result.files_sent, result.refused, result.failure.code if result.failure else "",
        )  # fmt: skip
        with self._store.db.write() as unit:
            sync_runs.note(unit, result, began, to_ms(self._store.now()))
        return _judged(result)

    def _wire_to(self, url: str) -> Wire:
        """Return the connection to the server, which is kept between runs: a run with nothing to do is one round trip."""
        if self._wire is None or self._wire.url != url:
            self.abort()
            self._wire = Wire(url, self._wall_ms)
        return self._wire

    def _let_in(self) -> bool:
        try:
            return self._members.poll()
        except SyncError as problem:
            raise SyncFailed(problem.code, again=problem.retryable, **problem.params) from problem

    def _attend(self, door: AttentiveDoor, result: SyncResult) -> SyncResult:
        """Take up what the run told of the person; a connection that breaks now is tried again by the next run.

        From a laptop that it has locked out the server takes lines as evidence alone: then the run has failed.
        """
        try:
            self._members.attend(door, result.failure.code if result.failure else None)
            if result.failure is None and not result.is_cancelled:
                self._checkpoints.learn(door, at_once=self._checkpoints.hear(result.log_head))
                self._trust.refresh()
        except SyncError as problem:
            log.warning("sync.attend code=%s", problem.code)
            if problem.code == REVOKED:
                return replace(result, failure=Failure(problem.code, problem.params, problem.retryable))
        finally:
            door.close()
        return result

    def _want_lost(self, local: LocalSide) -> None:
        """Ask for files that the server has receipted and that are gone from this laptop's folder."""
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT sha256, stored FROM sync_blob WHERE state = 'remote' AND stored IS NOT NULL")
        for row in rows:
            if not self._store.files.has(row.stored):
                log.warning("sync.file_lost")
                local.file_lost(row.sha256)

    def ask_for(self, sha256: str) -> Outcome[None]:
        """Fetch a file of another laptop before all others, on whatever network."""
        with self._store.db.write() as unit:
            unit.local("UPDATE sync_blob SET priority = 0 WHERE sha256 = ? AND state = 'want'", (sha256,))
            return Outcome(None, unit.changed | _ALL)

    def delivered(self) -> tuple[int, int]:
        """Return how many lines and files of this laptop the server has receipted."""
        with self._store.db.read() as unit:
            lines = unit.sql(f"SELECT count(*) AS n FROM sync_op WHERE {SETTLED} AND state = 'done'")[0].n
            files = unit.sql(f"SELECT count(*) AS n FROM sync_blob WHERE state = 'remote' AND priority <> {PREVIEW}")[0].n
        return lines, files

    def receipts(self) -> tuple[RecordReceipt, ...]:
        """Return, per inspection, where its lines and files are proven to be and what the rest waits for."""
        status = self.status()
        with self._store.db.read() as unit:
            return sync_wall.records(unit, status)

    def files(self, inspection: str | None = None) -> tuple[Receipt, ...]:
        """Return every file, or those of one inspection, and where each is proven to be."""
        status = self.status()
        with self._store.db.read() as unit:
            return sync_wall.files(unit, status, inspection)

    def lines(self, inspection: str) -> tuple[Receipt, ...]:
        """Return every line this laptop wrote for one inspection, newest first, and where each is proven to be."""
        status = self.status()
        with self._store.db.read() as unit:
            return sync_wall.lines(unit, status, inspection)

    def runs(self, limit: int = 500) -> tuple[RunLine, ...]:
        """Return the newest runs, newest first."""
        with self._store.db.read() as unit:
            return sync_runs.newest(unit, limit)

    def conflicts(self) -> tuple[ConflictLine, ...]:
        """Return open conflicts: what stands and what was put aside, with who and when."""
        with self._store.db.read() as unit:
            return sync_conflicts.undecided(unit, self._question, self._store.me)

    def decided(self) -> tuple[ConflictLine, ...]:
        """Return settled conflicts, newest first: no value put aside is ever out of reach."""
        with self._store.db.read() as unit:
            return sync_conflicts.decided(unit, self._question, self._store.me)

    def resolve(self, conflict_id: str, keep: str, value: str | None = None) -> Outcome[None]:
        """Close a conflict: keep what stands (`current`), take what was put aside (`other`), or a third one (`new`).

        Args:
            value: The third value as text; amounts in yuan.

        Raises:
            Refused: `conflict.unknown`, `conflict.value`, `record.locked` where a signed row would change.
        """
        at = to_ms(self._store.now())
        with self._store.db.write() as unit:
            sync_conflicts.resolve(unit, conflict_id, keep, value, at)
            return Outcome(None, unit.changed | _ALL)


def _judged(result: SyncResult) -> Outcome[SyncReport]:
    if result.failure is not None and not result.is_cancelled:
        raise SyncFailed(result.failure.code, again=result.failure.retryable, **result.failure.params)
    done = SyncReport(
        pushed=result.lines_sent,
        pulled=result.lines_pulled,
        files_sent=result.files_sent,
        files_received=result.files_fetched,
        refused=result.refused,
        is_complete=result.is_complete,
        files_at_work=result.files_at_work,
    )
    changed = _ALL
    if result.lines_pulled:
        changed |= {Change(table, "") for table in _PULLED}
    if result.files_fetched:
        changed |= {Change("evidence", "")}
    return Outcome(done, changed)


def _sum(one: SyncResult, more: SyncResult) -> SyncResult:
    names = (
        "lines_sent", "lines_pulled", "receipts", "refused", "conflicts", "requeued", "lines_resupplied", "rows_pulled",
        "incidents", "files_sent", "files_fetched", "files_at_work", "bytes_up", "bytes_down",
    )  # fmt: skip
    sums = {name: getattr(one, name) + getattr(more, name) for name in names}
    return replace(more, **sums, file_failures=one.file_failures + more.file_failures)


def _roll() -> float:
    """Return a number from 0 to 1."""
    return int.from_bytes(random_bytes(4)) / 0xFFFF_FFFF


def _progress(step: Step) -> Progress:
    return Progress(step.name, step.done, step.total)
