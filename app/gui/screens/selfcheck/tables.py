"""The tables of one self-check: answers, anomalies, promises, files, the comparison, reminders."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from app.core.self_checks import Anomaly, ComparedLine, GivenFile, GivenItem, Promise, Reminder
from app.gui.screens.registers.listing import Decorations
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.screens.selfcheck import words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import sized, vbox

_KIB = 1024
LEAST_HEIGHT = 114  # the head and two rows


class Listed(QWidget):
    """A table with what is said where it is empty, and a line below it."""

    def __init__(self, columns: Sequence[Column[Any]], key: Callable[[Any], str], name: str, empty: str) -> None:
        super().__init__()
        column = vbox(self, gap=Space.INSIDE)
        self.model: RowsModel[Any] = RowsModel(columns, key, Decorations(), self)
        self.table = TableView(self.model, name)
        self.none = label(empty, "muted", wrap=True)
        self.below = label("", "secondary", wrap=True)
        column.addWidget(self.none)
        column.addWidget(sized(self.table, min_height=LEAST_HEIGHT), 1)
        column.addWidget(self.below)
        self.put(())

    def put(self, rows: Sequence[Any], below: str = "") -> None:
        """Show rows."""
        self.model.put(rows)
        self.table.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.below.setText(below)
        self.below.setVisible(bool(below))


def answers(questions: Mapping[tuple[str, str], str]) -> tuple[Column[GivenItem], ...]:
    """Return the columns of the answers; `questions` is filled in when they are read."""
    return (
        Column(tr("selfcheck.column.item"), lambda one: one.item, is_strong=True),
        Column(tr("selfcheck.column.question"), lambda one: questions.get((one.template, one.item), ""), share=4),
        Column(
            tr("selfcheck.column.answer"), lambda one: words.answer_words(one.state),
            mark=lambda one: words.answer_mark(one.state),
        ),
        Column(tr("selfcheck.column.amount"), lambda one: words.money(one.amount_cny), is_number=True,
               order=lambda one: one.amount_cny or 0),
        Column(tr("selfcheck.column.detail"), _told, share=4),
        Column(tr("selfcheck.column.files"), lambda one: str(len(one.evidence) or ""), is_number=True),
    )  # fmt: skip


def anomalies() -> tuple[Column[Anomaly], ...]:
    """Return the columns of the anomalies."""
    return (
        Column(tr("selfcheck.column.item"), lambda one: one.item),
        Column(tr("selfcheck.column.anomaly"), lambda one: one.question, share=4, is_strong=True),
        Column(tr("selfcheck.column.period"), lambda one: one.period, is_spare=True),
        Column(tr("selfcheck.column.at_issue"), lambda one: words.money(one.amount_cny), is_number=True,
               order=lambda one: one.amount_cny or 0),
        Column(tr("selfcheck.column.reply"), words.reply_words, mark=words.reply_mark),
        Column(tr("selfcheck.column.confirmed"), lambda one: words.money(one.declared_cny), is_number=True,
               order=lambda one: one.declared_cny or 0),
        Column(tr("selfcheck.column.grounds"), lambda one: "　".join(p for p in (one.nature, one.grounds) if p), share=3),
        Column(tr("selfcheck.column.files"), lambda one: str(len(one.evidence) or ""), is_number=True, is_spare=True),
    )  # fmt: skip


def promises() -> tuple[Column[Promise], ...]:
    """Return the columns of the promises."""
    return (
        Column(tr("selfcheck.column.promised"), lambda one: words.money(one.amount_cny), is_number=True,
               order=lambda one: one.amount_cny),
        Column(tr("selfcheck.column.by"), lambda one: one.by_on.isoformat()),
        Column(tr("selfcheck.column.promise_state"), lambda one: tr(f"selfcheck.promise.{one.state}"),
               mark=lambda one: words.promise_mark(one.state)),
        Column(tr("selfcheck.column.paid"), lambda one: words.money(one.paid_cny), is_number=True),
        Column(tr("selfcheck.column.paid_on"), lambda one: one.paid_on.isoformat() if one.paid_on else ""),
        Column(tr("selfcheck.column.note"), lambda one: one.note, share=1),
    )  # fmt: skip


def files(stored: set[str]) -> tuple[Column[GivenFile], ...]:
    """Return the columns of the files; `stored` names those whose bytes are here."""
    return (
        Column(tr("selfcheck.column.file"), lambda one: one.file_name, share=2, is_strong=True),
        Column(tr("selfcheck.column.caption"), lambda one: one.caption, share=2),
        Column(tr("selfcheck.column.size"), lambda one: f"{max(1, one.size_bytes // _KIB):,} KB", is_number=True,
               order=lambda one: one.size_bytes),
        Column("SHA-256", lambda one: one.sha256[:16], is_spare=True),
        Column(tr("selfcheck.column.here"), lambda one: tr("selfcheck.here" if one.sha256 in stored else "selfcheck.not_here")),
    )  # fmt: skip


def comparison() -> tuple[Column[ComparedLine], ...]:
    """Return the columns of the comparison."""
    return (
        Column(tr("selfcheck.column.item"), lambda one: one.item or "—", is_strong=True),
        Column(tr("selfcheck.column.question"), lambda one: one.title, share=4),
        Column(tr("selfcheck.column.self"), lambda one: words.both(one.declared_state, one.declared_cny) if one.item else "—",
               mark=lambda one: words.answer_mark(one.declared_state) if one.item else None),
        Column(tr("selfcheck.column.found"), lambda one: words.both(one.found_state, one.found_cny),
               mark=lambda one: words.answer_mark(one.found_state)),
        Column(tr("selfcheck.column.verdict"), words.verdict_words, mark=words.verdict_mark),
        Column(tr("selfcheck.column.found_as"), lambda one: "、".join(one.found_as), share=2, is_spare=True),
    )  # fmt: skip


def reminders(names: Mapping[str, str]) -> tuple[Column[Reminder], ...]:
    """Return the columns of the reminders; `names` of the people."""
    from app.core.clock import local

    return (
        Column(tr("selfcheck.column.at"), lambda one: f"{local(one.at):%Y-%m-%d %H:%M}"),
        Column(tr("selfcheck.column.method"), lambda one: one.method),
        Column(tr("selfcheck.column.by_whom"), lambda one: names.get(one.by, "")),
        Column(tr("selfcheck.column.note"), lambda one: one.note, share=1),
    )


def _told(one: GivenItem) -> str:
    parts = [one.value or "", one.detail, *(row.get("fact", "") for row in one.rows)]
    return "；".join(" ".join(part.split()) for part in parts if part)
