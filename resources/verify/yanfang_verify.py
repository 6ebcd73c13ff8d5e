"""核验验方导出的文书（PDF）、案卷（.yfcase.zip）和照片，不需要安装验方。

用法：python yanfang_verify.py 文件… [--keys 公钥文件] [--code 二维码内容] [--json]
需要 Python 3.11 以上和 cryptography（核对签名用）。退出码：0 全部相符，1 有不符，2 用法有误，3 无法核验。
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

SEAL = re.compile(rb'\{"seal":"yanfang\.seal/1","length":"(\d{12})","sha256":"([0-9a-f]{64})",'
                  rb'"manifest":"([0-9a-f]{64})","key":"([0-9a-f]{64})","sig":"([0-9a-f]{128})"\}')  # fmt: skip
MANIFEST, LIST = b'"format":"yanfang.manifest/1"', "核验/清单.json"


@dataclass
class Report:
    """What was checked of one file: `failed` (cause, sentence), what passed, and what could not be decided."""

    file: str
    kind: str = ""
    title: str = ""
    failed: list[tuple[str, str]] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    evidence: dict[str, str] = field(default_factory=dict)
    is_decided: bool = True

    def check(self, is_good: bool, cause: str, good: str, bad: str) -> bool:
        """Note the outcome of one check."""
        if is_good:
            self.passed += [good] if good else []
        else:
            self.failed.append((cause, bad))
        return is_good


def sha256(data: bytes) -> str:
    """Return the digest as hex."""
    return hashlib.sha256(data).hexdigest()


def canonical(tree: object) -> bytes:
    """Return JSON as it is hashed: keys sorted, no spaces, UTF-8."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signed(key: str, message: bytes, sig: str) -> bool | None:
    """Tell whether the Ed25519 key signed exactly this message; None where nothing is installed that can tell."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(sig), message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Pdf:
    """The objects of a file as the program writes it; of a later revision only what it says of itself."""

    def __init__(self, raw: bytes) -> None:
        start = int(re.findall(rb"startxref\s+(\d+)", raw)[-1])
        entries = re.findall(rb"(\d{10}) \d{5} ([nf])", raw[start:])
        offsets = sorted((int(at), number) for number, (at, kind) in enumerate(entries) if kind == b"n")
        ends = [at for at, _ in offsets[1:]] + [start]
        self.raw = {number: raw[at:end] for (at, number), end in zip(offsets, ends, strict=True)}

    def stream(self, number: int) -> bytes:
        """Return the bytes of a stream, inflated where they are compressed."""
        head, _, rest = self.raw[number].partition(b"stream")
        rest = rest[2:] if rest.startswith(b"\r\n") else rest[1:]
        data = rest[: int(re.findall(rb"/Length (\d+)", head)[-1])]
        return zlib.decompress(data) if b"/FlateDecode" in head else data

    def pages(self) -> Iterator[list[int]]:
        """Give the numbers of the content streams of each page, in order."""
        for kid in _numbers(next(one for one in self.raw.values() if b"/Type /Pages" in one), b"Kids"):
            single = re.search(rb"/Contents (\d+) 0 R", self.raw[kid])  # of the array, in a file as it was written
            yield _numbers(b"/All" + self.raw[int(single[1])].partition(b"obj")[2], b"All") if single else _numbers(self.raw[kid], b"Contents")

    def manifest(self) -> bytes:
        """Return the attached manifest."""
        found = [self.stream(n) for n, one in self.raw.items() if b"/EmbeddedFile" in one[:400] and b"/Flate" in one[:400]]
        return next(one for one in found if MANIFEST in one)

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        """Give the digest by which each picture is named, and its bytes."""
        for one in self.raw.values():
            for name, number in re.findall(rb"/P([0-9a-f]{64}) (\d+) 0 R", one.partition(b"stream")[0]):
                yield name.decode(), self.stream(int(number))


def _numbers(raw: bytes, name: bytes) -> list[int]:
    found = re.search(rb"/" + name + rb"\s*\[([^\]]*)\]", raw)
    return [int(one) for one in re.findall(rb"(\d+) 0 R", found[1])] if found else []


def check_seal(report: Report, raw: bytes, digest: str, length: int, keys: set[str]) -> str:
    """Check a seal against what it covers; return the digest of the manifest that it names."""
    size, covered, manifest, key, sig = (one.decode() for one in SEAL.fullmatch(raw).groups())  # type: ignore[union-attr]
    message = f"yanfang.seal.v1\n{size}\n{covered}\n{manifest}".encode()
    check_signature(report, "封存", key, message, sig)
    report.check(covered == digest and int(size) == length, "seal", "整个文件自导出以来没有改动", "文件自导出以来被改动")
    trust(report, "导出设备", key, keys)
    return manifest


def check_signature(report: Report, what: str, key: str, message: bytes, sig: str) -> None:
    """Note whether a signature is good; a good one of many is not worth a line."""
    is_good = signed(key, message, sig)
    if is_good is None and (note := "未安装 cryptography，签名没有核对") not in report.notes:
        report.notes.append(note)
    report.check(is_good is not False, "signature", "", f"{what}的签名无效")


def trust(report: Report, who: str, key: str, keys: set[str]) -> None:
    """Compare a key with those that are known; without any, say that somebody has to."""
    if keys:
        report.check(key in keys, "key", f"{who}的公钥在已知公钥之内", f"{who}的公钥（{key[:16]}…）不在已知公钥之内")
    elif (note := f"{who}的公钥 {key} 未与医保局公布的公钥比对（可用 --keys 给出）") not in report.notes:
        report.notes.append(note)


def check_pdf(report: Report, raw: bytes, keys: set[str]) -> dict[str, Any]:
    """Check one sealed PDF; return its manifest."""
    seals = list(SEAL.finditer(raw))
    report.kind = "文书"
    if len(seals) != 1:
        report.check(False, "seal", "", "没有验方的封存标记，或不止一个：不是验方导出的文件，或被其他程序重新保存过")
        length, named = len(raw), ""
    else:
        at, length = seals[0].span(), min(int(seals[0][1]), len(raw))
        named = check_seal(report, seals[0][0], sha256(raw[: at[0]] + raw[at[1] : length]), length, keys)
        check_update(report, raw[:length], raw[length:])
    try:
        pdf = Pdf(raw[:length])
        body = pdf.manifest()
        tree: dict[str, Any] = json.loads(body)
        report.check(not named or sha256(body) == named, "manifest", "数据清单没有改动", "所附数据清单被改动")
        report.title = "、".join(f"{one['title']} {one['number']}" for one in tree["documents"])
        if "volume" in tree:  # bound: its pages carry numbers of the volume as well; each record is checked by itself
            return tree
        check_pages(report, pdf, tree["documents"])
        for one in tree["documents"]:
            check_document(report, one, keys)
    except (StopIteration, ValueError, KeyError, IndexError, TypeError, zlib.error) as error:
        report.check(False, "unreadable", "", f"文件内部已损坏，无法逐页核对（{type(error).__name__}）")
        return {}
    return tree


def check_update(report: Report, base: bytes, rest: bytes) -> None:
    """Let a digital signature be appended, and nothing else: no page may get other content."""
    if not rest.strip():
        return
    def shown(body: bytes) -> list[bytes]:
        return [b"".join(re.findall(rb"/" + name + rb"\b\s*(\[[^\]]*\]|<<.*?>>|\d+ 0 R|/\w+)", body, re.S)[:1])
                for name in (b"Type", b"Contents", b"Resources", b"MediaBox", b"Rotate", b"CropBox", b"Pages", b"Kids")]  # fmt: skip
    before = dict(re.findall(rb"(?:^|\n)(\d+) 0 obj\b(.*?)endobj", base, re.S))
    after = re.findall(rb"(?:^|[\r\n])(\d+) 0 obj\b(.*?)endobj", rest, re.S)
    changed = [n for n, body in after if n in before and (not re.search(rb"/Type /(Page|Catalog)\b", before[n])
                                                          or shown(before[n]) != shown(body))]  # fmt: skip
    if b"/ByteRange" in rest and not changed:
        report.notes.append("文件之后追加了数字签名；其证书请用 PDF 阅读器或 pdfsig 核验")
    else:
        report.check(False, "update", "", "文件封存之后被追加了内容（增量更新），显示的可能不是签字时的内容")


def check_pages(report: Report, pdf: Pdf, documents: list[dict[str, Any]]) -> None:
    """Compare what is drawn with what was signed, page by page."""
    expected = [(p["hash"], p["overlay"]) for one in documents for p in (*one["pages"], *one["sheets"])]
    found: list[tuple[str, str]] = []
    for number, numbers in enumerate(pdf.pages(), 1):
        try:
            first, second = (sha256(pdf.stream(one)) for one in numbers)
        except (ValueError, KeyError, IndexError, zlib.error):
            first, second = f"damaged {number}", expected[number - 1][1] if number <= len(expected) else ""
        found.append((first, second))
    same = sorted(one for one, _ in found) == sorted(one for one, _ in expected)
    if len(found) != len(expected) or (same and [a for a, _ in found] != [a for a, _ in expected]):
        report.check(False, "order", "", f"页数或页的次序被改动：应有 {len(expected)} 页，现有 {len(found)} 页")
    else:
        for number, (is_, was) in enumerate(zip(found, expected, strict=True), 1):
            report.check(is_[0] == was[0], "text", "", f"第 {number} 页的内容与签字时不同")
            report.check(is_[1] == was[1], "stroke", "", f"第 {number} 页的签名笔迹与签字时不同")
    for name, data in pdf.pictures():
        report.check(sha256(data) == name, "photo", "", f"页面上的照片（{name[:16]}…）被改动")
    if not report.failed:
        report.passed.append(f"{len(found)} 页的内容、次序、签名笔迹和照片与签字时一致")


def check_document(report: Report, one: dict[str, Any], keys: set[str]) -> None:
    """Check the journal lines of one document, and that they say what the pages and the list of evidence say."""
    name, ops = one["number"], {}
    last: dict[str, tuple[int, str]] = {}
    for given in one["lines"]:
        line, key = json.loads(given["d"]), one["keys"][given["k"]] if given["k"] is not None else None
        digest = sha256(b"yanfang.op.v1\0" + given["d"].encode())
        if not report.check(digest == given["h"], "chain", "", f"{name}：日志第 {line['n']} 行的内容与其校验值不符"):
            continue
        if key is not None:
            check_signature(report, f"{name}：日志第 {line['n']} 行", key, bytes.fromhex(digest), given["s"])
        before = last.get(line["rep"])
        is_next = before is None or line["n"] > before[0] + 1 or (line["n"], line["prev"]) == (before[0] + 1, before[1])
        report.check(is_next, "chain", "", f"{name}：日志第 {line['n']} 行接不上前一行")
        last[line["rep"]], ops[line["op"]] = (line["n"], digest), line
    head = one["chain"]
    is_head = head is None or last.get(head["replica"]) == (head["n"], head["hash"])
    report.check(is_head, "chain", f"{name}：{len(ops)} 条日志的内容、签名和次序相符", f"{name}：日志的末行与记载的不符")
    values = [(line["t"], {k: v["v"] for k, v in line["f"].items()}) for line in ops.values()]
    hashes = [page["hash"] for page in one["pages"]]
    for table, said in values:
        if table == "document" and "pages" in said:
            is_same = [page[3] for page in json.loads(said["pages"])] == hashes
            report.check(is_same, "manifest", "", f"{name}：清单中的页与日志所记的页不同")
        if table == "signature":
            report.check(said["page_hash"] in hashes, "manifest", "", f"{name}：有签名不属于本文书的任何一页")
    proven = {said.get("sha256") for table, said in values if table == "evidence"}
    for piece in one["evidence"]:
        report.evidence[piece["sha256"]] = f"{name} 证{piece['number']}"
        is_in = not proven or piece["sha256"] in proven
        report.check(is_in, "manifest", "", f"{name}：证{piece['number']}的校验值与日志所记不同")
    for key in one["keys"]:
        trust(report, "签署设备", key, keys)
    check_checkpoint(report, one["checkpoint"], [], {}, keys)


def check_checkpoint(
    report: Report, said: dict[str, Any] | None, proofs: list[dict[str, Any]], lines: dict[str, Any], keys: set[str]
) -> None:
    """Check a signed head of the server's log (C2SP checkpoint), and that lines are in the log (RFC 6962)."""
    if said is None:
        return
    try:
        text, _, signature = said["note"].partition("\n\n")
        origin, size, root = text.split("\n")
        raw = base64.b64decode(signature.strip().rpartition(" ")[2])
        is_good = signed(said["key"], (text + "\n").encode(), raw[4:].hex()) is not False
    except (ValueError, KeyError):
        is_good, origin, size, root = False, "", "0", ""
    report.check(is_good, "checkpoint", f"服务器检查点（{origin}，第 {size} 条）签名有效", "服务器检查点的签名无效")
    trust(report, "服务器", said["key"], keys)
    for proof in proofs:
        line = lines[proof["op"]]
        content = sha256(b"yanfang.content.v1\0" + canonical({k: v for k, v in line.items() if k not in ("rep", "n", "prev")}))
        parts = (proof["prev"], "op", line["op"], content, proof["eff"], proof["status"], proof["reason"])
        link = sha256(b"yanfang.feed.v1\0" + "\0".join(parts).encode())
        entry = f"yanfang.entry.v1\0{line['s']}\0{proof['seq']}\0{link}".encode()
        is_in = base64.b64encode(climb(entry, proof["index"], int(size), proof["path"])).decode() == root
        report.check(is_in, "checkpoint", f"日志行 {line['op'][:13]}… 确在服务器的日志之内", "有日志行不在服务器的日志之内")


def climb(entry: bytes, index: int, size: int, path: list[str]) -> bytes:
    """Return the root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    at, last, value = index, size - 1, hashlib.sha256(b"\0" + entry).digest()
    for step in map(bytes.fromhex, path):
        if at & 1 or at == last:
            value = hashlib.sha256(b"\1" + step + value).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = hashlib.sha256(b"\1" + value + step).digest()
        at, last = at >> 1, last >> 1
    return value if last == 0 else b""


def check_bundle(report: Report, path: Path, keys: set[str]) -> None:
    """Check a case: every byte of the file is hashed once, those of a document a second time."""
    report.kind, found, rest, at = "案卷", {}, hashlib.sha256(), 0
    with path.open("rb") as file, zipfile.ZipFile(file) as box:
        seal, end = box.comment, path.stat().st_size - len(box.comment)
        for one in sorted(box.infolist(), key=lambda one: one.header_offset):
            file.seek(one.header_offset + 26)
            head = file.read(4)
            start = one.header_offset + 30 + int.from_bytes(head[:2], "little") + int.from_bytes(head[2:], "little")
            rest.update(_span(file, at, start))
            at = start + one.compress_size
            file.seek(start)
            found[one.filename] = start, one.compress_size, _digest(file, one.compress_size)
        rest.update(_span(file, at, end))
        body = _span(file, found[LIST][0], sum(found[LIST][:2])) if LIST in found else b"{}"
        if report.check(SEAL.fullmatch(seal) is not None, "seal", "", "没有验方的封存标记，或标记被改动"):
            named = check_seal(report, seal, rest.hexdigest(), end, keys)
            report.check(sha256(body) == named, "manifest", "案卷清单没有改动", "案卷清单被改动")
        tree = json.loads(body)
        report.title = tree["title"]
        lines: dict[str, Any] = {}
        listed = {one["path"]: one for one in tree["files"]}
        strange = sorted((found.keys() - {LIST}) ^ listed.keys())
        report.check(not strange, "file", f"{len(listed)} 个文件齐全", f"案卷中多出或缺少文件：{'、'.join(strange[:5])}")
        for name in listed.keys() & found.keys():
            start, size, digest = found[name]
            if listed[name]["role"] == "document":
                inner = Report(name)
                manifest = check_pdf(inner, _span(file, start, start + size), keys)
                lines |= {line["op"]: line for d in manifest.get("documents", ()) for line in (json.loads(x["d"]) for x in d["lines"])}
                report.failed += [(cause, f"{name}：{said}") for cause, said in inner.failed]
                report.evidence |= inner.evidence
                report.notes += [note for note in inner.notes if note not in report.notes]
                if inner.failed:
                    continue
            cause, what = ("photo", "证据原件") if listed[name]["role"] == "evidence" else ("file", "文件")
            report.check(digest == listed[name]["sha256"], cause, "", f"{what}被改动：{name}")
        here = {one["sha256"] for one in tree["files"]} | set(tree["absent"])
        for digest, number in report.evidence.items():
            report.check(digest in here, "photo", "", f"{number} 的原件不在案卷内")
        report.notes += [f"有 {len(tree['absent'])} 份证据的原件未装入案卷"] if tree["absent"] else []
        for head in tree["checkpoints"]:
            check_checkpoint(report, head, head["proofs"], lines, keys)


def _span(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(max(end - start, 0))


def _digest(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    while size > 0 and (piece := file.read(min(size, 1 << 20))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()


def check(path: Path, keys: set[str], code: str = "") -> Report:
    """Check one file by what it is; a photo is only hashed here."""
    report = Report(str(path))
    try:
        with path.open("rb") as file:
            first = file.read(5)
        if first == b"%PDF-":
            raw = path.read_bytes()
            copy = check_pdf(report, raw, keys).get("copy")
            if copy:
                report.notes.append(f"这是{copy['title']}，原件的校验值是 {copy['of']}")
            if code:
                words = f"{sha256(raw)} {copy['of'] if copy else ''}".split()
                report.check(any(one[:32] in code for one in words), "seal", "与二维码所指的是同一份文书", "与二维码所指的不是同一份文书")
        elif first[:4] == b"PK\3\4":
            check_bundle(report, path, keys)
        else:
            with path.open("rb") as file:
                report.kind, report.title = "证据", _digest(file, path.stat().st_size)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, NotImplementedError) as error:
        report.check(False, "unreadable", "", f"文件无法读取或已损坏（{type(error).__name__}）")
    return report


def check_all(paths: list[Path], keys: set[str], code: str = "") -> list[Report]:
    """Check files; photos are looked for among the evidence of the documents given with them."""
    reports = [check(path, keys, code) for path in paths]
    known = {digest: number for one in reports for digest, number in one.evidence.items()}
    for one in (one for one in reports if one.kind == "证据" and not one.failed):
        one.is_decided = bool(known)
        if known:
            said = f"就是 {known.get(one.title)}，没有改动"
            one.check(one.title in known, "photo", said, "不是所给文书中的任何一份证据，或被改动过")
        else:
            one.notes.append("请把列有这份证据的文书或案卷一并给出")
    return reports


def known_keys(text: str) -> set[str]:
    """Return the public keys in a text."""
    return set(re.findall(r"\b[0-9a-f]{64}\b", text))


def main() -> int:
    """Run the command line."""
    asked = argparse.ArgumentParser(description="核验验方导出的文书、案卷和照片")
    asked.add_argument("files", nargs="+", type=Path)
    asked.add_argument("--keys", type=Path, help="已知公钥，每行一个（64 位十六进制）")
    asked.add_argument("--code", default="", help="副本上二维码的内容")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    keys = known_keys(given.keys.read_text("utf-8")) if given.keys else set()
    reports = check_all(given.files, keys, given.code)
    if given.json:
        print(json.dumps([asdict(one) for one in reports], ensure_ascii=False, indent=1))
    else:
        print("\n".join(told(one) for one in reports))
    return outcome(reports)


def outcome(reports: list[Report]) -> int:
    """Return the exit code."""
    return 1 if any(one.failed for one in reports) else 0 if all(one.is_decided for one in reports) else 3


def told(one: Report) -> str:
    """Return what was found, in Chinese."""
    head = "✗ 不相符" if one.failed else "✓ 相符" if one.is_decided else "？ 无法判断"
    parts = [f"{head}：{one.file}（{one.kind} {one.title}）", *(f"  ✗ {said}" for _, said in one.failed)]
    return "\n".join(parts + [f"  ✓ {said}" for said in one.passed] + [f"  ! {said}" for said in one.notes])


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
