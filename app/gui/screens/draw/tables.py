"""The tables of a draw."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.core.clock import local
from app.core.draws import Earlier, LeftOut, Missing, PickLine, Seat, StratumLine, TeamLine, Twice
from app.gui.screens.draw import words
from app.gui.screens.registers.listing import Decorations
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.texts import tr
from app.services import draw_words

TICKET_DIGITS = 12


def fill(table: TableView, rows: Sequence[object]) -> None:
    """Show these rows."""
    model = table.model()
    assert isinstance(model, RowsModel)
    model.put(tuple(rows))


def strata_table(parent: QWidget) -> TableView:
    """Return the table of strata: how many there are, may be drawn and are."""
    columns: tuple[Column[StratumLine], ...] = (
        Column(tr("draws.col.stratum"), lambda one: one.title, share=1, is_strong=True),
        Column(tr("draws.col.ratio"), lambda one: one.ratio),
        Column(tr("draws.col.meant"), lambda one: str(one.meant), is_number=True, is_spare=True),
        Column(tr("draws.col.of"), lambda one: str(one.of), is_number=True),
        Column(tr("draws.col.take"), lambda one: str(one.take), is_number=True),
    )
    return TableView(RowsModel(columns, lambda one: one.id, Decorations(), parent), tr("draws.strata"))


def left_out_table(parent: QWidget) -> TableView:
    """Return the table of who was left out, with the reason."""
    columns: tuple[Column[tuple[int, LeftOut]], ...] = (
        Column(tr("draws.col.name"), lambda one: one[1].name, share=2, is_strong=True),
        Column(tr("draws.col.where"), lambda one: words.role(one[1].where), share=1),
        Column(tr("draws.col.why"), lambda one: words.why(one[1]), share=2),
    )
    return TableView(RowsModel(columns, lambda one: one[0], Decorations(), parent), tr("draws.left_out"))


def twice_table(parent: QWidget) -> TableView:
    """Return the table of who may be drawn in several groups."""
    columns: tuple[Column[tuple[int, Twice]], ...] = (
        Column(tr("draws.col.institution"), lambda one: one[1].name, share=2, is_strong=True),
        Column(tr("draws.col.groups"), lambda one: "、".join(one[1].groups), share=2),
        Column(tr("draws.col.visited"), lambda one: words.visited(one[1]), share=2),
    )
    return TableView(RowsModel(columns, lambda one: one[0], Decorations(), parent), tr("draws.twice"))


def earlier_table(parent: QWidget) -> TableView:
    """Return the table of what else was announced for the plan and those like it."""
    columns: tuple[Column[Earlier], ...] = (
        Column(tr("draws.col.number"), lambda one: one.number, is_strong=True),
        Column(tr("draws.col.state"), lambda one: words.state(one.state)),
        Column(tr("draws.plan"), lambda one: one.plan or tr("draws.own_plan"), share=1, is_spare=True),
        Column(tr("draws.col.frozen_at"), lambda one: f"{local(one.frozen_at):%Y-%m-%d %H:%M}"),
        Column(tr("draws.col.voided_at"), lambda one: f"{local(one.voided_at):%Y-%m-%d %H:%M}" if one.voided_at else ""),
        Column(tr("draws.reason"), lambda one: one.reason, share=2),
        Column(tr("draws.digest"), lambda one: draw_words.grouped(one.digest[:16], 8), is_spare=True),
    )
    return TableView(RowsModel(columns, lambda one: one.number, Decorations(), parent), tr("draws.earlier.title"))


def picks_table(parent: QWidget) -> TableView:
    """Return the table of drawn institutions and those that stand by."""
    columns: tuple[Column[PickLine], ...] = (
        Column(tr("draws.col.position"), lambda one: str(one.position), is_number=True, order=lambda one: one.position),
        Column(tr("draws.col.institution"), lambda one: one.name, share=3, is_strong=True),
        Column(tr("draws.col.stratum"), lambda one: one.title, share=1, is_spare=True),
        Column(tr("draws.col.state"), _state, mark=_mark, share=1),
        Column(tr("draws.col.team"), lambda one: tr("draws.team", n=one.team) if one.team else ""),
        Column(tr("draws.col.ticket"), lambda one: f"0.{one.ticket[:TICKET_DIGITS]}", is_spare=True),
    )
    return TableView(RowsModel(columns, lambda one: one.id, Decorations(), parent), tr("draws.picks"))


def teams_table(parent: QWidget) -> TableView:
    """Return the table of teams."""
    columns: tuple[Column[TeamLine], ...] = (
        Column(tr("draws.col.team"), lambda one: tr("draws.team", n=one.number), order=lambda one: one.number),
        Column(tr("draws.col.people"), _people, share=2, is_strong=True),
        Column(tr("draws.col.goes"), lambda one: "、".join(one.institutions), share=3),
    )
    return TableView(RowsModel(columns, lambda one: one.number, Decorations(), parent), tr("draws.teams"))


def missing_table(parent: QWidget) -> TableView:
    """Return the table of institutions without a team, with the reason."""
    columns: tuple[Column[tuple[int, Missing]], ...] = (
        Column(tr("draws.col.institution"), lambda one: one[1].name, share=2, is_strong=True),
        Column(tr("draws.col.why"), lambda one: words.shortage(one[1]), share=3),
    )
    return TableView(RowsModel(columns, lambda one: one[0], Decorations(), parent), tr("draws.missing"))


def standby_table(parent: QWidget) -> TableView:
    """Return the table of people who stand by."""
    columns: tuple[Column[tuple[int, Seat]], ...] = (
        Column(tr("draws.col.position"), lambda one: str(one[0]), is_number=True, order=lambda one: one[0]),
        Column(tr("draws.col.name"), lambda one: one[1].name, share=1, is_strong=True),
        Column(tr("draws.col.role"), lambda one: words.role(one[1].role), share=1),
    )
    return TableView(RowsModel(columns, lambda one: one[0], Decorations(), parent), tr("draws.standby"))


def _people(team: TeamLine) -> str:
    return "、".join(tr("draws.seat", name=seat.name, role=words.role(seat.role)) for seat in team.seats)


def _state(one: PickLine) -> str:
    name = "gone" if one.is_gone else "used" if one.is_used else "reserve" if one.is_reserve else "drawn"
    drawn = tr("draws.pick.joined", group=one.joined) if name == "drawn" and one.joined else tr(f"draws.pick.{name}")
    return tr("widgets.said", who=drawn, words=one.reason) if one.reason else drawn


def _mark(one: PickLine) -> tuple[str, str]:
    if one.is_gone:
        return "void", "text3"
    return ("time", "text2") if one.is_reserve and not one.is_used else ("check", "ok")
