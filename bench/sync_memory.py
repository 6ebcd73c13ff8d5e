"""What a first push takes of memory, with 10,000 records and with ten times as many."""

from pathlib import Path

from bench.method import Goal, Row, Section
from bench.syncing import ANSWERS, INSPECTIONS, OURS, Ours, meeting, peak_mib

TIMES = 10


def measure(folder: Path) -> Section:
    """Push, and read the most memory that client and server ever had."""
    peaks = [_pushed(folder / str(times), INSPECTIONS * times) for times in (1, TIMES)]
    few, many = (sum(one) for one in peaks)
    told = [f"client {client:.0f} MiB, server {server:.0f} MiB" for client, server in peaks]
    growth = many / few
    return Section("Memory of sync", (
        Row(f"first push of {INSPECTIONS * ANSWERS * TIMES:,} records", f"{many:.0f} MiB: {told[1]}",
            f"{INSPECTIONS * ANSWERS:,} records: {few:.0f} MiB: {told[0]}", f"{growth:.2f}×", "< 1.2×",
            Goal("at_most", 1.2).verdict(growth)),
    ))  # fmt: skip


def _pushed(folder: Path, inspections: int) -> tuple[float, float]:
    with meeting(folder, OURS, inspections=inspections) as office:
        laptop = office.laptop("a")
        assert isinstance(laptop, Ours)
        laptop.load()
        laptop.forget_peak()  # the records of the benchmark were read to make them
        laptop.sync()
        return laptop.peak_mib(), peak_mib(office.server.pid)
