"""The register of institutions: found as one types, narrowed by four choices, sorted by any column."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from app.core.money import from_fen
from app.core.outcome import Outcome
from app.core.places import Institution, InstitutionKind
from app.core.registers import Conflict, Fact, FactState
from app.gui.screen import Context
from app.gui.screens.registers import ops
from app.gui.screens.registers.choices import choice, offer
from app.gui.screens.registers.found import FoundModel
from app.gui.screens.registers.history import History
from app.gui.screens.registers.institution_form import STATUSES, InstitutionForm
from app.gui.screens.registers.listing import Decorations, ListPane, Pills
from app.gui.screens.registers.pane import RegisterPane
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.flow import Flow
from app.gui.widgets.layout import hbox, sized, vbox
from app.gui.widgets.parsing import money_text
from app.services.institution_search import InstitutionQuery

ALL = "all"
PAUSE_MS = 40
_STATUS_MARKS = {
    "suspended": ("warning", "open"),
    "closed": ("dash", "none"),
    "deregistered": ("cross", "none"),
}


class _Detail(QWidget):
    """The form and the history of one institution behind two pills."""

    def __init__(self, form: InstitutionForm, history: History) -> None:
        super().__init__()
        column = vbox(self, gap=Space.INSIDE)
        self.pills = Pills(
            tr("registers.detail"), [(key, tr(f"registers.detail.{key}")) for key in ("form", "history")]
        )
        self._line = QWidget()
        line = hbox(self._line)
        line.addWidget(self.pills)
        line.addStretch(1)
        column.addWidget(self._line)
        self._stack = QStackedWidget()
        self._stack.addWidget(form)
        self._stack.addWidget(history)
        column.addWidget(self._stack, 1)
        self.pills.chosen.connect(self._turn)

    def of(self, is_stored: bool) -> None:
        """Offer the history of what is stored; a new entry has none."""
        self._line.setVisible(is_stored)
        if not is_stored:
            self.pills.choose("form")

    def count(self, conflicts: int) -> None:
        """Say how many conflicts wait."""
        words = tr("registers.detail.history")
        self.pills.rename("history", f"{words} · {conflicts}" if conflicts else words)

    def _turn(self, key: str) -> None:
        self._stack.setCurrentIndex(0 if key == "form" else 1)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column and the field that it is sorted by."""

    field: str
    column: Column[Institution]


class InstitutionsPane(RegisterPane):
    """Institutions, found by the store and narrowed by kind, level, status and division."""

    form: InstitutionForm

    def __init__(self, context: Context) -> None:
        shown = _columns()
        self._fields = tuple(one.field for one in shown)
        self._order, self._descending = "name", False
        model: FoundModel[Institution] = FoundModel(
            tuple(one.column for one in shown), lambda one: one.id, Decorations()
        )
        listing = ListPane(
            (), lambda one: one.id,
            EmptyState(
                "institution", tr("registers.institutions.empty.title"), tr("registers.institutions.empty.text"),
                action=tr("registers.institutions.new"),
            ),
            name=tr("registers.institutions.list"), search=tr("registers.institutions.search"), model=model, asks=True,
            pause_ms=PAUSE_MS, prefs=context.prefs, memory="institutions",
        )  # fmt: skip
        self.kind = choice("registers.kind", (ALL, *InstitutionKind), tr("registers.kind.name"))
        self.level = _filter("registers.filter.level")
        self.status = choice("registers.status", (ALL, *STATUSES), tr("registers.filter.status"))
        self.division = _filter("registers.filter.division")
        self._filters = (self.kind, self.level, self.status, self.division)
        narrow = Flow()
        for box in self._filters:
            narrow.add(sized(box, min_width=80, max_width=180), grows=True)
        form = InstitutionForm(context)
        self.history = History()
        self.detail = _Detail(form, self.history)
        super().__init__(context, listing, form, self.detail)
        listing.bar.addStretch(1)
        listing.column.insertWidget(1, narrow)
        self._total = self._whole = 0
        for box in self._filters:
            box.currentIndexChanged.connect(self._narrowed)
        listing.asked.connect(self._narrowed)
        listing.cleared.connect(self._all)
        model.order_wanted.connect(self._sort)
        form.task_wanted.connect(self._new_task)
        self.history.decided.connect(self._decide)

    @property
    def query(self) -> InstitutionQuery:
        """What is looked for now."""
        kind, level, status, division = (str(box.currentData() or ALL) for box in self._filters)
        return InstitutionQuery(
            self.list.search.text(), kind=_value(kind), level=_value(level), status=_value(status),
            division=_value(division), order=self._order, descending=self._descending,
        )  # fmt: skip

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter leaves rows out."""
        return self.query.is_narrowed

    def read(self, wanted: str | None = None) -> None:
        """Ask the store for what the search and the choices name."""
        self._wanted = wanted or self._wanted
        query, services = self.query, self._context.services
        self._context.runner.run_read(lambda: ops.look(services, query), self._show, owner=self, key="find")

    def count_words(self, shown: int) -> str:
        """Return how many institutions are shown, and of how many."""
        if shown < self._whole:
            return tr("registers.institutions.of", shown=f"{shown:,}", whole=f"{self._whole:,}")
        return tr("registers.institutions.count", shown=f"{shown:,}")

    def saver(self) -> Callable[[Any], Outcome[Any]]:
        """Return the use case that saves an institution."""
        save: Callable[[Any], Outcome[Any]] = self._context.services.institutions.save
        return save

    def show_more(self, entry: Institution | None) -> None:
        """Read what sources say of it, and the name of its head office."""
        self.detail.of(entry is not None)
        if entry is None:
            return
        services, row, parent = self._context.services, entry.id, entry.parent
        self._context.runner.run_read(
            lambda: ops.known_of(services, row), self._show_known, owner=self, key="known"
        )
        if parent:
            self._context.runner.run_read(
                lambda: ops.parent_name(services, parent), self.form.name_parent, owner=self, key="parent"
            )

    def _show_known(self, known: tuple[tuple[Conflict, ...], tuple[Fact, ...]]) -> None:
        conflicts, facts = known
        self.history.put(self.form.shown.name, conflicts, facts)
        self.detail.count(len(conflicts))

    def _decide(self, conflict: Conflict, take: bool) -> None:
        decide, fact = self._context.services.registers.decide, conflict.fact.id
        self._context.runner.run_write(
            lambda: decide(fact, take=take), self._decided, self._context.notices.error, owner=self
        )

    def _decided(self, outcome: Outcome[Fact]) -> None:
        taken = outcome.value.state == FactState.TAKEN
        self._context.notices.toast(tr("registers.conflict.taken" if taken else "registers.conflict.kept"))
        get, row = self._context.services.institutions.get, outcome.value.row
        self._context.runner.run_read(lambda: get(row), self._show_decided, owner=self, key="decided")

    def _show_decided(self, place: Institution) -> None:
        """Show a row that a decision changed, unless something is being written in its form."""
        if self.form.shown.id == place.id:
            if not self.form.is_changed:
                self.form.put(place)
            self.show_more(place)

    def _show(self, looked: ops.Looked) -> None:
        found, query = looked.found, self.query
        self._whole = found.whole
        offer(self.level, [(ALL, tr("registers.filter.all_levels")), *((one, one) for one in looked.levels)])
        known = looked.places
        named = [(one, f"{place.name} {one}" if (place := known.get(one)) else one) for one in looked.divisions]
        offer(self.division, [(ALL, tr("registers.filter.all_divisions")), *named])
        self.form.know(known)
        self.level.setEnabled(self.level.count() > 1)
        self.division.setEnabled(self.division.count() > 1)
        self.show_rows(found.rows, is_narrowed=query.is_narrowed)

    def _sort(self, column: int, descending: bool) -> None:
        order = self._fields[column] if column >= 0 else "name"
        if (order, descending) != (self._order, self._descending):
            self._order, self._descending = order, descending and column >= 0
            self.read()

    def _narrowed(self, _value: object = None) -> None:
        self.read()

    def _all(self) -> None:
        for box in self._filters:
            box.setCurrentIndex(0)
        self.read()

    def _new_task(self, institution: str) -> None:
        self._context.go("tasks", new=True, institution=institution)


def _columns() -> tuple[_Shown, ...]:
    def named(
        field: str, text: Callable[[Institution], str] | None = None, *, name: str = "", **more: Any
    ) -> _Shown:
        words = text or (lambda one: getattr(one, field))
        return _Shown(field, Column(tr(f"registers.field.{name or field}"), words, **more))

    return (
        named("name", share=3, is_strong=True),
        named("kind", lambda one: tr(f"registers.kind.{one.kind}"), is_spare=True),
        named("level", is_spare=True),
        named("address", share=2, is_extra=True),
        named("medins_code", is_spare=True),
        named("credit_code", is_extra=True),
        named("status", _status_words, mark=lambda one: _STATUS_MARKS.get(one.status), is_extra=True),
        named("division", is_extra=True),
        named("ownership", lambda one: tr(f"registers.ownership.{one.ownership}"), is_extra=True),
        named("legal_rep", is_extra=True),
        named("head", is_extra=True),
        named("phone", is_extra=True),
        named("licence_no", name="licence", is_extra=True),
        named("agreement", lambda one: tr(f"registers.agreement.{one.agreement}"), is_extra=True),
        named("agreement_to", lambda one: str(one.agreement_to or ""), is_extra=True),
        named("pooling", lambda one: tr(f"registers.pooling.{one.pooling}"), is_extra=True),
        named("credit_grade", is_extra=True),
        named("complaints", lambda one: str(one.complaints or ""), is_number=True, is_extra=True),
        named("violations", lambda one: str(one.violations or ""), is_number=True, is_extra=True),
        named("paid_fen", _paid_words, name="paid", is_number=True, is_extra=True),
        named("chain", is_extra=True),
        named("source", is_extra=True),
        named("stated_on", lambda one: str(one.stated_on or ""), is_extra=True),
    )


def _status_words(one: Institution) -> str:
    return tr(f"registers.status.{one.status or STATUSES[0]}")


def _paid_words(one: Institution) -> str:
    return "" if one.paid_fen is None else money_text(from_fen(one.paid_fen))


def _filter(key: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(tr(key))
    made.setMinimumContentsLength(2)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made


def _value(chosen: str) -> str:
    return "" if chosen == ALL else chosen
