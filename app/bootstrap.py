"""The composition root: builds the services over one profile folder."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from app.core.clock import Now, now, to_ms
from app.core.ids import Uuid7, random_bytes, unguessable_id
from app.services.backups import Backups
from app.services.bundles.case import Cases
from app.services.bundles.copies import Copies
from app.services.bundles.sealing import Sealing
from app.services.bundles.volume import Volumes
from app.services.checklists import Checklists
from app.services.coverage import PastChecks
from app.services.doctor import Doctor
from app.services.documents import Documents
from app.services.draws import Draws
from app.services.evidence import EvidenceService
from app.services.findings import Findings
from app.services.inspections import Inspections
from app.services.institutions import Institutions
from app.services.interviews import Interviews
from app.services.leads.register import Leads
from app.services.leads.wall import ReporterWall
from app.services.lease_guard import LeasedStore
from app.services.memberships import Memberships
from app.services.office import OfficeService
from app.services.packets import Packets
from app.services.pades import CertificateSigning
from app.services.pades_keys import Certificates
from app.services.pades_trust import SigningTrust
from app.services.pages import Pages
from app.services.papers.desk import Papers
from app.services.papers.numbers import Numbers
from app.services.people import People
from app.services.plan_papers import PlanPapers
from app.services.plans import Plans
from app.services.receipt_log import ReceiptLog
from app.services.registers.desk import Registers
from app.services.relay import Relay
from app.services.selfcheck.desk import SelfChecks
from app.services.selfcheck.filling import Filling
from app.services.staff import StaffService
from app.services.statistics.desk import Statistics
from app.services.sync_loop import SyncLoop
from app.services.sync_troubles import SyncTroubles
from app.services.syncing import SyncService
from app.services.tasks import Tasks
from app.services.vault import VaultService
from app.settings.dumps import leave_no_dump
from app.settings.key_slots import Costs
from app.settings.machine import machine_id
from app.settings.profile import Profile, find_profile
from app.settings.secrets import find_store
from checklists.registry import Registry
from sync.client.http import ServerDoor
from sync.heap import share_heaps


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a window or a command can ask for. `close` at the end."""

    profile: Profile
    clock: Now
    vault: VaultService
    office: OfficeService
    institutions: Institutions
    registers: Registers
    people: People
    staff: StaffService
    checklists: Checklists
    plans: Plans
    plan_papers: PlanPapers
    draws: Draws
    tasks: Tasks
    leads: Leads
    inspections: Inspections
    evidence: EvidenceService
    findings: Findings
    interviews: Interviews
    documents: Documents
    papers: Papers
    statistics: Statistics
    past_checks: PastChecks
    numbers: Numbers
    certificates: Certificates
    signing_trust: SigningTrust
    certificate_signing: CertificateSigning
    cases: Cases
    copies: Copies
    volumes: Volumes
    self_checks: SelfChecks
    filling: Filling
    memberships: Memberships
    sync: SyncService
    packets: Packets
    relay: Relay
    sync_loop: SyncLoop
    receipt_log: ReceiptLog
    sync_troubles: SyncTroubles
    backups: Backups
    doctor: Doctor

    def close(self) -> None:
        """Lock the store and let the profile go."""
        self.vault.close()


@dataclass(frozen=True, slots=True)
class SelfCheckServices:
    """What an institution gets that checks itself (机构自查): no registers, no server, no papers. `close` at the end."""

    profile: Profile
    clock: Now
    vault: VaultService
    office: OfficeService
    institutions: Institutions
    people: People
    checklists: Checklists
    tasks: Tasks
    inspections: Inspections
    evidence: EvidenceService
    findings: Findings
    interviews: Interviews
    packets: Packets
    filling: Filling
    backups: Backups
    doctor: Doctor

    def close(self) -> None:
        """Lock the store and let the profile go."""
        self.vault.close()


def self_check_services(every: Services) -> SelfCheckServices:
    """Return the part of the services that a self-check needs."""
    return SelfCheckServices(**{one.name: getattr(every, one.name) for one in fields(SelfCheckServices)})


def open_services(
    home: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    clock: Now = now,
    costs: Costs | None = None,
) -> Services:
    """Build the services of a profile; nothing is opened or written yet.

    Args:
        home: Profile folder; the system's usual place where None.
        costs: Only tests pass cheap ones.

    Raises:
        Refused: `profile.unsafe_folder`.
    """
    leave_no_dump()
    share_heaps(1)
    surroundings = os.environ if environ is None else environ
    profile = find_profile(home, surroundings)
    store = LeasedStore(clock, Uuid7())
    vault = VaultService(store, profile, surroundings, costs)
    checklists = Checklists(Registry.load(), store, clock)
    inspections = Inspections(store, checklists)
    tasks = Tasks(store, checklists)
    evidence = EvidenceService(store)
    memberships = Memberships(store, machine_id=machine_id)
    documents = Documents(store, checklists, inspections, evidence)
    numbers = Numbers(store, memberships, lambda url: ServerDoor(url, lambda: to_ms(now()), unguessable_id))
    trust = SigningTrust(store)
    certificates = Certificates(store, lambda: find_store(surroundings, random_bytes).store)
    signing = CertificateSigning(store, certificates, trust, Sealing(store, Pages(store)))
    sync = SyncService(
        store, question=checklists.question, members=memberships, after=(numbers.after_sync, signing.after_sync)
    )
    loop = SyncLoop(sync, _chance)
    store.attend(loop.store_opened, loop.stop)
    packets = Packets(store, profile)
    relay = Relay(store, profile, packets)
    store.attend(lambda: None, relay.close)
    papers = Papers(store, checklists, documents)
    registers = Registers(store)
    return Services(
        profile=profile,
        clock=clock,
        vault=vault,
        office=OfficeService(store),
        institutions=Institutions(store),
        registers=registers,
        people=People(store),
        staff=StaffService(store),
        checklists=checklists,
        plans=Plans(store, checklists),
        plan_papers=PlanPapers(store, papers),
        draws=Draws(store),
        tasks=tasks,
        leads=Leads(store, tasks, ReporterWall(store, random_bytes, costs)),
        inspections=inspections,
        evidence=evidence,
        findings=Findings(store, checklists),
        interviews=Interviews(store, checklists),
        documents=documents,
        papers=papers,
        statistics=Statistics(store, checklists, papers, lambda: registers.divisions),
        past_checks=PastChecks(store),
        numbers=numbers,
        cases=Cases(store),
        copies=Copies(store),
        volumes=Volumes(store),
        certificates=certificates,
        signing_trust=trust,
        certificate_signing=signing,
        self_checks=SelfChecks(store, checklists),
        filling=Filling(store, checklists, vault),
        packets=packets,
        relay=relay,
        memberships=memberships,
        sync=sync,
        sync_loop=loop,
        receipt_log=ReceiptLog(store, sync.status),
        sync_troubles=SyncTroubles(store),
        backups=Backups(store, vault, profile),
        doctor=Doctor(store, vault, profile),
    )


def load_rest() -> None:
    """Load what prints and draws, which opening, saving and syncing do without; nobody waits for it then."""
    from app.media import lettering, preview  # noqa: F401
    from forms.kit import pdf  # noqa: F401


def _chance() -> float:
    """Return a number from 0 to 1."""
    return int.from_bytes(random_bytes(4)) / 0xFFFF_FFFF
