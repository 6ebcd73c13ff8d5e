"""How this laptop syncs by itself: how often, how fast, and what waits for a network that costs nothing."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.core.syncing import SyncPolicy, SyncStatus
from app.gui.screens.sync.words import moment_words, offset_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.card import Card
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox

MINUTES = (1, 5, 15, 30, 60)
RATES_KIB = (0, 64, 128, 256, 512, 1024, 2048)


class PolicyPane(QWidget):
    """Three wishes; each holds at once. `wanted` carries the new policy."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._policy = SyncPolicy()
        inner = QWidget()
        column = vbox(inner, gap=Space.CARD)
        vbox(self).addWidget(scrolled(inner))
        card, self.facts = Card(gap=Space.CARD), FactsCard()
        for one in (card, self.facts):
            row = hbox()  # in a row its wrapped words are measured at the width it really gets
            row.addWidget(sized(one, max_width=680), 1000)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(1)
        self.every = _choice("every", [(minutes, tr("sync.policy.minutes", minutes=minutes)) for minutes in MINUTES])
        self.rate = _choice(
            "rate",
            [(kib, tr("sync.policy.kib", kib=kib) if kib else tr("sync.policy.rate.none")) for kib in RATES_KIB],
        )
        for name, control in (("every", self.every), ("rate", self.rate)):
            row = hbox(gap=Space.BETWEEN)
            words = label(tr(f"sync.policy.{name}"), "strong")
            words.setBuddy(control)
            row.addWidget(words, 1)
            row.addWidget(sized(control, min_width=150))
            block = vbox(gap=Space.HAIR)
            block.addLayout(row)
            block.addWidget(label(tr(f"sync.policy.{name}.text"), "muted", wrap=True))
            card.body.addLayout(block)
        self.wifi = QCheckBox(tr("sync.policy.wifi"))
        block = vbox(gap=Space.HAIR)
        block.addWidget(self.wifi)
        block.addWidget(label(tr("sync.policy.wifi.text"), "muted", wrap=True))
        card.body.addLayout(block)
        card.body.addWidget(label(tr("sync.policy.order"), "secondary", wrap=True))
        self.every.activated.connect(self._changed)
        self.rate.activated.connect(self._changed)
        self.wifi.clicked.connect(self._changed)

    def put(self, status: SyncStatus) -> None:
        """Show what holds now."""
        self.facts.put(status)
        self._policy = policy = status.policy
        for control, value in ((self.every, policy.every_min), (self.rate, policy.rate_kib)):
            place = control.findData(value)
            if place < 0:
                control.addItem(str(value), value)
                place = control.count() - 1
            control.setCurrentIndex(place)
        self.wifi.setChecked(policy.originals_wifi)

    def _changed(self, _value: Any = None) -> None:
        self._policy = replace(
            self._policy,
            every_min=self.every.currentData(),
            rate_kib=self.rate.currentData(),
            originals_wifi=self.wifi.isChecked(),
        )
        self.wanted.emit(self._policy)


class FactsCard(Card):
    """Where this laptop is enrolled, when it last reached the server, and how its clock stands."""

    def __init__(self) -> None:
        super().__init__(tr("sync.facts"), gap=Space.INSIDE)
        self._facts: dict[str, ElidedLabel] = {}
        for name in ("server", "device", "last", "offset"):
            words, value = sized(label(tr(f"sync.fact.{name}"), "secondary"), width=120), ElidedLabel("")
            words.setBuddy(value)
            row = hbox(gap=Space.BETWEEN)
            row.addWidget(words)
            row.addWidget(value, 1)
            self.body.addLayout(row)
            self._facts[name] = value

    def put(self, status: SyncStatus) -> None:
        """Show the facts of now."""
        enrolment, last = status.enrolment, status.last_success_at
        self._facts["server"].setText(enrolment.server if enrolment else tr("sync.fact.none"))
        self._facts["device"].setText(enrolment.device[:8].upper() if enrolment else "—")
        self._facts["last"].setText(moment_words(last) if last else tr("sync.fact.never"))
        self._facts["offset"].setText(offset_words(status.offset_ms))


def _choice(name: str, options: list[tuple[int, str]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(tr(f"sync.policy.{name}"))
    for value, words in options:
        made.addItem(words, value)
    return made
