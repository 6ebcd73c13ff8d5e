"""The self-check of this installation, and what the program is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from PySide6.QtCore import qVersion

from app.gui.runner import Job
from app.gui.screen import Context
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.screens.settings.parts import Part
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox, sized
from app.gui.widgets.progress import ProgressLine

PRODUCT = "yanfang"


@dataclass(frozen=True, slots=True)
class Component:
    """One component the program is made of."""

    name: str
    version: str
    licence: str


class DoctorPart(Part):
    """Runs the checks and lists them."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._job: Job[Sequence[Any]] | None = None
        self._progress: ProgressLine | None = None
        self.column.addWidget(label(tr("settings.doctor.text"), "muted", wrap=True))
        columns: tuple[Column[Any], ...] = (
            Column(tr("settings.doctor.check"), lambda one: check_words(one.code), share=1, is_strong=True),
            Column(tr("settings.doctor.state"), _state_words, order=lambda one: one.ok, mark=_state_mark),
            Column(tr("settings.doctor.detail"), _detail_words, share=1),
        )
        empty = EmptyState("verified", tr("settings.part.doctor"), tr("settings.doctor.empty"))
        self.list = sized(
            ListPane(columns, lambda one: one.code, empty, name=tr("settings.doctor.list")), min_height=190
        )
        row = hbox(gap=Space.INSIDE)
        self.state = label("", "secondary")
        self.run_button = button(tr("settings.doctor.run"), self.run, kind="primary")
        self.copy_button = button(tr("settings.doctor.copy"), self.copy, icon="copy")
        self.copy_button.setEnabled(False)
        row.addWidget(self.state, 1)
        row.addWidget(self.copy_button)
        row.addWidget(self.run_button)
        self.column.addLayout(row)
        self.column.addWidget(self.list, 1)

    def run(self) -> None:
        """Run the checks."""
        if self._job is not None:
            return
        self.run_button.setEnabled(False)
        self.state.setText("")
        self._progress = ProgressLine(tr("settings.doctor.running"), self.stop)
        self.column.insertWidget(1, self._progress)
        look = self.context.services.doctor.run
        self._job = self.context.runner.run_long(
            lambda work: look(report=work.report, cancel=work.token), self._show, self._failed,
            on_progress=self._progress.show_progress, owner=self,
        )  # fmt: skip

    def stop(self) -> None:
        """Stop looking; every original is read, so it may take minutes."""
        if self._job is not None:
            self._job.cancel()
            self._finish()

    def copy(self) -> None:
        """Put all results on the clipboard."""
        self.list.table.selectAll()
        self.list.table.copy()
        self.context.notices.toast(tr("settings.doctor.copied"))

    def _finish(self) -> None:
        self._job = None
        self.run_button.setEnabled(True)
        if self._progress is not None:
            self.column.removeWidget(self._progress)
            self._progress.hide()
            self._progress.deleteLater()
            self._progress = None

    def _show(self, checks: Sequence[Any]) -> None:
        self._finish()
        self.copy_button.setEnabled(bool(checks))
        self.list.put(tuple(checks))
        bad = sum(1 for one in checks if not one.ok)
        self.state.setText(
            tr("settings.doctor.some", count=bad) if bad else tr("settings.doctor.all", count=len(checks))
        )

    def _failed(self, error: BaseException) -> None:
        self._finish()
        self.state.setText("")
        self.context.notices.error(error)


class AboutPart(Part):
    """Version, licence, and the components with theirs."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        card = Card()
        card.body.addWidget(label(tr("settings.about.product"), "section"))
        self.version = selectable("", "strong")
        card.body.addWidget(self.version)
        card.body.addWidget(label(tr("settings.about.text"), "muted", wrap=True))
        card.body.addWidget(label(tr("settings.about.licence"), "muted", wrap=True))
        card.body.addWidget(selectable(tr("settings.about.notices"), "secondary"))
        self.column.addWidget(card)
        columns: tuple[Column[Component], ...] = (
            Column(tr("settings.about.component"), lambda one: one.name, share=1, is_strong=True),
            Column(tr("settings.about.component.version"), lambda one: one.version),
            Column(tr("settings.about.component.licence"), lambda one: one.licence, share=2),
        )
        self.list = sized(
            ListPane(
                columns, lambda one: one.name, EmptyState("file", tr("settings.about.components")),
                name=tr("settings.about.components"),
            ),
            min_height=240,
        )  # fmt: skip
        self.column.addWidget(self.list, 1)

    def read(self) -> None:
        """Read versions and licences of what is installed."""
        self.context.runner.run_read(components, self._show, owner=self, key="about")

    def _show(self, found: tuple[Component, ...]) -> None:
        own = next((one.version for one in found if one.name == PRODUCT), "")
        self.version.setText(tr("settings.about.version", version=own))
        self.list.put([one for one in found if one.name != PRODUCT])


def components() -> tuple[Component, ...]:
    """Return the program and what it directly needs, as far as their metadata is there."""
    try:
        needed = metadata.requires(PRODUCT) or []
    except metadata.PackageNotFoundError:
        return ()
    names = [PRODUCT, *(_bare(one) for one in needed if "extra ==" not in one)]
    found = []
    for name in names:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append(Component(about["Name"], about["Version"], _licence(about)))
    return (*found, *_bundled())


def _bundled() -> tuple[Component, ...]:
    """Return what comes inside the components and carries a licence of its own."""
    qt = tr("settings.about.with_qt")
    return (
        Component("Qt", qVersion(), "LGPL-3.0-only"),
        Component("FFmpeg", qt, "LGPL-2.1-or-later"),
        Component("Noto Sans SC", "", "OFL-1.1"),
        Component("Noto Serif SC", "", "OFL-1.1"),
    )


def check_words(code: str) -> str:
    """Return what a check is about; the code itself where there are no words."""
    try:
        return tr(f"settings.check.{code.rpartition('.')[2]}")
    except KeyError:
        return code


def _licence(about: Any) -> str:
    for field in ("License-Expression", "License"):
        text = str(about.get(field) or "").strip()
        if text and "\n" not in text and len(text) < 80:
            return text
    kinds = [
        one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or () if one.startswith("License")
    ]
    return ", ".join(kinds)


def _bare(requirement: str) -> str:
    end = next((place for place, char in enumerate(requirement) if char in " <>=!~;[("), len(requirement))
    return requirement[:end]


def _state_words(check: Any) -> str:
    return tr("settings.doctor.ok" if check.ok else "settings.doctor.bad")


def _state_mark(check: Any) -> tuple[str, str]:
    return ("check", "ok") if check.ok else ("warning", "bad")


def _detail_words(check: Any) -> str:
    found = {name: value for name, value in dict(check.params).items() if value not in ("", 0)}
    return " · ".join(_found_words(name, value) for name, value in found.items())


def _found_words(name: str, value: object) -> str:
    try:
        return tr(f"settings.found.{name}", value=value)
    except KeyError:
        return f"{name} {value}"
