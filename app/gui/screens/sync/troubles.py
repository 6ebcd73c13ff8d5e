"""What the server refused, with the reason and what can be done, and what mended itself. Nothing here holds up the queue."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.core.clock import local
from app.core.outcome import Outcome
from app.core.syncing import ConflictLine, Incident, Trouble
from app.gui.messages import catalogue, sentence_of
from app.gui.screen import Context
from app.gui.screens.sync.conflict_words import value_words
from app.gui.screens.sync.words import moment_words, reason_words
from app.gui.texts import known, language, tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import emptied, hbox, scrolled, vbox

AT_ONCE = 30


class TroubleCard(Card):
    """One refused line. `resend` and `settle` carry its id."""

    resend = Signal(str)
    settle = Signal(str)

    def __init__(self, one: Trouble) -> None:
        super().__init__(gap=Space.INSIDE)
        self._op = one.op
        self.what = what_words(one)
        self.setAccessibleName(self.what)
        head = hbox()
        head.addWidget(ElidedLabel(self.what, "strong", in_middle=True))
        head.addWidget(ElidedLabel(one.record, "muted"), 1)
        self.body.addLayout(head)
        if said := said_words(one):
            self.body.addWidget(label(said, "secondary", wrap=True))
        self.body.addWidget(label(why_words(one), "body", tone="open", wrap=True))
        row = hbox(gap=Space.INSIDE)
        self.again = button(tr("sync_troubles.resend"), self._resend)
        self.again.setAccessibleName(f"{tr('sync_troubles.resend')} {self.what}")
        self.again.setVisible(one.can_resend)
        self.known = button(tr("sync_troubles.settle"), self._settle)
        self.known.setAccessibleName(f"{tr('sync_troubles.settle')} {self.what}")
        row.addWidget(self.again)
        row.addWidget(self.known)
        row.addStretch(1)
        self.body.addLayout(row)

    def _resend(self) -> None:
        self._off()
        self.resend.emit(self._op)

    def _settle(self) -> None:
        self._off()
        self.settle.emit(self._op)

    def _off(self) -> None:
        self.again.setEnabled(False)
        self.known.setEnabled(False)


class TroublesPane(QWidget):
    """Refused lines, a few at a time, and the incidents below them. `sent` tells that something goes again."""

    sent = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context, self._troubles = context, context.services.sync_troubles
        self._shown: tuple[tuple[Trouble, ...], tuple[Incident, ...]] | None = None
        self._at_most = AT_ONCE
        self.all_button = button(tr("sync_troubles.resend.all"), self._resend_all)
        self.export_button = button(tr("sync_troubles.export"), self.export, icon="export")
        bar = hbox(gap=Space.INSIDE)
        self.note = label(tr("sync_troubles.note"), "secondary", wrap=True)
        bar.addWidget(self.note, 1)
        bar.addWidget(self.all_button)
        bar.addWidget(self.export_button)
        inner = QWidget()
        self._column: QVBoxLayout = vbox(inner, gap=Space.BETWEEN)
        whole = vbox(self, gap=Space.BETWEEN)
        whole.addLayout(bar)
        whole.addWidget(scrolled(inner), 1)
        self.put((), ())

    def put(self, lines: Sequence[Trouble], incidents: Sequence[Incident]) -> None:
        """Show these."""
        if self._shown == (tuple(lines), tuple(incidents)):
            return
        self._shown = tuple(lines), tuple(incidents)
        emptied(self._column)
        self.note.setVisible(bool(lines))
        self.all_button.setVisible(sum(one.can_resend for one in lines) > 1)
        self.export_button.setVisible(bool(lines))
        if not lines and not incidents:
            self._column.addWidget(EmptyState("check", tr("sync_troubles.empty.title"), tr("sync_troubles.empty.text")))
            return
        for one in lines[: self._at_most]:
            card = TroubleCard(one)
            card.resend.connect(self._resend)
            card.settle.connect(self._settle)
            self._column.addWidget(card)
        if len(lines) > self._at_most:
            row = hbox()
            row.addWidget(button(tr("sync.conflict.more", left=len(lines) - self._at_most), self._more))
            row.addStretch(1)
            self._column.addLayout(row)
        if incidents:
            self._column.addWidget(_incidents(incidents))
        self._column.addStretch(1)

    def export(self) -> None:
        """Ask where to, and write every refused line for support."""
        name = tr("sync_troubles.file", day=f"{local(self._context.services.clock()):%Y-%m-%d}")
        path, _ = QFileDialog.getSaveFileName(self, tr("sync_troubles.export"), name, "JSON (*.json)")
        if path:
            self.export_to(Path(path))

    def export_to(self, path: Path) -> None:
        """Write every refused line into a file."""
        target, export = path if path.suffix == ".json" else path.with_suffix(".json"), self._troubles.export
        self._context.runner.run_write(lambda: export(target), self._exported, owner=self)

    def _exported(self, outcome: Outcome[int]) -> None:
        self._context.notices.toast(tr("sync_troubles.exported", count=outcome.value))

    def _resend(self, op: str) -> None:
        requeue = self._troubles.requeue
        self._context.runner.run_write(lambda: requeue(op), self._resent, self._not_done, owner=self)

    def _resend_all(self) -> None:
        requeue_all = self._troubles.requeue_all
        self.all_button.setEnabled(False)
        self._context.runner.run_write(requeue_all, self._resent, self._not_done, owner=self)

    def _settle(self, op: str) -> None:
        settle = self._troubles.settle
        self._context.runner.run_write(lambda: settle(op), self._settled, self._not_done, owner=self)

    def _resent(self, _outcome: object) -> None:
        self.all_button.setEnabled(True)
        self._context.notices.toast(tr("sync_troubles.resent"))
        self.sent.emit()

    def _settled(self, _outcome: object) -> None:
        """The list is read anew by whoever hears that something was written."""

    def _not_done(self, error: BaseException) -> None:
        self.all_button.setEnabled(True)
        self._again()
        self._context.notices.error(error)

    def _more(self) -> None:
        self._at_most += AT_ONCE
        self._again()

    def _again(self) -> None:
        lines, incidents = self._shown or ((), ())
        self._shown = None
        self.put(lines, incidents)


def what_words(one: Trouble) -> str:
    """Return what a refused line is: `检查项 SGF-1.04 · 填写`."""
    table = f"{known('sync_fields.table', one.table)} {one.title}".strip()
    return f"{table} · {known('sync.verb', one.verb)}"


def said_words(one: Trouble) -> str:
    """Return what a refused line says: `结论：不符合；说明：账实不符`."""
    return "；".join(
        tr(
            "sync_troubles.said", field=known("sync_fields.field", field),
            value=value_words(ConflictLine("", one.table, "", field, value, "", "", ""), value),
        )
        for field, value in one.fields
    )  # fmt: skip


def why_words(one: Trouble) -> str:
    """Return why a line was refused, in plain words, and since when."""
    reason = sentence_of(one.reason, {}) if one.reason in catalogue(language()) else reason_words(one.reason)
    words = tr("sync_troubles.rejected" if one.is_rejected else "sync_troubles.aside", reason=reason.rstrip("。"))
    return words if one.since is None else f"{words}　{tr('sync_troubles.since', when=moment_words(one.since))}"


def incident_words(one: Incident) -> tuple[str, str]:
    """Return what happened, and what was done about it."""
    name = one.code.rpartition(".")[2]
    key = f"sync_troubles.incident.{name}"
    done = tr(f"{key}.done" if one.rows else f"{key}.done.none", rows=f"{one.rows:,}")
    if one.left:
        done += tr("sync_troubles.incident.left", left=f"{one.left:,}")
    return tr(key), done


def _incidents(incidents: Sequence[Incident]) -> Card:
    card = Card(tr("sync_troubles.incidents"), gap=Space.BETWEEN)
    card.body.addWidget(label(tr("sync_troubles.incidents.text"), "secondary", wrap=True))
    for one in incidents[:AT_ONCE]:
        block = vbox(gap=Space.HAIR)
        what, done = incident_words(one)
        head = hbox(gap=Space.BETWEEN)
        head.addWidget(label(moment_words(one.at), "secondary"))
        head.addWidget(label(what, "strong", wrap=True), 1)
        block.addLayout(head)
        block.addWidget(label(done, "muted", wrap=True))
        card.body.addLayout(block)
    return card
