"""Check what was exported, by this program or by anyone's: the stand-alone checks, and what only the program can tell."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from app.core.clock import now
from app.core.errors import Refused
from app.services.bundles.archive import listed
from forms.errors import UnreadablePdf
from forms.manifest import page_digests
from forms.pades.trust import Anchors
from forms.verify import verify as verify_pages
from resources.verify import yanfang_verify as checks


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one file.

    Attributes:
        is_good: None where nothing could be compared.
        failed: Cause (`text`, `stroke`, `order`, `photo`, `manifest`, `chain`, `signature`, `checkpoint`, `update`, `file`,
            `seal`, `key`, `font`, `unreadable`) and sentence, the most telling first.
    """

    file: str
    kind: str
    title: str
    is_good: bool | None
    failed: tuple[tuple[str, str], ...]
    passed: tuple[str, ...]
    notes: tuple[str, ...]
    told: str


_TELLING = ("checkpoint", "chain", "signature", "order", "stroke", "text", "photo", "font", "update", "key", "manifest", "file")


def verify(paths: list[Path], keys: Path | None = None, code: str = "") -> tuple[Verdict, ...]:
    """Check files; photos are looked for among the evidence of the documents given with them.

    Args:
        keys: A text with the public keys that the authority has published, one a line.
        code: Content of the QR code on a copy.

    Raises:
        Refused: `verify.keys` where the file of keys cannot be read.
    """
    try:
        known = checks.known_keys(keys.read_text("utf-8")) if keys is not None else set()
    except (OSError, ValueError) as error:
        raise Refused("verify.keys", file=str(keys)) from error
    reports = checks.check_all(paths, known, code)
    for one in reports:
        _look_closer(one)
        _look_at_stamps(one)
    return tuple(_verdict(one) for one in reports)


def exit_code(verdicts: tuple[Verdict, ...]) -> int:
    """Return 1 where something is not as it was, 3 where something could not be compared, else 0."""
    if any(one.is_good is False for one in verdicts):
        return 1
    return 0 if all(one.is_good for one in verdicts) else 3


def _look_closer(report: checks.Report) -> None:
    """Compare the glyphs drawn with those of the shipped faces, also in what was appended, and judge signatures by certificate."""
    if report.kind != "文书" or report.failed:
        return
    from forms.pades.validation import validate

    try:
        pdf = Path(report.file).read_bytes()
        expected = [content for content, _ in page_digests(pdf[: _sealed_length(pdf)])]
        told = validate(pdf, Anchors(), now()).signatures
        pages = verify_pages(pdf, expected, {one.field for one in told if one.is_intact}).pages
    except UnreadablePdf:
        return
    for one in told:
        if one.shows and one.is_intact and one.certificate is not None:
            report.notes.append(f"文书上显示有「{one.certificate.name}」签名所带的印章图样，请与本机关公布的印章和证书核对")
    broken = [one.field for one in told if not one.is_intact]
    report.check(not broken, "signature", "", f"数字签名 {'、'.join(broken)} 已损坏")
    strange = [page.number for page in pages if {"font", "picture"} & set(page.problems)]
    report.check(not strange, "font", "字形与验方所用字库一致", f"第 {'、'.join(map(str, strange))} 页的字形不是验方所用字库的字形")
    covered = [page.number for page in pages if set(page.problems) - {"font", "picture"}]
    report.check(not covered, "update", "", f"第 {'、'.join(map(str, covered))} 页上被加了不属于数字签名的内容")


def _look_at_stamps(report: checks.Report) -> None:
    """Compare what time-stamps over the server's log were put on with the heads they came with."""
    if report.failed or report.kind not in ("文书", "案卷"):
        return
    path = Path(report.file)
    if report.kind == "案卷":
        heads = listed(path)["checkpoints"]
    else:
        pdf = path.read_bytes()
        heads = [one.get("checkpoint") for one in json.loads(checks.Pdf(pdf[: _sealed_length(pdf)]).manifest())["documents"]]
    for head in heads:
        if head is None or not head.get("token"):
            continue
        is_its_own = hashlib.sha256(head["note"].encode()).digest() in base64.b64decode(head["token"])
        good = "服务器检查点带有时间戳，盖的正是这个检查点"
        report.check(is_its_own, "checkpoint", good, "时间戳盖的不是这个检查点")


def _sealed_length(pdf: bytes) -> int:
    found = checks.SEAL.search(pdf)
    return int(found[1]) if found else len(pdf)


def _verdict(one: checks.Report) -> Verdict:
    failed = sorted(one.failed, key=lambda given: _TELLING.index(given[0]) if given[0] in _TELLING else len(_TELLING))
    is_good = False if one.failed else True if one.is_decided else None
    return Verdict(one.file, one.kind, one.title, is_good, tuple(failed), tuple(one.passed), tuple(one.notes), checks.told(one))
