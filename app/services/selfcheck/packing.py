"""The two files of a self-check: the package that goes out, and what comes back. Both are sealed ZIP files that anyone can open.

They are built and checked as cases are (`app.services.bundles.archive`): a list of all files with their digests, and a seal
over it and over every byte that is in no file. `yanfang verify` and the stand-alone verifier check them too.
"""

import datetime as dt
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import Refused
from app.core.self_checks import Filled, GivenFile, Package
from app.services.bundles.archive import CaseWriter
from app.services.selfcheck.codec import Malformed, dump, load
from app.services.written import exported
from forms.manifest import Sealer, canonical
from resources.verify import yanfang_verify as checks
from resources.verify.yanfang_verify import LIST
from sync.protocol.admission import fingerprint

PACKAGE, FORM, README = "自查包.json", "自查表.xlsx", "使用说明.txt"
RESULT, REPORT, PROOFS = "自查结果.json", "自查报告.pdf", "佐证/"
_ASKS, _GIVES = "yanfang.self-check/1", "yanfang.self-check-return/1"
_MOST_JSON = 64 << 20
_MOST_FILES = 20_000
_KINDS = frozenset((
    ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".pdf", ".ofd", ".xlsx", ".xls", ".et", ".csv", ".docx",
    ".doc", ".wps", ".txt", ".mp4", ".mp3", ".m4a", ".wav",
))  # fmt: skip
_MOST_PROOF = 500 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A package that was read and found whole. `digest` is of `content`, its exact JSON; `key` sealed it (hex)."""

    package: Package
    content: bytes
    digest: str
    key: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back. `asked` is the package it answers, as it lies inside; `digest` is of the whole file."""

    asked: Asked
    filled: Filled
    digest: str
    key: str
    filled_at: dt.datetime


def package_bytes(package: Package) -> bytes:
    """Return the exact JSON of a package."""
    return canonical({"format": _ASKS, "package": dump(package)})


def read_package(content: bytes) -> Package:
    """Return the package of its JSON.

    Raises:
        Refused: `selfcheck.damaged`.
    """
    found: Package = _read(content, _ASKS, "package", Package)
    return found


def write_package(to: Path, content: bytes, form: bytes, readme: str, title: str, sealer: Sealer) -> None:
    """Write the file that an institution gets, whole or not at all.

    Raises:
        Refused: `document.export_failed`.
    """
    with exported(to) as part, CaseWriter(part) as box:
        for name, body in ((PACKAGE, content), (FORM, form), (README, readme.encode("utf-8-sig"))):
            box.add(name, [body], len(body), "file")
        box.finish({"format": _ASKS, "title": title, "absent": [], "checkpoints": []}, sealer)


def write_return(
    to: Path,
    asked: bytes,
    filled: Filled,
    filled_at: dt.datetime,
    report: bytes,
    files: Iterable[tuple[GivenFile, Iterable[bytes]]],
    title: str,
    sealer: Sealer,
) -> None:
    """Write the file that an institution gives back, whole or not at all.

    Raises:
        Refused: `document.export_failed`.
    """
    answer = canonical(
        {"format": _GIVES, "package": hashlib.sha256(asked).hexdigest(), "filled_at": filled_at.isoformat(), "filled": dump(filled)}
    )
    with exported(to) as part, CaseWriter(part) as box:
        for name, body in ((PACKAGE, asked), (RESULT, answer), (REPORT, report)):
            box.add(name, [body], len(body), "file")
        for one, pieces in files:
            box.add(PROOFS + one.sha256, pieces, one.size_bytes, "file", name=one.file_name)
        box.finish({"format": _GIVES, "title": title, "absent": [], "checkpoints": []}, sealer)


def open_package(path: Path) -> Asked:
    """Read a package.

    Raises:
        Refused: `selfcheck.not_a_package`, `selfcheck.tampered`, `selfcheck.damaged`, `selfcheck.is_a_return` for what an
            institution gave back.
    """
    with _checked(path) as (box, key):
        names = set(box.namelist())
        if RESULT in names:
            raise Refused("selfcheck.is_a_return", file=path.name)
        content = _body(box, PACKAGE)
        return Asked(read_package(content), content, hashlib.sha256(content).hexdigest(), key)


def open_return(path: Path) -> Returned:
    """Read what an institution gave back; its files are read by `files_of`.

    Raises:
        Refused: `selfcheck.not_a_package`, `selfcheck.tampered`, `selfcheck.damaged`, `selfcheck.is_a_package` for what was
            never filled in, `selfcheck.foreign` where the answers belong to another package than the one inside.
    """
    with _checked(path) as (box, key):
        names = set(box.namelist())
        if RESULT not in names:
            raise Refused("selfcheck.is_a_package", file=path.name)
        content, answer = _body(box, PACKAGE), _body(box, RESULT)
        asked = Asked(read_package(content), content, hashlib.sha256(content).hexdigest(), "")
        filled = _read(answer, _GIVES, "filled", Filled)
        tree = json.loads(answer)
        if tree.get("package") != asked.digest:
            raise Refused("selfcheck.foreign", file=path.name, mark=fingerprint(key))
        sizes = {one.filename: one.file_size for one in box.infolist()}
        for one in filled.files:
            if sizes.get(PROOFS + one.sha256) != one.size_bytes:
                raise Refused("selfcheck.damaged", reason=f"{one.file_name}: size")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Returned(asked, filled, digest, key, _instant(tree.get("filled_at")))


@contextmanager
def proofs_in(path: Path) -> Iterator[zipfile.ZipFile]:
    """Give the archive of a file that `open_return` has read; its proofs are `PROOFS` + SHA-256."""
    with zipfile.ZipFile(path) as box:
        yield box


def check_proof(name: str, size: int) -> None:
    """Require that a proof is of a kind that an office can open and keep: no program, no page, nothing endless.

    Raises:
        Refused: `selfcheck.proof_kind`, `selfcheck.too_large`.
    """
    if Path(name).suffix.lower() not in _KINDS:
        raise Refused("selfcheck.proof_kind", file=name)
    if size > _MOST_PROOF:
        raise Refused("selfcheck.too_large", file=name, most=_MOST_PROOF >> 20)


def is_form(path: Path) -> bool:
    """Return whether a file is a workbook and no sealed file."""
    try:
        with zipfile.ZipFile(path) as box:
            return "xl/workbook.xml" in box.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


@contextmanager
def _checked(path: Path) -> Iterator[tuple[zipfile.ZipFile, str]]:
    """Give the archive whose every byte was checked, and the key that sealed it."""
    report = checks.check(path, set())
    if report.kind != "案卷":
        raise Refused("selfcheck.not_a_package", file=path.name)
    if report.failed:
        is_ours = any(cause != "unreadable" for cause, _ in report.failed)
        code = "selfcheck.tampered" if is_ours else "selfcheck.not_a_package"
        raise Refused(code, file=path.name, reason=report.failed[0][1])
    with zipfile.ZipFile(path) as box:
        seal = checks.SEAL.fullmatch(box.comment)
        listed = box.infolist()
        is_plain = all(one.compress_type == zipfile.ZIP_STORED and not one.flag_bits & 1 for one in listed)
        is_single = len({one.filename for one in listed}) == len(listed) <= _MOST_FILES
        if seal is None or not is_plain or not is_single or LIST not in box.namelist():
            raise Refused("selfcheck.tampered", file=path.name, reason="")
        yield box, seal[4].decode()


def _body(box: zipfile.ZipFile, name: str) -> bytes:
    try:
        if box.getinfo(name).file_size > _MOST_JSON:
            raise Refused("selfcheck.damaged", reason=name)
        return box.read(name)
    except KeyError as error:
        raise Refused("selfcheck.not_a_package", file=name) from error


def _instant(said: object) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(str(said))
    except ValueError as error:
        raise Refused("selfcheck.damaged", reason="filled_at") from error
    if found.tzinfo is None:
        raise Refused("selfcheck.damaged", reason="filled_at")
    return found


def _read(content: bytes, wanted: str, name: str, kind: Any) -> Any:
    try:
        tree = json.loads(content)
        if not isinstance(tree, dict) or tree.get("format") != wanted:
            raise Malformed("format")
        return load(kind, tree.get(name), name)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, Malformed) else type(error).__name__
        raise Refused("selfcheck.damaged", reason=reason[:120]) from error
