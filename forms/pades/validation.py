"""Judging the signatures of a PDF: who, when, how well proved, and what is wrong. Never ends in an error for a broken file."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asn1crypto import ocsp, tsp
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.status import SignatureCoverageLevel

from forms import verify as pages
from forms.pades.certificates import Certificate, described
from forms.pades.errors import NotSignable
from forms.pades.judging import Judge
from forms.pades.reading import BROKEN, embedded, opened
from forms.pades.reports import Level, Problem, Report, Verdict
from forms.pades.trust import Anchors, Trust

_TOLERANCE = dt.timedelta(minutes=10)
_WEAK = frozenset({"md2", "md5", "sha1"})


@dataclass(frozen=True, slots=True)
class _Token:
    """A time-stamp: its time if it holds, whose it is, and what is wrong with it."""

    at: dt.datetime | None
    certificate: Any
    trust: Trust
    problems: tuple[Problem, ...]
    is_checked: bool


def validate(pdf: bytes, anchors: Anchors, now: dt.datetime) -> Report:
    """Judge every signature of a file.

    Args:
        now: What B-B signatures and the last time-stamp are judged by.
    """
    try:
        reader = opened(pdf)
        found = embedded(reader)
    except NotSignable as error:
        reason = str(error.params["reason"])
        return Report((), reason if reason in ("no_pdf", "encrypted") else "broken")
    brought = _brought(reader)
    judge = Judge(anchors, brought.certificates, brought.lists, brought.ocsps)
    own = judge.alone(brought.lists)
    verdicts: dict[int, Verdict] = {}
    # From the last backwards: a time-stamp proves that what it covers was there while its own certificates still stood.
    bound = now
    is_stamped = is_archived = False
    for index in range(len(found) - 1, -1, -1):
        one = found[index]
        try:
            if one.sig_object_type == "/DocTimeStamp":
                verdict = _stamp_verdict(one, judge, bound)
                # One that nobody we trust has set could be dated back behind a revocation.
                if verdict.stamped_at is not None and verdict.is_valid:
                    bound, is_stamped = verdict.stamped_at, True
                    is_archived |= "/DSS" in reader.get_historical_root(one.signed_revision)
            else:
                verdict = _verdict(
                    one, judge, own, bound, now, is_stamped=is_stamped, is_archived=is_archived
                )
        except BROKEN:
            verdict = _unreadable(one)
        verdicts[index] = verdict
    return Report(tuple(_in_order([verdicts[index] for index in range(len(found))])))


def _verdict(
    one: Any,
    judge: Judge,
    own: Judge,
    bound: dt.datetime,
    now: dt.datetime,
    *,
    is_stamped: bool,
    is_archived: bool,
) -> Verdict:
    problems = list(_integrity(one))
    names = generic_cms.extract_certs_for_validation(one.signed_data)
    certificate, others = names.signer_cert, list(names.other_certs)
    facts = described(certificate)
    intact, genuine = generic_cms.validate_sig_integrity(
        one.signer_info, certificate, "data", one.compute_digest()
    )
    problems += [] if intact else [Problem.CHANGED]
    problems += [] if genuine else [Problem.FORGED]
    if one.md_algorithm in _WEAK:
        problems.append(Problem.WEAK)
    token = _signature_stamp(one, judge, bound)
    stamped = (
        token.at if token is not None and not token.problems and token.trust is not Trust.UNKNOWN else None
    )
    if token is not None and token.problems:
        problems.append(Problem.STAMP)
    # A time-stamp over the whole document proves the time as well (EN 319 142-1, 6.3), only later.
    proved = stamped or (bound if is_stamped else None)
    at = proved or now
    standing = judge.standing(certificate, at, more=others)
    problems += [Problem(name) for name in standing.problems]
    if not facts.may_sign:
        problems.append(Problem.KEY_USAGE)
    claimed = one.self_reported_timestamp
    problems += _clock(claimed, stamped, facts, now)
    level = Level.B_B
    if proved is not None:
        level = Level.B_T
        if own.standing(certificate, at, more=others).is_checked and _is_proved(token, own, bound, others):
            level = Level.B_LTA if is_archived else Level.B_LT
    return Verdict(
        one.field_name, facts, claimed, proved, at, level, standing.trust, tuple(dict.fromkeys(problems)),
        standing.is_checked, shows=_shows(one),
    )  # fmt: skip


def _stamp_verdict(one: Any, judge: Judge, bound: dt.datetime) -> Verdict:
    problems = list(_integrity(one))
    token = _token(one.signed_data, one.compute_digest, judge, bound)
    problems += token.problems
    level = Level.B_LTA if not problems and token.trust is not Trust.UNKNOWN else Level.B_T
    return Verdict(
        one.field_name, described(token.certificate), None, token.at, bound, level, token.trust,
        tuple(dict.fromkeys(problems)), token.is_checked, is_stamp=True, shows=_shows(one),
    )  # fmt: skip


def _integrity(one: Any) -> Iterator[Problem]:
    one.compute_integrity_info()
    said = one.summarise_integrity_info()
    if said["coverage"] < SignatureCoverageLevel.ENTIRE_REVISION or not said["docmdp_ok"]:
        yield Problem.CHANGED_AFTER


def _signature_stamp(one: Any, judge: Judge, bound: dt.datetime) -> _Token | None:
    def imprint(algorithm: str) -> bytes:
        return hashlib.new(algorithm, one.signer_info["signature"].native).digest()

    tokens = []
    try:
        tokens = list(generic_cms.extract_tst_data_iter(one.signer_info, signed=False))
    except LookupError:  # no such attribute
        return None
    return _token(tokens[0], imprint, judge, bound) if tokens else None


def _token(signed: Any, imprint: Callable[[str], bytes], judge: Judge, bound: dt.datetime) -> _Token:
    info = signed["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise ValueError("no time-stamp")
    names = generic_cms.extract_certs_for_validation(signed)
    certificate = names.signer_cert
    signer = signed["signer_infos"][0]
    content = bytes(signed["encap_content_info"]["content"])
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content).digest()
    intact, genuine = generic_cms.validate_sig_integrity(signer, certificate, "tst_info", digest)
    problems = [] if genuine and intact else [Problem.FORGED]
    said = info["message_imprint"]
    if imprint(said["hash_algorithm"]["algorithm"].native) != said["hashed_message"].native:
        problems.append(Problem.CHANGED)
    purposes = certificate.extended_key_usage_value
    if (
        purposes is None
        or purposes.native != ["time_stamping"]
        or "extended_key_usage" not in certificate.critical_extensions
    ):
        problems.append(Problem.KEY_USAGE)
    standing = judge.standing(certificate, bound, more=names.other_certs)
    problems += [Problem(name) for name in standing.problems]
    at = info["gen_time"].native
    if at > bound + _TOLERANCE:
        problems.append(Problem.CLOCK)
    return _Token(at, certificate, standing.trust, tuple(problems), standing.is_checked)


def _is_proved(token: _Token | None, own: Judge, bound: dt.datetime, others: list[Any]) -> bool:
    return token is None or own.standing(token.certificate, bound, more=others).is_checked


def _clock(
    claimed: dt.datetime | None, stamped: dt.datetime | None, certificate: Certificate, now: dt.datetime
) -> Iterator[Problem]:
    if claimed is None:
        return
    if stamped is not None and abs(claimed - stamped) > _TOLERANCE:
        yield Problem.CLOCK
    if claimed < certificate.not_before - _TOLERANCE or claimed > now + _TOLERANCE:
        yield Problem.CLOCK
    if claimed > certificate.not_after:
        yield Problem.EXPIRED


def _in_order(verdicts: list[Verdict]) -> Iterator[Verdict]:
    """Name a clock that ran before an earlier signature of the same file."""
    latest: dt.datetime | None = None
    for one in verdicts:
        at = one.stamped_at or one.claimed_at
        if (
            at is not None
            and latest is not None
            and at < latest - _TOLERANCE
            and Problem.CLOCK not in one.problems
        ):
            one = replace(one, problems=(*one.problems, Problem.CLOCK))
        if at is not None:
            latest = at if latest is None else max(latest, at)
        yield one


def _shows(one: Any) -> bool:
    """Tell whether its widget has a surface."""
    rect = one.sig_field.get("/Rect", (0, 0, 0, 0))
    return len(rect) == 4 and rect[0] != rect[2] and rect[1] != rect[3]


def _unreadable(one: Any) -> Verdict:
    return Verdict(
        str(getattr(one, "fq_name", "")),
        None,
        None,
        None,
        None,
        Level.B_B,
        Trust.UNKNOWN,
        (Problem.BROKEN,),
        is_checked=False,
    )


@dataclass(frozen=True, slots=True)
class _Brought:
    certificates: tuple[Any, ...] = ()
    lists: tuple[bytes, ...] = ()
    ocsps: tuple[Any, ...] = ()


def _brought(reader: Any) -> _Brought:
    """Return what the file itself brings to judge by (DSS)."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        lists = tuple(one.get_object().read_data(DecodePurpose.CRL) for one in store.crls)
        answers = tuple(one.get_object().read_data(DecodePurpose.OCSP_RESPONSE) for one in store.ocsps)
        return _Brought(tuple(store.load_certs()), lists, tuple(map(ocsp.OCSPResponse.load, answers)))
    except NoDSSFoundError:
        return _Brought()
    except BROKEN:
        return _Brought()


def verify_signed(
    pdf: bytes, expected: Sequence[str], anchors: Anchors, now: dt.datetime
) -> tuple[pages.Verdict, Report]:
    """Compare the pages with the hashes they were signed under, and judge the signatures laid over them.

    A seal that shows on a page counts as part of it only where its signature holds.

    Raises:
        UnreadablePdf: If the bytes are no PDF of this program.
    """
    report = validate(pdf, anchors, now)
    seals = {one.field for one in report.signatures if one.shows and one.is_valid}
    return pages.verify(pdf, expected, seals), report
