"""Tickets: known answers, and the order of the published consistent sampler."""

import sys
from collections.abc import Iterator

import consistent_sampler
from hypothesis import given, settings
from hypothesis import strategies as st

from app.draws.tickets import Tickets
from resources import path

ids = st.lists(st.text("abcdefghij0123456789-", min_size=1, max_size=12), unique=True, max_size=30)


def test_the_ticket_of_the_published_example() -> None:
    ticket = Tickets("01382438112797316654").of("AB-130")
    assert ticket == "26299714122838008416507544297546663599715395525154425586041245287750224561854"


@settings(max_examples=300)
@given(ids, st.text("0123456789", min_size=20, max_size=40))
def test_the_order_is_that_of_the_published_sampler(rows: list[str], seed: str) -> None:
    ours = [row for _, row in Tickets(seed).first([(row, 1) for row in rows], len(rows))]
    assert ours == list(consistent_sampler.sampler(rows, seed, output="id"))


@settings(max_examples=200)
@given(ids, st.text("0123456789", min_size=20, max_size=40), st.data())
def test_a_weighted_draw_is_the_published_order_of_all_its_tickets(rows: list[str], seed: str, data: st.DataObject) -> None:
    weighted = [(row, data.draw(st.integers(1, 4))) for row in rows]
    tickets = [row if n == 1 else f"{row}#{n}" for row, weight in weighted for n in range(1, weight + 1)]
    drawn = consistent_sampler.sampler(tickets, seed, output="id")
    assert [row for _, row in Tickets(seed).first(weighted, len(rows))] == list(dict.fromkeys(_rows(drawn)))


def test_the_few_of_many_are_the_first_of_all() -> None:
    rows = [(f"i{n}", 1 + n % 3) for n in range(3000)]
    tickets = Tickets("01382438112797316654")
    assert tickets.first(rows, 20) == tickets.first(rows, len(rows))[:20]


def _rows(tickets: Iterator[str]) -> Iterator[str]:
    return (one.partition("#")[0] for one in tickets)


def test_the_standalone_program_is_short_and_needs_nothing_else() -> None:
    text = path("verify/verify_draw.py").read_text("utf-8")
    assert len(text.splitlines()) <= 80
    assert max(map(len, text.splitlines())) <= 140
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)
