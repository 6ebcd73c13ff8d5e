"""Everything a hostile sender may try, each measured: prints one JSON object per case.

    {"case": …, "refused": "<code or status and code>", "seconds": …, "peak_mib": …}

It runs in a process of its own, because the peak of memory is that of a process.
"""

import hashlib
import itertools
import json
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psutil
import zstandard

from sync.client.carrier import Answer, Carrier
from sync.client.http import ServerDoor
from sync.protocol import codec, framing, lines, packets, packets_body
from sync.protocol.chain import DeviceKey
from sync.protocol.errors import SyncError
from sync.protocol.messages import (
    HEADER_DEVICE,
    HEADER_DIGEST,
    HEADER_NONCE,
    HEADER_PROTO,
    HEADER_SIGNATURE,
    HEADER_TIME,
    PROTO,
    Hello,
)
from sync.protocol.packets_keys import Card
from sync.protocol.signing import RequestProof
from tests.sim.folder import fast_folder
from tests.sim.wire import Reply, call, without_threads

MIB = 1 << 20
Case = Callable[[], object]


@cache
def bombs() -> dict[str, bytes]:
    """Return compressed bodies of which none may be opened."""
    sized, open_end = _swollen(200 * MIB), _swollen(-1)
    lying = bytearray(sized)
    at = sized.index(struct.pack("<I", 200 * MIB))
    lying[at : at + 4] = struct.pack("<I", 1000)
    small = zstandard.ZstdCompressor().compress(b"{}")
    return {
        "says 200 MiB": sized,
        "says nothing": open_end,
        "says 1000 bytes": bytes(lying),
        "thousand frames": small * 1000,
        "skippable frames": struct.pack("<II", 0x184D2A50, 4) * 1000 + small,
        "window of 2 GiB": bytes.fromhex("28b52ffd") + bytes((0b00000000, 0xA8)) + bytes(64),
        "cut short": small[:-3],
        "no frame": hashlib.sha256(b"x").digest() * 1000,
        "a megabyte and more": bytes(2 * MIB),
        "nothing": b"",
        "a mark that is named again without end": zstandard.ZstdCompressor().compress(b"\x02" + b"\x01 " * 4_000_000) + bytes(16),
        "marks without parts": zstandard.ZstdCompressor().compress(b"\x02" * 200_000),
        "parts without marks": small + bytes(MIB - 100),
    }


def _swollen(size: int) -> bytes:
    """Compress 200 MiB of nothing without ever holding them."""
    stream = zstandard.ZstdCompressor(level=3).compressobj(size=size)
    return b"".join(stream.compress(bytes(MIB)) for _ in range(200)) + stream.flush()


@cache
def texts() -> dict[str, bytes]:
    """Return JSON that is too deep, too wide or no JSON."""
    deep = 100_000
    return {
        "deep lists": b"[" * deep + b"]" * deep,
        "deep lists without end": b"[" * 4_000_000,
        "deep objects": b'{"a":' * deep + b"1" + b"}" * deep,
        "deep in a part nobody knows": b'{"unknown":' + b"[" * deep + b"]" * deep + b"}",
        "deep to the limit": b'{"unknown":' + b"[" * 990 + b"1234567890123456789" + b"]" * 990 + b"}",
        "millions of numbers": b"[" + b"0," * 3_900_000 + b"0]",
        "millions of lines": b'{"lines":[' + b"{}," * 2_600_000 + b"{}]}",
        "a number of millions of digits": b'{"limit":' + b"9" * 7_000_000 + b"}",
        "a name of millions of letters": b'{"' + b"a" * 7_000_000 + b'":1}',
        "the same name a million times": b"{" + b'"a":1,' * 1_000_000 + b'"a":1}',
        "half a pair": b'{"epoch":"\\ud800"}',
        "no text": b'{"epoch":"\xff\xfe"}',
        "not a number": b'{"limit":NaN}',
        "NUL": b"\0" * 1000,
    }


class Server:
    """The server's application with one device that is let in."""

    def __init__(self, folder: Path) -> None:
        from sync.client.enrol import Applicant, enrol
        from sync.server.app import make_app, open_office
        from sync.server.world import real_world

        self.office = open_office(folder, real_world())
        self.app = make_app(self.office)
        self.key = DeviceKey.from_seed(bytes(32))
        self.device = "hostile-device"
        self._nonces = itertools.count()
        door = ServerDoor("http://server", self._now, lambda: f"n{next(self._nonces)}")
        door._client = _Inside(self)
        code = self.office.devices.issue_code("u", ("s:610102",), 60_000).code
        self.server = enrol(door, code, Applicant(self.device, self.key, "测试本")).server

    def _now(self) -> int:
        return time.time_ns() // 1_000_000

    def ask(
        self, method: str, target: str, body: bytes | Iterator[bytes] = b"", digest: str = "", **more: str
    ) -> object:
        """Send a well signed request whose body is what it is."""
        if isinstance(body, bytes) and not digest:
            digest = hashlib.sha256(body).hexdigest()
        proof = RequestProof(
            self.server, self.device, method, target, self._now(), f"n{next(self._nonces)}", digest or "0" * 64
        )
        headers = {
            HEADER_PROTO: str(PROTO), HEADER_DEVICE: proof.device, HEADER_TIME: str(proof.time_ms), HEADER_NONCE: proof.nonce,
            HEADER_DIGEST: proof.body_sha256, HEADER_SIGNATURE: self.key.sign(proof.bytes()),
            **{name.replace("_", "-"): value for name, value in more.items()},
        }  # fmt: skip
        reply = call(self.app, method, target, [(n.encode(), v.encode()) for n, v in headers.items()], body)
        return refusal_of(reply)


class _Inside(Carrier):
    def __init__(self, server: Server) -> None:
        super().__init__("http://server", 20.0)
        self._server = server

    @contextmanager
    def stream(
        self, method: str, target: str, *, headers: Mapping[str, str], content: bytes | Iterable[bytes] = b"", **_: object
    ) -> Iterator[Answer]:
        body = content if isinstance(content, bytes) else iter(content)
        reply = call(self._server.app, method, target, [(n.encode(), v.encode()) for n, v in headers.items()], body)
        yield Answer(reply.status, {n.decode().lower(): v.decode() for n, v in reply.headers}, (reply.body,))


class Refusal(Exception):
    """An answer that says no."""


def refusal_of(reply: Reply) -> object:
    """Raise what the server said, unless it said yes."""
    if reply.status >= 400:
        raise Refusal(f"{reply.status} {json.loads(reply.body)['code']}")
    return reply.status


def server_cases(server: Server) -> dict[str, Case]:
    """Return hostile requests of a device that is let in."""
    cases: dict[str, Case] = {}
    path = next(one for one in ("/v1/sync", "/v1/push") if one in {route.path for route in _routes(server)})
    for name, bomb in bombs().items():
        cases[f"server, zstd {name}"] = lambda bomb=bomb: server.ask("POST", path, bomb)
    for name, text in texts().items():
        if len(text) <= framing.MAX_PLAIN_BYTES:
            cases[f"server, JSON {name}"] = lambda text=text: server.ask("POST", path, framing.pack(text))
            cases[f"server, plain JSON {name}"] = lambda text=text: server.ask(
                "POST", path, text, content_type="application/json"
            )
    endless = {
        "body without end": ("POST", path), "chunk without end": ("PUT", f"/v1/blobs/{'a' * 64}/0"),
        "offer without end": ("POST", f"/v1/blobs/{'a' * 64}"), "enrolment without end": ("POST", "/v1/enrol"),
    }  # fmt: skip
    for name, (method, target) in endless.items():
        cases[f"server, {name}"] = lambda m=method, t=target: server.ask(m, t, itertools.repeat(bytes(65536)))
        cases[f"server, {name}, said to be small"] = lambda m=method, t=target: server.ask(
            m, t, itertools.repeat(bytes(65536)), content_length="10"
        )
    for length in ("9" * 4000, "18446744073709551616", "99999999999"):
        cases[f"server, length {length[:20]}"] = lambda n=length: server.ask("POST", path, b"", content_length=n)
    offers = {
        "of 10^18 bytes": {"size": 10**18}, "of less than nothing": {"size": -1}, "of half a byte": {"size": 0.5},
        "with a type of scripts": {"mime": "text/html\r\nX: y"}, "for a feed of others": {"scope": "s:999999"},
        "for a receipts feed": {"scope": "d:hostile-device"}, "for a path": {"scope": "../../x"},
        "with a digest that is none": {"sm3": "../../../etc/passwd"},
    }  # fmt: skip
    for name, change in offers.items():
        offer = {"scope": "s:610102", "size": 10, "mime": "image/jpeg", "sm3": ""} | change
        cases[f"server, offer {name}"] = lambda o=offer: server.ask("POST", f"/v1/blobs/{'b' * 64}", codec.dump(o))
    good = codec.dump({"scope": "s:610102", "size": 10, "mime": "image/jpeg", "sm3": ""})
    for sha256 in ("..%2f..%2fetc%2fpasswd", "%2e%2e", "A" * 64, "a" * 63, "a" * 10_000, "con", "a%00b", "﻿" * 3):
        cases[f"server, file named {sha256[:24]!r}"] = lambda n=sha256: server.ask("POST", f"/v1/blobs/{n}", good)
        cases[f"server, fetch of {sha256[:24]!r}"] = lambda n=sha256: server.ask("GET", f"/v1/blobs/{n}")
    begun = hashlib.sha256(b"begun").hexdigest()
    server.ask(
        "POST", f"/v1/blobs/{begun}", codec.dump({"scope": "s:610102", "size": 10, "mime": "image/jpeg", "sm3": ""})
    )
    for number, size in (
        ("0", 11),
        ("0", 0),
        ("0", 9),
        ("1", 10),
        ("4294967296", 10),
        ("9" * 400, 10),
        ("0", MIB),
        ("0", 3 * MIB),
    ):
        cases[f"server, chunk {number[:12]} of {size} bytes"] = lambda n=number, s=size: server.ask(
            "PUT", f"/v1/blobs/{begun}/{n}", bytes(s)
        )
    cases["server, whole file without end"] = lambda: server.ask(
        "PUT", f"/v1/blobs/{begun}", itertools.repeat(bytes(65536)), digest=begun
    )
    cases["server, whole file of another name"] = lambda: server.ask("PUT", f"/v1/blobs/{begun}", b"x")
    cases["server, whole file never announced"] = lambda: server.ask(
        "PUT", f"/v1/blobs/{'d' * 64}", itertools.repeat(bytes(65536)), digest="d" * 64
    )
    for count in (201, 20_000, 200_000):
        offers = codec.dump({"files": [json.loads(good) | {"sha256": "e" * 64}] * count})
        cases[f"server, {count} files announced at once"] = lambda o=offers: server.ask("POST", "/v1/blobs", o)
    for count in (901, 20_000, 200_000):
        asked = codec.dump({"files": ["e" * 64] * count})
        cases[f"server, asked for {count} files at once"] = lambda a=asked: server.ask("POST", "/v1/sizes", a)
    cases["server, commit without chunks"] = lambda: server.ask("POST", f"/v1/blobs/{begun}/commit")
    cases["server, commit of nothing"] = lambda: server.ask("POST", f"/v1/blobs/{'c' * 64}/commit")
    return cases


def _routes(server: Server) -> list[object]:
    from sync.server.routes import Endpoints

    return list(Endpoints(server.office).routes())


def _door(body: Iterator[bytes] | bytes, kind: str) -> ServerDoor:
    """Return a client whose server answers this, whatever it asks."""

    pieces = (body,) if isinstance(body, bytes) else itertools.repeat(bytes(65536))
    door = ServerDoor("http://server", lambda: 0, lambda: "n")
    door._client = _Says(Answer(200, {HEADER_PROTO.lower(): str(PROTO), "content-type": kind}, pieces))
    return door


class _Says(Carrier):
    def __init__(self, answer: Answer) -> None:
        super().__init__("http://server", 20.0)
        self._answer = answer

    @contextmanager
    def stream(self, method: str, target: str, **_: object) -> Iterator[Answer]:
        yield self._answer


def client_cases() -> dict[str, Case]:
    """Return answers of something that is no honest server."""
    cases: dict[str, Case] = {}
    for name, bomb in bombs().items():
        cases[f"client, zstd {name}"] = lambda bomb=bomb: framing.unpack(bomb)
    for name, text in texts().items():
        cases[f"client, hello {name}"] = lambda text=text: _door(text, "application/json").hello()
        cases[f"answer, JSON {name}"] = lambda text=text: codec.load(Hello, text)
        cases[f"line, JSON {name}"] = lambda text=text: lines.parse(text)
    cases["client, an answer without end"] = lambda: _door(iter(()), "application/json").hello()
    return cases


def packet_cases(folder: Path) -> dict[str, Case]:
    """Return files that end as packets do."""
    cases: dict[str, Case] = {}
    magic, key = packets.MAGIC, DeviceKey.from_seed(bytes(32))
    honest = {
        "v": 1, "packet_id": "p", "sender": "d", "sender_key": key.public_hex, "receiver": "s", "n": 1, "prev": "0" * 64, "epoch": "e",
        "created_ms": 1, "vol": 1, "vols": 1, "suite": 1, "kid": "k", "body_bytes": 16, "body_sha256": "0" * 64,
    }  # fmt: skip
    changes = {
        "a body of 10^18 bytes": {"body_bytes": 10**18}, "a body of less than nothing": {"body_bytes": -5},
        "ten million volumes": {"vols": 10**7},
        "volume nought": {"vol": 0}, "a name that is a path": {"packet_id": "../../etc/passwd"},
        "a receiver of a megabyte": {"receiver": "x" * 5000},
        "another suite": {"suite": 99}, "a number as a name": {"sender": 7}, "a false digest": {"body_sha256": "zz" * 32},
    }  # fmt: skip
    files = {f"header with {name}": _packet(honest | change) for name, change in changes.items()}
    files |= {
        f"header of {name}": magic + struct.pack(">I", min(len(text), 8000)) + text[:8000] + bytes(200)
        for name, text in texts().items()
    }
    for length in (0, 1, 8193, 0x7FFFFFFF, 0xFFFFFFFF):
        files[f"header length {length}"] = magic + struct.pack(">I", length) + b"{}" * 4000
    files |= {
        "no magic": b"PK\x03\x04" + bytes(5000),
        "nothing": b"",
        "magic alone": magic,
        "the header cut off": _packet(honest)[:60],
    }
    for number, (name, data) in enumerate(files.items()):
        path = folder / f"{number}{packets.SUFFIX}"
        path.write_bytes(data)
        cases[f"packet, {name}"] = lambda path=path: packets.look(path)
    sparse = folder / f"sparse{packets.SUFFIX}"
    with sparse.open("wb") as file:
        file.truncate(5 << 30)
    cases["packet, five empty gigabytes"] = lambda: packets.look(sparse)
    changed = folder / f"changed{packets.SUFFIX}"
    changed.write_bytes(_packet(honest))
    cases["packet, signed by nobody"] = lambda: packets.look(changed).check_signature(key.public_hex)
    return cases


def content_cases() -> dict[str, Case]:
    """Return contents of packets that an enrolled device sealed and signed well."""
    manifest = packets_body.record(packets_body.Manifest(packets_body.DELIVER, Card.of("d", "d", DeviceKey.from_seed(bytes(32)))))
    records = {
        "a record of 4 GiB": b"\x02\xff\xff\xff\xff" + bytes(1000),
        "a record of 20 MiB": b"\x02" + (20 * MIB).to_bytes(4) + bytes(20 * MIB),
        "a record cut off": b"\x02" + (1000).to_bytes(4) + bytes(10),
        "a chunk of nothing": b"\x06" + (36).to_bytes(4) + bytes(36),
        "half a head": b"\x02\x00",
    }
    for name, bomb in bombs().items():
        if len(bomb) <= MIB:
            records[f"zstd {name}"] = b"\x03" + len(bomb).to_bytes(4) + bomb
    cases: dict[str, Case] = {
        f"packet contents, {name}": lambda data=data: _read_through(iter((manifest, data)))
        for name, data in records.items()
    }
    cases["packet contents, no manifest"] = lambda: _read_through(iter((bytes(100),)))
    cases["packet contents, records without end"] = lambda: _read_through(
        itertools.chain((manifest, b"\x02" + (MIB - 5).to_bytes(4)), itertools.repeat(b"\xff" * 65536))
    )
    return cases


def _read_through(segments: Iterator[bytes]) -> int:
    _, contents = packets_body.read(segments)
    return sum(1 for _ in contents)


def _packet(header: dict[str, object]) -> bytes:
    raw = codec.dump(header)
    return packets.MAGIC + struct.pack(">I", len(raw)) + raw + bytes(80 + 64 + 16)


def peak_mib() -> float:
    """Return the most memory this process ever had."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / MIB
    if sys.platform == "linux":  # getrusage would count what the process was before it became this program
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * unit / MIB


def measure(name: str, case: Case) -> None:
    """Run one case and print what came of it."""
    began = time.perf_counter()
    try:
        refused = f"TAKEN: {case()!r}"[:120]
    except (Refusal, SyncError) as error:
        refused = str(error) if isinstance(error, Refusal) else error.code
    except Exception as error:  # noqa: BLE001 - a crash is what is looked for
        refused = f"BROKE: {type(error).__name__}: {error}"[:200]
    print(
        json.dumps({"case": name, "refused": refused, "seconds": time.perf_counter() - began, "peak_mib": peak_mib()}),
        flush=True,
    )


def main() -> None:
    """Run all cases."""
    cases = client_cases() | content_cases()
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name, without_threads():
        server = Server(Path(name) / "server")
        cases |= server_cases(server) | packet_cases(Path(name))
        print(json.dumps({"ready": peak_mib()}), flush=True)
        for case, run in cases.items():
            measure(case, run)
        server.office.database.close()


if __name__ == "__main__":
    main()
