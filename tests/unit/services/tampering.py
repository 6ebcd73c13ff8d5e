"""Files changed as somebody would change them who hopes that nobody notices, each with the cause that must be named."""

import base64
import contextlib
import hashlib
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from app.bootstrap import Services
from app.core.ids import InspectionId
from resources.verify.yanfang_verify import LIST, SEAL, Pdf
from sync.protocol import checkpoints as log
from sync.protocol import lines
from sync.protocol.chain import DeviceKey, feed_link
from sync.protocol.checkpoints import EntryProof, Head

SERVER = DeviceKey.from_seed(b"s" * 32)
STRANGER = DeviceKey.from_seed(b"x" * 32)
ORIGIN = "yanfang/server/epoch"


def seed_head(services: Services) -> None:
    """Let the laptop know a head of a server's log."""
    head = Head(ORIGIN, 3, log.root(log.subtrees([log.leaf(b"%d" % n) for n in range(3)]), 3))
    with services.inspections._store.db.write() as unit:
        unit.local(
            "INSERT INTO checkpoint(origin, note, key, size, root, at, token) VALUES (?, ?, ?, 3, ?, 0, '')",
            (ORIGIN, log.note_of(head, SERVER), SERVER.public_hex, base64.b64encode(head.root).decode()),
        )


def seed_proofs(services: Services, inspection: InspectionId) -> None:
    """Let the laptop have proofs for the lines that signed its documents, as a server would give them."""
    with services.inspections._store.db.write() as unit:
        rows = unit.sql(
            "SELECT o.op, o.line, d.id FROM document d JOIN sync_op o ON o.op = d._locked WHERE d.inspection = ?", (inspection,)
        )
        chain, leaves, made = "0" * 64, [log.leaf(b"before")], []
        for seq, row in enumerate(rows, 1):
            line = lines.parse(bytes(row.line))
            made.append((row.id, EntryProof(row.op, seq, chain, "1.0", "ok", "", seq, ())))
            chain = feed_link(chain, "op", line.op, lines.content_hash(line), "1.0", "ok", "")
            leaves.append(log.leaf(log.entry_bytes(line.scope, seq, chain)))
        get, size = log.subtrees(leaves), len(leaves)
        note = log.note_of(Head(ORIGIN, size, log.root(get, size)), SERVER)
        for document, proof in made:
            path = [step.hex() for step in log.inclusion(get, proof.index, size)]
            body = {name: getattr(proof, name) for name in proof.__dataclass_fields__} | {"path": path}
            unit.local(
                "INSERT INTO checkpoint_proof(op, document, note, key, token, body) VALUES (?, ?, ?, ?, '', ?)",
                (proof.op, document, note, SERVER.public_hex, json.dumps(body)),
            )


def keys_of(services: Services) -> str:
    """Return the file of published keys."""
    return f"{services.inspections._store.db.writer.key.public_hex}\n{SERVER.public_hex}\n"


Tamper = Callable[[bytes, random.Random], bytes]


def _object(raw: bytes, number: int) -> tuple[int, int]:
    found = re.search(rb"(?:^|\n)(%d 0 obj\b)" % number, raw)
    assert found is not None
    return found.start(1), raw.index(b"endobj", found.end())


def _restream(raw: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    """Change a compressed stream in its place: every offset stays true, the length is told anew."""
    start, end = _object(raw, number)
    head, _, _ = raw[start:end].partition(b"stream")
    length = re.search(rb"/Length (\d+)", head)
    assert length is not None
    at = start + len(head) + len(b"stream\n")
    packed = zlib.compress(change(zlib.decompress(raw[at : at + int(length[1])])), 9)
    room = int(length[1])
    if len(packed) > room:
        raise ValueError("no room")
    told = b"%d" % len(packed)
    head = head[: length.start(1)] + told.ljust(len(length[1])) + head[length.end(1) :]
    return raw[:start] + head + b"stream\n" + packed.ljust(room) + raw[at + room :]


def _streams(raw: bytes) -> list[list[int]]:
    return list(Pdf(raw).pages())


def text(raw: bytes, dice: random.Random) -> bytes:
    """Another character on a page."""
    page = dice.choice(_streams(raw))

    def change(content: bytes) -> bytes:
        drawn = dice.choice(list(re.finditer(rb"<([0-9a-f]{4,})> Tj", content)))
        at = drawn.start(1) + dice.randrange(len(drawn[1]))
        return content[:at] + (b"1" if content[at : at + 1] != b"1" else b"2") + content[at + 1 :]

    while True:
        with contextlib.suppress(ValueError):  # it did not fit into its place: another character then
            return _restream(raw, page[0], change)


def stroke(raw: bytes, dice: random.Random) -> bytes:
    """A stroke of a signature moved."""
    pages = [page for page in _streams(raw) if b" c S" in Pdf(raw).stream(page[1])]

    def change(content: bytes) -> bytes:
        at = dice.choice([one.start() for one in re.finditer(rb"\d\.\d\d ", content)])
        return content[:at] + b"%d" % ((int(content[at : at + 1]) + 1 + dice.randrange(8)) % 10) + content[at + 1 :]

    return _restream(raw, dice.choice(pages)[1], change)


def order(raw: bytes, dice: random.Random) -> bytes:
    """Two pages change places."""
    kids = re.search(rb"/Kids \[([^\]]*)\]", raw)
    assert kids is not None
    numbers = re.findall(rb"\d+ 0 R", kids[1])
    one, two = dice.sample([n for n in numbers if len(n) == len(numbers[-1])], 2)
    swapped = re.sub(rb"\d+ 0 R", lambda found: {one: two, two: one}.get(found[0], found[0]), kids[1])
    return raw[: kids.start(1)] + swapped + raw[kids.end(1) :]


def picture(raw: bytes, dice: random.Random) -> bytes:
    """A byte of a photo on a page."""
    start = dice.choice([one.end() for one in re.finditer(rb"/DCTDecode[^>]*>>\nstream\n", raw)])
    return _flipped(raw, start + 700 + dice.randrange(3000), dice)


def _manifest(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    found = next(n for n, one in Pdf(raw).raw.items() if b"/EmbeddedFile" in one[:400] and b"/Flate" in one[:400])
    return _restream(raw, found, change)


def manifest(raw: bytes, dice: random.Random) -> bytes:
    """Another title, number or size in the manifest."""

    def change(body: bytes) -> bytes:
        at = dice.choice([one.end() for one in re.finditer(rb'"(?:title|task|authority|name)":"', body)])
        return body[:at] + "改".encode() + body[at + 3 :]

    return _manifest(raw, change)


def chain(raw: bytes, dice: random.Random) -> bytes:
    """A journal line that says something else, or is left out."""

    def change(body: bytes) -> bytes:
        tree = json.loads(body)
        document = dice.choice(tree["documents"])
        at = dice.randrange(1, len(document["lines"]) - 1)
        if dice.random() < 0.5:
            line = json.loads(document["lines"][at]["d"])
            line["wall"] += 60_000
            document["lines"][at]["d"] = _json(line)
        else:
            document["lines"][at], document["lines"][at + 1] = document["lines"][at + 1], document["lines"][at]
        return _json(tree).encode()

    return _manifest(raw, change)


def signature(raw: bytes, dice: random.Random) -> bytes:
    """A signature of a line or of the seal."""
    if dice.random() < 0.5:
        found = SEAL.search(raw)
        assert found is not None
        return _other_digit(raw, found.start(5) + dice.randrange(128))

    def change(body: bytes) -> bytes:
        at = dice.choice([one.end() for one in re.finditer(rb'"s":"', body)])
        return _other_digit(body, at + dice.randrange(128))

    return _manifest(raw, change)


def checkpoint(raw: bytes, dice: random.Random) -> bytes:
    """Another head of the server's log."""

    def change(body: bytes) -> bytes:
        at = dice.choice([one.end() for one in re.finditer(rb'"note":"yanfang/server/epoch\\n', body)])
        return body[:at] + b"9" + body[at + 1 :]

    return _manifest(raw, change)


def update(raw: bytes, dice: random.Random) -> bytes:
    """A revision appended that shows another page's content in the place of one."""
    pages = Pdf(raw)
    kids = re.search(rb"/Kids \[([^\]]*)\]", raw)
    root = re.search(rb"/Root (\d+ 0 R)", raw)
    assert kids is not None
    assert root is not None
    one, two = dice.sample([int(n) for n in re.findall(rb"(\d+) 0 R", kids[1])], 2)
    body = re.sub(rb"/Contents \d+ 0 R", re.search(rb"/Contents \d+ 0 R", pages.raw[two])[0], pages.raw[one])
    start = int(re.findall(rb"startxref\s+(\d+)", raw)[-1])
    at = len(raw)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (one, at)
    size = int(re.findall(rb"/Size (\d+)", raw)[-1])
    trailer = b"trailer\n<< /Root %s /Size %d /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (root[1], size, start, at + len(body))
    return raw + body + table + trailer


def resealed(raw: bytes) -> bytes:
    """Put a stranger's seal on what was changed."""
    found = SEAL.search(raw)
    assert found is not None
    rest = hashlib.sha256(raw[: found.start()] + raw[found.end() :]).hexdigest()
    named = hashlib.sha256(Pdf(raw).manifest()).hexdigest()
    message = f"yanfang.seal.v1\n{len(raw):012d}\n{rest}\n{named}".encode()
    seal = (
        f'{{"seal":"yanfang.seal/1","length":"{len(raw):012d}","sha256":"{rest}","manifest":"{named}",'
        f'"key":"{STRANGER.public_hex}","sig":"{STRANGER.sign(message)}"}}'
    )
    return raw[: found.start()] + seal.encode() + raw[found.end() :]


def strange(raw: bytes, dice: random.Random) -> bytes:
    """A manifest in which one value is something that nobody expects there, under a stranger's seal."""

    def change(body: bytes) -> bytes:
        tree = json.loads(body)
        place = tree
        while True:
            key = dice.choice(list(place) if isinstance(place, dict) else list(range(len(place))))
            if not isinstance(place[key], dict | list) or not place[key] or dice.random() < 0.2:
                place[key] = dice.choice([None, 1, -1, "", [], {}, True, "x" * 50, [[]], 10**30, {"a": 1}])
                return _json(tree).encode()
            place = place[key]

    while True:
        with contextlib.suppress(ValueError):
            return resealed(_manifest(raw, change))


OF_PDF: dict[str, Tamper] = {
    "text": text, "stroke": stroke, "order": order, "photo": picture, "manifest": manifest, "chain": chain,
    "signature": signature, "checkpoint": checkpoint, "update": update,
}  # fmt: skip
OF_CASE = ("photo", "text", "manifest", "file", "checkpoint", "signature", "absent")


def tamper_case(case: Path, to: Path, cause: str, dice: random.Random) -> str:
    """Change a case in one way; return the cause that has to be named."""
    raw = case.read_bytes()
    with zipfile.ZipFile(case) as archive:
        places = {one.filename: one for one in archive.infolist()}
        found = SEAL.search(archive.comment)
    assert found is not None

    def inside(name: str) -> tuple[int, int]:
        one = places[name]
        start = one.header_offset + 30 + len(one.filename.encode()) + len(one.extra)
        return start, start + one.file_size

    chosen = {
        "photo": [name for name in places if name.startswith("证据/")],
        "text": [name for name in places if name.startswith("文书/")],
        "file": ["案卷目录.pdf", "说明.txt", "核验/核验.html", "核验/yanfang_verify.py"],
    }
    named = cause
    if cause in ("photo", "file"):
        start, end = inside(dice.choice(chosen[cause]))
        raw = _flipped(raw, dice.randrange(start, end), dice)
    elif cause == "text":
        start, end = inside(dice.choice(chosen[cause]))
        raw = raw[:start] + text(raw[start:end], dice) + raw[end:]
    elif cause == "signature":
        raw = _other_digit(raw, len(raw) - len(found[0]) + found.start(5) + dice.randrange(128))
    elif cause == "absent":  # the archive is written anew without a piece of evidence
        gone = dice.choice(chosen["photo"])
        with zipfile.ZipFile(case) as old, zipfile.ZipFile(to, "w") as new:
            new.comment = old.comment
            for one in old.infolist():
                if one.filename != gone:
                    new.writestr(one, old.read(one))
        return "file"
    else:
        start, end = inside(LIST)
        pattern = rb'"path":\["([0-9a-f])' if cause == "checkpoint" else rb'"sha256":"([0-9a-f])'
        at = dice.choice([one.start(1) for one in re.finditer(pattern, raw[start:end])])
        raw = _other_digit(raw, start + at)
    to.write_bytes(raw)
    return named


def any_byte(raw: bytes, dice: random.Random) -> bytes:
    """One bit anywhere."""
    return _flipped(raw, dice.randrange(len(raw)), dice)


def _flipped(raw: bytes, at: int, dice: random.Random) -> bytes:
    return raw[:at] + bytes((raw[at] ^ 1 << dice.randrange(8),)) + raw[at + 1 :]


def _other_digit(raw: bytes, at: int) -> bytes:
    return raw[:at] + (b"a" if raw[at : at + 1] != b"a" else b"b") + raw[at + 1 :]


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
