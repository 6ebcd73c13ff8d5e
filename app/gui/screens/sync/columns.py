"""The columns of the receipt wall. The third one of each is the packets', shown once there are some."""

import datetime as dt
from typing import Any

from app.core.syncing import Receipt, RecordReceipt
from app.gui.screens.registers.rows import Column
from app.gui.screens.sync.words import (
    here_words,
    number_words,
    of_words,
    one_mark,
    one_title,
    one_words,
    packet_words,
    receipt_mark,
    receipt_words,
    short_moment,
    size_words,
    verb_words,
)
from app.gui.texts import tr

_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def record_columns() -> tuple[Column[RecordReceipt], ...]:
    """Return what is said of a record."""
    return (
        Column(tr("sync.receipts.record"), lambda one: one.title, share=4, is_strong=True),
        Column(
            tr("sync.receipts.lines"), lambda one: of_words(one.receipted, one.lines),
            order=lambda one: one.receipted - one.lines, is_number=True,
        ),
        _packets(),
        Column(
            tr("sync.receipts.files"), lambda one: of_words(one.files_receipted, one.files),
            order=lambda one: one.files_receipted - one.files, is_number=True,
        ),
        _receipt(),
        _backup(),
        Column(
            tr("sync.receipts.state"), receipt_words, order=lambda one: (one.is_safe, -one.refused), mark=receipt_mark,
            share=3,
        ),
    )  # fmt: skip


def file_columns() -> tuple[Column[Receipt], ...]:
    """Return what is said of a file among all; 20,000 are sorted at once, so by plain text and not as a dictionary does."""
    return (
        Column(
            tr("sync.files.name"), one_title, order=lambda one: (one.title, one.number or 0), share=2, is_strong=True
        ),
        Column(tr("sync.receipts.record"), lambda one: one.record, order=lambda one: one.record, share=3),
        _packets(),
        Column(
            tr("sync.files.size"), lambda one: size_words(one.size_bytes), order=lambda one: one.size_bytes,
            is_number=True,
        ),
        Column(tr("sync.files.here"), here_words),
        _receipt(),
        _state(),
        _digest(),
    )  # fmt: skip


def one_columns() -> tuple[Column[Receipt], ...]:
    """Return what is said of one record's lines and files."""
    return (
        Column(tr("sync.detail.what"), one_title, share=3, is_strong=True),
        Column(tr("sync.detail.verb"), verb_words),
        _packets(),
        Column(tr("sync.files.here"), here_words),
        _receipt(),
        _backup(),
        _state(),
        _digest(),
    )


def _packets() -> Column[Any]:
    return Column(tr("sync.receipts.packets"), lambda one: packet_words(one.packets), order=lambda one: one.packets)


def _receipt() -> Column[Any]:
    return Column(
        tr("sync.receipts.receipt"), lambda one: number_words(one.receipt, one.receipted_at),
        order=lambda one: one.receipt or 0,
    )  # fmt: skip


def _backup() -> Column[Any]:
    return Column(
        tr("sync.receipts.backup"), lambda one: short_moment(one.backup_at),
        order=lambda one: one.backup_at or _LONG_AGO, is_spare=True,
    )  # fmt: skip


def _state() -> Column[Any]:
    return Column(
        tr("sync.files.state"), one_words, order=lambda one: (one.is_safe, str(one.wait or "")), mark=one_mark, share=2
    )


def _digest() -> Column[Any]:
    return Column(tr("sync.detail.digest"), lambda one: one.digest, is_extra=True)
