"""Lines of several devices come to the server in an order that never puts an edit before what it saw."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol.packets_order import Placed, in_causal_order

_LINE = st.tuples(st.sampled_from("abcd"), st.integers(1, 5), st.sampled_from(("x", "y", "z", "xy", "xyz")))


def _rows(names: str) -> tuple[tuple[str, str], ...]:
    return tuple(("answer", name) for name in names)


def _lines(drawn: list[tuple[str, int, str]]) -> list[Placed]:
    clocks = dict.fromkeys("abcd", 0)
    made = []
    for key, (replica, step, row) in enumerate(drawn):
        clocks[replica] += step
        made.append(Placed(replica, clocks[replica], f"op{key}", _rows(row), key))
    return made


@settings(max_examples=400)
@given(drawn=st.lists(_LINE, max_size=40))
def test_chains_keep_their_order_and_rows_rise_by_clock(drawn: list[tuple[str, int, str]]) -> None:
    lines = _lines(drawn)
    out = list(in_causal_order(lines))
    assert sorted(one.key for one in out) == sorted(one.key for one in lines)
    for replica in "abcd":
        assert [one for one in out if one.replica == replica] == [one for one in lines if one.replica == replica]
    for row in "xyz":
        clocks = [(one.hlc, one.op) for one in out if ("answer", row) in one.rows]
        assert clocks == sorted(clocks)


@settings(max_examples=200)
@given(drawn=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.sampled_from(("x", "y", "xy"))), max_size=30))
def test_clocks_that_run_backwards_lose_no_line_and_change_no_chain(drawn: list[tuple[str, int, str]]) -> None:
    lines = [Placed(replica, clock, f"op{key}", _rows(row), key) for key, (replica, clock, row) in enumerate(drawn)]
    out = list(in_causal_order(lines))
    assert sorted(one.key for one in out) == sorted(one.key for one in lines)
    for replica in "abc":
        assert [one for one in out if one.replica == replica] == [one for one in lines if one.replica == replica]


def test_runs_of_one_laptop_stay_together_where_nothing_forbids_it() -> None:
    lines = [Placed(replica, clock, f"{replica}{clock}", (("answer", f"{replica}{clock}"),), 0) for replica in "ab" for clock in range(50)]
    out = [one.replica for one in in_causal_order(lines)]
    assert sum(one != other for one, other in pairwise(out)) == 1
