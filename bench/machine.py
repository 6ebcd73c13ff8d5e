"""What the figures were measured on: they say little without it."""

import hashlib
import os
import platform
import sqlite3
import statistics
import sys
import time
from importlib import metadata
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

_WRITES = 200
_PACKAGES = ("PySide6-Essentials", "SQLAlchemy", "sqlcipher3", "reportlab", "pillow", "cryptography")


def line(folder: Path) -> str:
    """Return processor, disk, system and versions in one line; the disk is the one that `folder` lies on."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    return (
        f"{_processor()}, {os.cpu_count()} cores; {_memory()}; disk: {_disk(folder)}; "
        f"{platform.system()} {platform.release()}; Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version} (raw) and {sqlcipher.sqlite_version} (SQLCipher), {versions}"
    )


def load() -> str:
    """Return how busy the machine is.

    On a busy one the disk is waited for by both sides, which flatters a save, and the window waits for the processor.
    """
    if not hasattr(os, "getloadavg"):
        return "load unknown"
    busy = os.getloadavg()[0]
    warning = ", **busy: ratios to be taken with care, above all those of saving**" if busy > 0.7 else ""
    return f"load {busy:.1f} on {os.cpu_count()} cores{warning}"


def _processor() -> str:
    if sys.platform == "linux":
        for row in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = row.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):
        return "memory unknown"
    return f"{size / 2**30:.0f} GiB"


def _disk(folder: Path) -> str:
    """Return how long 4 KiB take to be safe: the floor of every save."""
    seconds = []
    with (folder / "disk").open("wb") as out:
        for number in range(_WRITES):
            out.write(hashlib.sha256(bytes([number])).digest() * 128)
            out.flush()
            start = time.perf_counter()
            os.fsync(out.fileno())
            seconds.append(time.perf_counter() - start)
    seconds.sort()
    return (
        f"{_kind(folder)}fsync of 4 KiB {statistics.median(seconds) * 1000:.2f} ms median, "
        f"{seconds[int(_WRITES * 0.99)] * 1000:.2f} ms p99"
    )


def _kind(folder: Path) -> str:
    if sys.platform != "linux":
        return ""
    mounts = [row.split()[:3] for row in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    there = [mount for mount in mounts if folder.resolve().is_relative_to(mount[1])]
    device, _, system = max(there, key=lambda mount: len(mount[1]), default=("", "", ""))
    return f"{system} on {device}, " if system else ""
