"""核验验方导出的文书（PDF）、案卷（.yfcase.zip）和照片，不需要安装验方。

用法：python yanfang_verify.py 文件… [--keys 公钥文件] [--code 二维码内容] [--json]
需要 Python 3.11 以上和 cryptography（核对签名用）。退出码：0 全部相符，1 有不符，2 用法有误，3 无法核验。
"""
# fmt: off
import argparse
import base64
import contextlib
import hashlib
import json
import mmap
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SEAL = re.compile(rb'\{"seal":"yanfang\.seal/1","length":"(\d{12})","sha256":"([0-9a-f]{64})",'
                  rb'"manifest":"([0-9a-f]{64})","key":"([0-9a-f]{64})","sig":"([0-9a-f]{128})"\}')
MANIFEST, LIST, WHOLE = b'"format":"yanfang.manifest/1"', "核验/清单.json", "整个文件自导出以来没有改动"
HIDING = re.compile(rb"/ObjStm|/XRef|/[A-Za-z]*#[0-9A-Fa-f]{2}|\d\s*%(?!%EOF)[^\r\n]*[\r\n][\s\d]*obj\b")  # hides objects
UNSEEN = re.compile(rb"/Type /(Page|Catalog|Metadata)\b|/Producer")  # what a signature may write anew
DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, struct.error, zipfile.BadZipFile, zlib.error)
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
        self.passed += [good] if is_good and good else []
        self.failed += [] if is_good else [(cause, bad)]
        return is_good

def sha256(data: bytes | memoryview | mmap.mmap) -> str:
    return hashlib.sha256(data).hexdigest()

def check_signature(report: Report, cause: str, what: str, key: str, message: bytes, sig: str) -> None:
    """Require that the Ed25519 key signed exactly this message."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(sig), message)
    except (InvalidSignature, ValueError):
        report.failed.append((cause, f"{what}的签名无效"))

def trust(report: Report, who: str, key: str, keys: set[str]) -> None:
    """Compare a key with those that are known; without any, say that somebody has to."""
    said = f"{who}的公钥 {key} 未与医保局公布的公钥比对（可用 --keys 给出）"
    report.notes += [] if keys or said in report.notes else [said]
    report.check(not keys or key in keys, "key", f"{who}的公钥属实" if keys else "", f"{who}的公钥（{key[:16]}…）不在已知公钥之内")

def numbers(raw: bytes, name: bytes) -> list[int]:
    return [int(one) for one in re.findall(rb"(\d+) 0 R", (re.search(rb"/" + name + rb"\s*\[([^\]]*)\]", raw) or [b"", b""])[1])]

class Pdf:
    """The objects of a file as the program writes it."""
    def __init__(self, raw: bytes) -> None:
        start = int(re.findall(rb"startxref\s+(\d+)", raw)[-1])
        entries = enumerate(re.findall(rb"(\d{10}) \d{5} ([nf])", raw[start:]))
        offsets = sorted((int(at), number) for number, (at, kind) in entries if kind == b"n")
        ends = [at for at, _ in offsets[1:]] + [start]
        self.raw = {number: raw[at:end] for (at, number), end in zip(offsets, ends, strict=True)}
    def stream(self, number: int) -> bytes:
        head, _, rest = self.raw[number].partition(b"stream")
        rest = rest[2:] if rest.startswith(b"\r\n") else rest[1:]
        data = rest[: int(re.findall(rb"/Length (\d+)", head)[-1])]
        return zlib.decompressobj().decompress(data, 1 << 27) if b"/FlateDecode" in head else data
    def digest(self, number: int) -> str:
        with contextlib.suppress(*DAMAGE):
            return sha256(self.stream(number))
        return "damaged"
    def pages(self) -> Iterator[list[int]]:
        """Give the numbers of the content streams of each page, in order."""
        for kid in numbers(next((one for one in self.raw.values() if b"/Type /Pages" in one), b""), b"Kids"):
            array = re.search(rb"/Contents (\d+) 0 R", self.raw[kid])
            yield numbers(self.raw[int(array[1])].replace(b"obj", b"/Contents", 1) if array else self.raw[kid], b"Contents")
    def manifest(self) -> bytes:
        found = [self.stream(n) for n, one in self.raw.items() if b"/EmbeddedFile" in one[:400] and b"/Flate" in one[:400]]
        return next((one for one in found if MANIFEST in one), b"")
    def pictures(self) -> Iterator[tuple[str, str]]:
        for one in self.raw.values():
            for name, number in re.findall(rb"/P([0-9a-f]{64}) (\d+) 0 R", one.partition(b"stream")[0]):
                yield name.decode(), self.digest(int(number))

def check_seal(report: Report, seal: re.Match[bytes], digest: str, length: int, keys: set[str], good: str = WHOLE) -> str:
    """Check a seal against what it covers; return the digest of the manifest that it names."""
    size, covered, manifest, key, sig = (one.decode() for one in seal.groups())
    check_signature(report, "signature", "封存", key, f"yanfang.seal.v1\n{size}\n{covered}\n{manifest}".encode(), sig)
    report.check(covered == digest and int(size) == length, "seal", good, "文件自导出以来被改动")
    trust(report, "导出设备", key, keys)
    return manifest

def check_pdf(report: Report, raw: bytes, keys: set[str]) -> dict[str, Any]:
    """Check one sealed PDF; return its manifest."""
    seals, length, named, report.kind = list(SEAL.finditer(raw)), len(raw), "", "文书"
    if report.check(len(seals) == 1, "seal", "", "没有验方的封存标记，或不止一个：不是验方导出的文件，或被其他程序重新保存过"):
        length = min(int(seals[0][1]), len(raw))
        named = check_seal(report, seals[0], sha256(raw[: seals[0].start()] + raw[seals[0].end() : length]), length, keys)
        check_update(report, raw[:length], raw[length:])
    try:
        pdf = Pdf(raw[:length])
        body = pdf.manifest()
        tree: dict[str, Any] = json.loads(body)
        report.check(not named or sha256(body) == named, "manifest", "数据清单没有改动", "所附数据清单被改动")
        report.title = "、".join(f"{one['title']} {one['number']}" for one in tree["documents"])
        if "volume" in tree:  # bound: its pages carry numbers of the volume as well; each record is checked by itself
            report.title = tree["volume"]["title"]
        else:
            check_pages(report, pdf, tree["documents"])
            for one in tree["documents"]:
                check_document(report, one, keys)
        return tree
    except DAMAGE as error:
        report.check(False, "unreadable", "", f"文件内部已损坏，无法逐页核对（{type(error).__name__}）")
        return {"documents": []}

def check_update(report: Report, base: bytes, rest: bytes) -> None:
    """Let a digital signature be appended, and nothing else: no page may get other content."""
    names = (b"Type", b"Contents", b"Resources", b"MediaBox", b"Rotate", b"CropBox", b"Pages", b"Kids")
    def shown(body: bytes) -> list[list[bytes]]:
        return [re.findall(rb"/" + name + rb"\b\s*(\[[^\]]*\]|<<.*?>>|\d+ 0 R|/\w+)", body, re.S)[:1] for name in names]
    before = dict(re.findall(rb"(?:^|[\r\n])(\d+) 0 obj\b(.*?)endobj", base, re.S)) if rest.strip() else {}
    after = [one for one in re.findall(rb"(\d+)\s+\d+\s+obj\b(.*?)endobj", rest, re.S) if one[0] in before]
    is_same = all(UNSEEN.search(before[n]) and shown(before[n]) == shown(body) for n, body in after) and not HIDING.search(rest)
    is_signed = b"/ByteRange" in rest and is_same
    report.notes += ["文件之后追加了数字签名；其证书请用 PDF 阅读器或 pdfsig 核验"] if rest.strip() and is_signed else []
    report.check(not rest.strip() or is_signed, "update", "", "文件封存之后被追加了内容（增量更新），显示的可能不是签字时的内容")

def check_pages(report: Report, pdf: Pdf, documents: list[dict[str, Any]]) -> None:
    """Compare what is drawn with what was signed, page by page."""
    expected = [(p["hash"], p["overlay"]) for one in documents for p in (*one["pages"], *one["sheets"])]
    found: list[tuple[str, str]] = []
    for streams in pdf.pages():
        digests = [pdf.digest(number) for number in streams]
        found.append((digests[0], " ".join(digests[1:])))
    is_moved = sorted(found) == sorted(expected) and found != expected
    if report.check(len(found) == len(expected) and not is_moved, "order", "",
                    f"页数或页的次序被改动：应有 {len(expected)} 页，现有 {len(found)} 页"):
        for at, (is_, was) in enumerate(zip(found, expected, strict=True), 1):
            report.check(is_[0] == was[0], "text", "", f"第 {at} 页的内容与签字时不同")
            report.check(is_[1] == was[1], "stroke", "", f"第 {at} 页的签名笔迹与签字时不同")
    for name, digest in pdf.pictures():
        report.check(digest == name, "photo", "", f"页面上的照片（{name[:16]}…）被改动")
    report.passed += [] if report.failed else [f"{len(found)} 页的内容、次序、签名笔迹和照片与签字时一致"]

def check_document(report: Report, one: dict[str, Any], keys: set[str]) -> None:
    """Check the journal lines of one document, and that they say what the pages and the list of evidence say."""
    name, head, hashes, last, proven = one["number"], one["chain"], [page["hash"] for page in one["pages"]], {"": (0, "")}, set()
    for given in one["lines"]:
        line, digest = json.loads(given["d"]), sha256(b"yanfang.op.v1\0" + given["d"].encode())
        where = f"{name}：日志第 {line['n']} 行"
        if not report.check(digest == given["h"], "chain", "", f"{where}的内容与其校验值不符"):
            continue
        if given["k"] is not None:
            check_signature(report, "signature", where, one["keys"][given["k"]], bytes.fromhex(digest), given["s"])
        before = last.get(line["rep"], (0, "0" * 64))
        report.check(line["n"] > before[0] + 1 or (line["n"] - 1, line["prev"]) == before, "chain", "", f"{where}接不上前一行")
        last[line["rep"]] = (line["n"], digest)
        said = {key: value["v"] if isinstance(value, dict) else value for key, value in line["f"].items()}
        if line["t"] == "document" and "pages" in said:
            report.check([page[3] for page in json.loads(said["pages"])] == hashes, "manifest", "", f"{name}：清单中的页与日志所记的页不同")
        if line["t"] == "signature":
            report.check(said["page_hash"] in hashes, "manifest", "", f"{name}：有签名不属于本文书的任何一页")
        proven |= {said.get("sha256")} if line["t"] == "evidence" else set()
    report.check(head is None or last.get(head["replica"]) == (head["n"], head["hash"]), "chain",
                 f"{name}：{len(one['lines'])} 条日志的内容、签名和次序相符", f"{name}：日志的末行与记载的不符")
    for piece in one["evidence"]:
        report.evidence[piece["sha256"]] = f"{name} 证{piece['number']}"
        report.check(not proven or piece["sha256"] in proven, "manifest", "", f"{name}：证{piece['number']}的校验值与日志所记不同")
    for key in one["keys"]:
        trust(report, "签署设备", key, keys)
    if one["checkpoint"]:
        check_checkpoint(report, one["checkpoint"], {}, keys)

def check_checkpoint(report: Report, said: dict[str, Any], lines: dict[str, Any], keys: set[str]) -> None:
    """Check a signed head of the server's log (C2SP checkpoint), and that lines are in the log (RFC 6962)."""
    text, _, signature = said["note"].partition("\n\n")
    origin, size, root = (*text.split("\n"), "", "", "")[:3]
    raw = base64.b64decode(signature.strip().rpartition(" ")[2] + "==")
    check_signature(report, "checkpoint", "服务器检查点", said["key"], (text + "\n").encode(), raw[4:].hex())
    trust(report, "服务器", said["key"], keys)
    for proof in said.get("proofs", ()):
        line = {key: value for key, value in lines.get(proof["op"], {"s": ""}).items() if key not in ("rep", "n", "prev")}
        content = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        digest = sha256(b"yanfang.content.v1\0" + content)
        link = "\0".join((proof["prev"], "op", proof["op"], digest, proof["eff"], proof["status"], proof["reason"]))
        entry = f"yanfang.entry.v1\0{line['s']}\0{proof['seq']}\0{sha256(b'yanfang.feed.v1' + bytes(1) + link.encode())}"
        top = climb(entry.encode(), proof["index"], int(size) if size.isdigit() else 0, proof["path"])
        report.check(base64.b64encode(top).decode() == root, "checkpoint",
                     f"签署行 {proof['op'][:13]}… 确在服务器的日志之内（{origin}，共 {size} 条）", "有签署行不在服务器的日志之内")

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

def check_bundle(report: Report, file: BinaryIO, raw: mmap.mmap, keys: set[str]) -> None:
    """Check a case: every byte of the file is hashed once, those of a document a second time."""
    report.kind, found, frame, at = "案卷", {}, hashlib.sha256(), 0
    with zipfile.ZipFile(file) as box, memoryview(raw) as view, ThreadPoolExecutor() as pool:
        end, seal = len(raw) - len(box.comment), SEAL.fullmatch(box.comment)
        for one in sorted(box.infolist(), key=lambda one: one.header_offset):
            start = one.header_offset + 30 + sum(struct.unpack_from("<HH", raw, one.header_offset + 26))
            frame.update(view[at:start])
            at = start + one.compress_size
            found[one.filename] = start, at, pool.submit(sha256, view[start:at])
        frame.update(view[at:end])
        body, lines = raw[slice(*found[LIST][:2])] if LIST in found else b"{}", dict[str, Any]()
        if report.check(seal is not None, "seal", "", "没有验方的封存标记，或标记被改动") and seal:
            named = check_seal(report, seal, frame.hexdigest(), end, keys, "")  # it covers the frame, not what is in it
            report.check(sha256(body) == named, "manifest", "案卷清单没有改动", "案卷清单被改动")
        tree = json.loads(body)
        report.title, listed = tree["title"], {one["path"]: one for one in tree["files"]}
        strange = sorted((found.keys() - {LIST}) ^ listed.keys())
        report.check(not strange, "file", f"{len(listed)} 个文件齐全", f"案卷中多出或缺少文件：{'、'.join(strange[:5])}")
        for name in listed.keys() & found.keys():
            inner = Report(name)
            if listed[name]["role"] == "document":
                for document in check_pdf(inner, raw[slice(*found[name][:2])], keys)["documents"]:
                    lines |= {line["op"]: line for line in (json.loads(one["d"]) for one in document["lines"])}
                report.failed += [(cause, f"{name}：{said}") for cause, said in inner.failed]
                report.notes += [note for note in inner.notes if note not in report.notes]
                report.evidence |= inner.evidence
            cause, what = ("photo", "证据原件") if listed[name]["role"] == "evidence" else ("file", "文件")
            report.check(bool(inner.failed) or found[name][2].result() == listed[name]["sha256"], cause, "", f"{what}被改动：{name}")
        for digest in report.evidence.keys() - {one["sha256"] for one in tree["files"]} - set(tree["absent"]):
            report.failed.append(("photo", f"{report.evidence[digest]} 的原件不在案卷内"))
        for head in tree["checkpoints"]:
            check_checkpoint(report, head, lines, keys)
        report.notes += [f"有 {len(tree['absent'])} 份证据的原件未装入案卷"] if tree["absent"] else []
        report.passed += [] if report.failed else [WHOLE]

def check(path: Path, keys: set[str], code: str = "") -> Report:
    report = Report(str(path))
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
            if raw[:5] == b"%PDF-":
                copy = check_pdf(report, raw[:], keys).get("copy", {})
                report.notes += [f"这是{copy['title']}，原件的校验值是 {copy['of']}"] if copy else []
                report.check(not code or any(one[:32] in code for one in (sha256(raw), copy.get("of", "?"))), "seal",
                             "与二维码所指的是同一份文书" if code else "", "与二维码所指的不是同一份文书")
            elif raw[:4] == b"PK\3\4":
                check_bundle(report, file, raw, keys)
            else:
                report.kind, report.title = "证据", sha256(raw)
    except DAMAGE as error:
        report.check(False, "unreadable", "", f"文件无法读取或已损坏（{type(error).__name__}）")
    return report
def check_all(paths: list[Path], keys: set[str], code: str = "") -> list[Report]:
    reports = [check(path, keys, code) for path in paths]  # photos are looked for among the evidence of the others
    known = {digest: number for one in reports for digest, number in one.evidence.items()}
    for one in (one for one in reports if one.kind == "证据" and not one.failed):
        one.is_decided = bool(known)
        one.notes += [] if known else ["请把列有这份证据的文书或案卷一并给出"]
        if known:
            one.check(one.title in known, "photo", f"就是 {known.get(one.title)}，没有改动", "不是所给文书中的任何一份证据，或被改动过")
    return reports
def known_keys(text: str) -> set[str]:
    return set(re.findall(r"\b[0-9a-f]{64}\b", text))
def told(one: Report) -> str:
    head = "✗ 不相符" if one.failed else "✓ 相符" if one.is_decided else "？ 无法判断"
    said = [f"  ✗ {bad}" for _, bad in one.failed] + [f"  ✓ {good}" for good in one.passed] + [f"  ! {note}" for note in one.notes]
    return "\n".join([f"{head}：{one.file}（{one.kind} {one.title}）", *said])

def main() -> int:
    asked = argparse.ArgumentParser(description="核验验方导出的文书、案卷和照片")
    asked.add_argument("files", nargs="+", type=Path)
    asked.add_argument("--keys", type=Path, help="医保局公布的公钥，每行一个（64 位十六进制）")
    asked.add_argument("--code", default="", help="副本上二维码的内容")
    asked.add_argument("--json", action="store_true", help="以 JSON 输出")
    given = asked.parse_args()
    reports = check_all(given.files, known_keys(given.keys.read_text("utf-8")) if given.keys else set(), given.code)
    said = json.dumps([vars(one) for one in reports], ensure_ascii=False) if given.json else "\n".join(map(told, reports))
    sys.stdout.write(said + "\n")
    return 1 if any(one.failed for one in reports) else 0 if all(one.is_decided for one in reports) else 3

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
