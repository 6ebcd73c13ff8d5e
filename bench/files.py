"""Photos sent to a server, against one stream of bare HTTP PUTs; over a weak line, and one that breaks."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.method import Goal, Row, Section, length, paired_ratio, span
from bench.pictures import photos
from bench.syncing import KINDS, MBIT, OURS, Line, Office, Ours, meeting, weak_line

ROUNDS, PHOTOS, DRAWN, WEAK_PHOTOS = 2, 200, 40, 10
_MIB = 1 << 20


def measure(folder: Path) -> Section:
    """Send 200 photos of 3 MB on loopback, some over a weak line, and one over a line that breaks half-way."""
    pictures = folder / "photos"
    pictures.mkdir()
    for name, data in _photos():
        (pictures / name).write_bytes(data)
    size = sum(one.stat().st_size for one in pictures.iterdir())
    found: dict[str, list[float]] = {"ours": [], "bound": []}
    idle: list[float] = []
    for number in range(ROUNDS):
        for name in ("ours", "bound") if number % 2 else ("bound", "ours"):
            with meeting(folder / f"{number}-{name}", KINDS[name], pictures=pictures) as office:
                laptop = office.laptop("a")
                laptop.sync()
                found[name].append(laptop.photos())
                if name == "ours":
                    idle.append(median(laptop.sync() for _ in range(5)))
    ratio = paired_ratio(found["ours"], found["bound"])
    rates = [size / 1e6 / median(found[name]) for name in ("ours", "bound")]
    rows = [
        Row(f"{PHOTOS} photos of {size / PHOTOS / 1e6:.1f} MB, loopback", f"{span(found['ours'])}, {rates[0]:.0f} MB/s",
            f"one-stream HTTP PUT: {span(found['bound'])}, {rates[1]:.0f} MB/s", f"{ratio:.2f}×",
            "≥ 50 % of the bound's rate", Goal("at_most", 2.0).verdict(ratio)),
        Row(f"nothing to send, {PHOTOS} photos there", span(idle), "–", "–", "≤ 0.15 s",
            Goal("at_most", 0.15).verdict(median(idle))),
    ]  # fmt: skip
    with meeting(folder / "weak", OURS, pictures=pictures) as office, weak_line(office.port) as line:
        rows += _weak(office, line, pictures)
    return Section("Files", tuple(rows))


def _weak(office: Office, line: Line, pictures: Path) -> Iterator[Row]:
    laptop = office.laptop("a", line.port)
    assert isinstance(laptop, Ours)
    laptop.ask("take 1")
    laptop.sync()  # what an office needs once, document numbers above all, is no part of the measurement
    sizes = [one.stat().st_size for one in sorted(pictures.iterdir())[1:]]
    laptop.ask(f"take {WEAK_PHOTOS} 1")
    seconds = laptop.sync()
    share = sum(sizes[:WEAK_PHOTOS]) / seconds / (MBIT * 1e6 / 8)
    yield Row(f"{WEAK_PHOTOS} photos, weak line", length(seconds), f"line: {MBIT} Mbit/s", f"{share:.0%} of its rate",
              "≥ 95 %", Goal("at_least", 0.95).verdict(share))  # fmt: skip
    laptop.ask(f"take 1 {WEAK_PHOTOS + 1}")
    before, size = line.carried(), sizes[WEAK_PHOTOS]
    cut = threading.Thread(target=_cut_at, args=(line, before + size // 2))
    cut.start()
    try:
        laptop.sync()
    except RuntimeError as broken:
        if "http.unreachable" not in str(broken):
            raise
    else:
        raise RuntimeError("the line did not break")
    cut.join()
    laptop.sync()
    resent = line.carried() - before - size
    yield Row("sent twice after a cut half-way, all heads and text with it", f"{resent / _MIB:.2f} MiB", "–", "–", "≤ 1 MiB",
              Goal("at_most", 1.0).verdict(resent / _MIB))  # fmt: skip


def _cut_at(line: Line, carried: int) -> None:
    while line.carried() < carried:
        time.sleep(0.02)
    line.cut()


def _photos() -> Iterator[tuple[str, bytes]]:
    """Give different files: drawing one takes a second, so most are another one with a few bytes behind its end."""
    drawn = list(photos(DRAWN))
    for number in range(PHOTOS):
        tail = number.to_bytes(4, "big") if number >= DRAWN else b""
        yield f"{number:04}.jpg", drawn[number % DRAWN] + tail
