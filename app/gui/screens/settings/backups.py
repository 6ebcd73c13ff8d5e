"""Backups: which there are, one more now, back to an older one."""

from pathlib import Path
from typing import Any

from app.gui.screen import Context
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.screens.settings.parts import Part
from app.gui.screens.sync.words import moment_words, size_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized


class BackupsPart(Part):
    """The list of backups with its two buttons."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._chosen: Any = None
        self.column.addWidget(label(tr("settings.backups.text"), "muted", wrap=True))
        columns: tuple[Column[Any], ...] = (
            Column(
                tr("settings.backups.when"), lambda one: moment_words(one.made_at), order=lambda one: one.made_at,
                is_strong=True,
            ),
            Column(
                tr("settings.backups.size"), lambda one: size_words(one.size_bytes),
                order=lambda one: one.size_bytes, is_number=True,
            ),
            Column(tr("settings.backups.state"), _state_words, mark=_state_mark),
            Column(tr("settings.backups.where"), lambda one: str(one.path), share=1),
        )  # fmt: skip
        empty = EmptyState("database", tr("settings.backups.empty.title"), tr("settings.backups.empty.text"))
        self.list = sized(
            ListPane(columns, lambda one: str(one.path), empty, name=tr("settings.backups.list")),
            min_height=190,
        )
        self.column.addWidget(self.list, 1)
        row = hbox(gap=Space.INSIDE)
        self.state = label("", "secondary")
        self.restore_button = button(tr("settings.backups.restore"), self.restore, icon="undo")
        self.make_button = button(tr("settings.backups.make"), self.make, kind="primary")
        row.addWidget(self.state, 1)
        row.addWidget(self.restore_button)
        row.addWidget(self.make_button)
        self.column.addLayout(row)
        self.list.table.picked.connect(self._picked)
        self._picked(None)

    def read(self) -> None:
        """Read the list."""
        self.context.runner.run_read(
            self.context.services.backups.lines, self.list.put, owner=self, key="backups"
        )

    def make(self) -> None:
        """Make one more backup now."""
        self._set_working(tr("settings.backups.making"))
        self.context.runner.run_write(
            self.context.services.backups.make, self._made, self._failed, owner=self
        )

    def restore(self) -> None:
        """Ask whether to go back to the chosen backup; the question names what that means."""
        if self._chosen is None:
            return
        when = moment_words(self._chosen.made_at)
        dialog = ConfirmDialog(
            self, tr("settings.restore.what", when=when), tr("settings.restore.text"), tr("settings.restore.do"),
            danger=True,
        )  # fmt: skip
        dialog.accepted.connect(self._restore_now)
        dialog.open()

    def _restore_now(self) -> None:
        path: Path = self._chosen.path
        restore = self.context.services.backups.restore
        self._set_working(tr("settings.restore.working"))
        self.context.runner.run_write(lambda: restore(path), self._restored, self._failed, owner=self)

    def _restored(self, _done: Any) -> None:
        self._set_working("")
        self.context.notices.banner(
            tr("settings.restore.done", when=moment_words(self._chosen.made_at)), tone="ok"
        )
        self.context.go("home")

    def _made(self, outcome: Any) -> None:
        self._set_working("")
        made = getattr(outcome, "value", outcome)
        self.state.setText(tr("settings.backups.made", size=size_words(made.size_bytes)))
        self.read()

    def _failed(self, error: BaseException) -> None:
        self._set_working("")
        self.context.notices.error(error)

    def _set_working(self, words: str) -> None:
        self.state.setText(words)
        self.make_button.setEnabled(not words)
        self.restore_button.setEnabled(not words and self._chosen is not None)

    def _picked(self, line: object) -> None:
        self._chosen = line
        self.restore_button.setEnabled(line is not None)


def _state_words(line: Any) -> str:
    return tr("settings.backups.verified" if line.is_verified else "settings.backups.unverified")


def _state_mark(line: Any) -> tuple[str, str]:
    return ("verified", "ok") if line.is_verified else ("warning", "open")
