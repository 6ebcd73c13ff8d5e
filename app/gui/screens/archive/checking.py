"""Is this file as it was signed? Records, cases and photos, ours or anyone's."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.screen import Context
from app.gui.screens.registers.listing import on_key
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.verdicts import said
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card, inset
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import ElidedLabel, badge, label, selectable
from app.gui.widgets.layout import emptied, hbox, vbox
from app.services import verifying
from app.services.verifying import Verdict

FOLDER = "archive/check"
_TONES = {True: "ok", False: "bad", None: "open"}
_STATES = {True: "good", False: "changed", None: "unknown"}


class CheckCard(Card):
    """Files in, verdicts out."""

    def __init__(self, context: Context) -> None:
        super().__init__(tr("archive.check"), gap=Space.BETWEEN)
        self._context = context
        self._keys: Path | None = None
        self.body.addWidget(label(tr("archive.check_about"), "muted", wrap=True))
        row = hbox(gap=Space.BETWEEN)
        self.code = line_edit(tr("archive.code"), hint=tr("archive.code_hint"))
        row.addWidget(FormRow(tr("archive.code"), self.code), 1)
        self.body.addLayout(row)
        foot = hbox(gap=Space.INSIDE)
        self.keys_name = ElidedLabel(tr("archive.no_keys"), "secondary")
        foot.addWidget(button(tr("archive.keys"), self._ask_keys, icon="key"))
        foot.addWidget(self.keys_name, 1)
        self.do = button(tr("archive.check_do"), self.ask, kind="primary", icon="verified")
        foot.addWidget(self.do)
        self.body.addLayout(foot)
        self.verdicts: list[QWidget] = []
        self._place = vbox(gap=Space.INSIDE)
        self.body.addLayout(self._place)
        on_key(self, "Ctrl+O", self.ask)

    def ask(self) -> None:
        """Ask which files."""
        dialog = self._dialog(tr("archive.check_do"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._chosen)
        dialog.open()

    def take_keys(self, file: Path) -> None:
        """Hold the signers against the keys in this file."""
        self._keys = file
        self.keys_name.setText(file.name)

    def check(self, files: Sequence[Path]) -> None:
        """Check these files."""
        if not files:
            return
        self.do.setEnabled(False)
        wanted, keys, code = list(files), self._keys, self.code.text().strip()
        self._context.runner.run_read(
            lambda: verifying.verify(wanted, keys, code), self._show, self._failed, owner=self, key="check"
        )

    def _ask_keys(self) -> None:
        dialog = self._dialog(tr("archive.keys"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._keys_chosen)
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title, self._context.prefs.text(FOLDER))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _chosen(self, names: list[str]) -> None:
        if names:
            self._context.prefs.set(FOLDER, str(Path(names[0]).parent))
        self.check([Path(one) for one in names])

    def _keys_chosen(self, name: str) -> None:
        self.take_keys(Path(name))

    def _show(self, found: tuple[Verdict, ...]) -> None:
        self.do.setEnabled(True)
        emptied(self._place)
        self.verdicts = [_verdict(one) for one in found]
        for one in self.verdicts:
            self._place.addWidget(one)

    def _failed(self, error: BaseException) -> None:
        self.do.setEnabled(True)
        self._context.notices.error(error)


def _verdict(one: Verdict) -> QWidget:
    """Return the verdict on one file: what is wrong first, then what was compared, then remarks."""
    state, box = tr(f"archive.verdict.{_STATES[one.is_good]}"), inset()
    column = vbox(box, margin=Space.BETWEEN, gap=Space.INSIDE)
    head = hbox(gap=Space.INSIDE)
    head.addWidget(badge(state, _TONES[one.is_good]))
    head.addWidget(ElidedLabel(Path(one.file).name, "strong"), 1)
    column.addLayout(head)
    lines = [(said(sentence), "bad") for _, sentence in one.failed]
    lines += [(said(sentence), "") for sentence in (*one.passed, *one.notes)]
    for sentence, tone in lines:
        words = selectable(sentence, "body" if tone else "secondary")
        words.setWordWrap(True)
        if tone:
            words.setProperty("tone", tone)
        column.addWidget(words)
    box.setAccessibleName("\n".join([f"{Path(one.file).name} {state}", *(sentence for sentence, _ in lines)]))
    return box
