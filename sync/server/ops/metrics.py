"""Figures for Prometheus: what this process answered, and what the server holds."""

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Table, func, select

from sync.protocol.files import PREVIEW_MIME
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.ops import backups

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5.0, 20.0)


class Metrics:
    """Count requests as they are answered; `text` adds what the database says at that moment."""

    def __init__(self, database: Database) -> None:
        self._registry = CollectorRegistry()
        names = ("endpoint",)
        self._answered = Counter(
            "yanfang_requests", "Requests answered.", ("endpoint", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "yanfang_request_seconds", "Time to the end of the answer.", names, buckets=_SECONDS, registry=self._registry
        )
        self._received = Counter("yanfang_received_bytes", "Bytes of bodies received.", names, registry=self._registry)
        self._sent = Counter("yanfang_sent_bytes", "Bytes of bodies sent.", names, registry=self._registry)
        self._registry.register(_Holdings(database))

    def answered(self, endpoint: str, status: int, seconds: float, received: int, sent: int) -> None:
        """Count one request; safe from any thread."""
        self._answered.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)
        self._received.labels(endpoint).inc(received)
        self._sent.labels(endpoint).inc(sent)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self._registry)


class _Holdings(Collector):
    """Ask the database when somebody asks for the figures; what could be many is counted by its feeds' heads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        """Yield what the server holds."""
        blob, head = schema.blob.c, schema.feed_head.c
        with self._database.read() as unit:
            scopes = ~head.feed.like("d:%") & ~head.feed.like("q:%")
            lines = select(func.coalesce(func.sum(head.seq), 0)).where(scopes)
            receipts = select(func.coalesce(func.sum(head.seq), 0)).where(head.feed.like("d:%"))
            found = {
                "lines": ("Lines in all feeds.", unit.scalar(lines)),
                "receipts": ("Receipts given.", unit.scalar(receipts)),
                "devices": ("Devices enrolled and not revoked.", _count(unit, schema.device, "revoked_ms")),
                "quarantined_lines": ("Lines put aside.", _count(unit, schema.quarantine)),
                "open_conflicts": ("Conflicts nobody has decided.", _count(unit, schema.conflict, "resolved_by")),
                "files": ("Files held, previews apart.", unit.scalar(select(func.count()).where(blob.mime != PREVIEW_MIME))),
                "file_bytes": ("Bytes of files held.", unit.scalar(select(func.coalesce(func.sum(blob.size), 0)))),
                "damaged_files": (
                    "Files whose bytes are not what their name says.",
                    unit.scalar(select(func.count()).where(blob.damaged_ms.is_not(None))),
                ),
                "unfinished_uploads": ("Files announced and not complete.", _count(unit, schema.upload)),
                "last_backup_timestamp_seconds": ("When the last backup was made; 0: never.", _last_backup_s(unit)),
            }
        for name, (words, value) in found.items():
            yield GaugeMetricFamily(f"yanfang_{name}", words, value=float(value or 0))


def _count(unit: Connection, table: Table, empty: str | None = None) -> int:
    wanted = select(func.count()).select_from(table)
    return unit.scalar(wanted if empty is None else wanted.where(table.c[empty].is_(None))) or 0


def _last_backup_s(unit: Connection) -> float:
    return (backups.last_ms(unit) or 0) / 1000
