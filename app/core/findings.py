"""Findings (违规事实): suspected irregularities with their amounts; the program never decides guilt."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.core.ids import EvidenceId, FindingId, InspectionId


@dataclass(frozen=True, slots=True)
class Finding:
    """One irregularity as noted on site.

    Attributes:
        violation: Code of the violation dictionary (`V07`); `title` as printed at the time.
        persons: Number of people concerned (涉及人数), `cases` number of cases or items (例次).
        amount_cny: Sum at issue, two decimals, never negative; None where no amount is at issue.
        basis: Legal grounds as printed.
        items: Targets `<template>/<item code>`.
        evidence: Numbers in the evidence list.
        proofs: Which pieces those numbers meant when the finding was read: the list may be put in another order since.
        opinion: The party's view: empty, `agree` (无异议) or `object` (有异议), with `opinion_text`.
    """

    id: FindingId
    inspection: InspectionId
    violation: str
    title: str
    facts: str = ""
    persons: int | None = None
    cases: int | None = None
    amount_cny: Decimal | None = None
    period_from: dt.date | None = None
    period_to: dt.date | None = None
    basis: str = ""
    calculation: str = ""
    items: tuple[str, ...] = ()
    evidence: tuple[int, ...] = ()
    opinion: str = ""
    opinion_text: str = ""
    proofs: tuple[tuple[int, EvidenceId], ...] = ()
