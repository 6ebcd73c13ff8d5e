"""Clock, lines and chains, without a server."""

import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import chain, codec, hlc, lines
from sync.protocol.chain import ChainHead, DeviceKey, Fork, Gap
from sync.protocol.lines import DELETED, GENESIS, BadLine, FieldEdit, Kind, Line
from sync.protocol.messages import Cursor, FeedEntry, SyncRequest

KEY = DeviceKey.from_seed(bytes(32))
LINE = Line(
    "01-op", Kind.SET, "answer", "r1", "s:610600", (FieldEdit("value", "不符合"), FieldEdit("n", 3, "00-op")), "u1", "t1",
    "rep", 1, GENESIS, hlc.from_text("0198f3a2b4c1-0003"), 1766400000123, -1200, 12,
)  # fmt: skip

scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.text(max_size=30))
ids = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z._:\-]{0,40}", fullmatch=True)
any_line = st.builds(
    Line,
    op=ids,
    kind=st.sampled_from([Kind.SET, Kind.APPEND, Kind.CUSTODY]),
    table=ids,
    row=ids,
    scope=ids,
    fields=st.lists(
        st.builds(FieldEdit, ids, scalars, st.none() | ids), min_size=1, unique_by=lambda one: one.name
    ).map(tuple),
    author=ids,
    txn=ids,
    replica=ids,
    n=st.integers(1, 2**63 - 1),
    prev=st.binary(min_size=32, max_size=32).map(bytes.hex),
    hlc=st.integers(0, hlc.MAX_HLC),
    wall_ms=st.integers(-(2**40), 2**60),
    offset_ms=st.none() | st.integers(-(2**40), 2**40),
    schema=st.integers(0, 9999),
)


def canonical(line: Line) -> Line:
    edits = [replace(one, value=lines.normal(one.value)) for one in line.fields]
    return replace(line, fields=tuple(sorted(edits, key=lambda one: one.name)))


def test_the_bytes_of_a_line_are_fixed_for_ever() -> None:
    assert lines.encode(LINE).decode() == (
        '{"by":"u1","f":{"n":{"b":"00-op","v":3},"value":"不符合"},"hlc":"0198f3a2b4c1-0003","k":"set",'
        f'"n":1,"off":-1200,"op":"01-op","prev":"{GENESIS}","r":"r1","rep":"rep","s":"s:610600","sv":12,"t":"answer",'
        '"txn":"t1","v":1,"wall":1766400000123}'
    )


@given(any_line)
def test_the_content_cut_out_of_the_bytes_is_the_content(line: Line) -> None:
    assert lines.content_of(lines.encode(line)) == lines.content_hash(line)


def test_values_that_look_like_the_line_do_not_mislead_the_cut() -> None:
    trap = ',"n":1,"off":2,"prev":"3","rep":"4","s":5'
    for field in ("n", "prev", "rep", "s", "off"):
        line = replace(LINE, fields=(FieldEdit(field, trap), FieldEdit("z", trap, "op")))
        assert lines.content_of(lines.encode(line)) == lines.content_hash(line)


@given(any_line)
def test_a_line_survives_encoding_and_parsing(line: Line) -> None:
    data = lines.encode(line)
    assert b"\n" not in data
    assert lines.parse(data) == canonical(line)
    assert lines.encode(lines.parse(data)) == data


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_a_clear_error(data: bytes) -> None:
    with pytest.raises(BadLine):
        lines.parse(data)


@given(any_line, st.data())
def test_a_changed_byte_never_passes_the_signature(line: Line, data: st.DataObject) -> None:
    sealed = chain.seal(line, KEY)
    at = data.draw(st.integers(0, len(sealed.data) - 1))
    changed = bytearray(sealed.data)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((BadLine, chain.BadSignature)):
        chain.open_line(bytes(changed), sealed.sig, KEY.public_hex)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace('"n":1,', '"n": 1,'), "not_canonical"),
        (lambda text: text.replace('"n":1,', '"n":1,"n":1,'), "not_canonical"),
        (lambda text: text.replace('"v":3', '"v":3.5'), "value"),
        (lambda text: text.replace('"v":3', '"v":[]'), "value"),
        (lambda text: text.replace('"b":"00-op"', '"b":null'), "fields"),
        (lambda text: text.replace('"b":"00-op",', ""), "fields"),
        (lambda text: text.replace('"v":3', '"v":3,"w":4'), "fields"),
        (lambda text: text.replace('"不符合"', '["不符合"]'), "value"),
        (lambda text: text.replace('"n":1,', '"n":true,'), "number"),
        (lambda text: text.replace('"k":"set"', '"k":"drop"'), "kind"),
        (lambda text: text.replace('"v":1,"wall"', '"v":2,"wall"'), "version"),
        (lambda text: text.replace('"t":"answer",', ""), "shape"),
        (lambda text: text.replace('"op":"01-op"', '"op":"../x"'), "id"),
        (lambda text: text.replace("不符合", unicodedata.normalize("NFD", "é")), "not_canonical"),
        (lambda text: text[:-1], "json"),
        (lambda text: text.replace("不符合", "长" * 100_000), "too_long"),
    ],
)
def test_a_line_that_is_not_canonical_is_refused_with_its_reason(change: object, reason: str) -> None:
    assert callable(change)
    with pytest.raises(BadLine) as refused:
        lines.parse(change(lines.encode(LINE).decode()).encode())
    assert refused.value.params["reason"] == reason


@pytest.mark.parametrize("value", [1.5, 2**64, "\ud800", b"x", ["a"]])
def test_a_value_that_no_line_may_carry_is_refused(value: object) -> None:
    with pytest.raises(BadLine):
        lines.encode(replace(LINE, fields=(FieldEdit("x", value),)))


@pytest.mark.parametrize(
    "change", [{"hlc": -1}, {"hlc": 2**63}, {"n": 0}, {"row": ""}, {"prev": "x"}, {"author": "a b"}]
)
def test_a_line_that_no_one_could_read_is_not_written(change: dict[str, object]) -> None:
    with pytest.raises(BadLine):
        lines.encode(replace(LINE, **change))


def test_each_kind_has_its_own_fields() -> None:
    with pytest.raises(BadLine):
        lines.encode(replace(LINE, kind=Kind.DELETE))
    assert lines.encode(replace(LINE, kind=Kind.DELETE, fields=(FieldEdit(DELETED, True, "00-op"),)))
    with pytest.raises(BadLine):
        lines.encode(replace(LINE, fields=(FieldEdit("_deleted", True),)))
    with pytest.raises(BadLine):
        lines.encode(replace(LINE, fields=()))


def test_the_content_hash_survives_a_new_place_and_nothing_else() -> None:
    moved = lines.placed(LINE, "other", 9, "f" * 64)
    assert lines.content_hash(moved) == lines.content_hash(LINE)
    assert lines.content_hash(replace(LINE, author="u2")) != lines.content_hash(LINE)


def test_a_chain_shows_gaps_and_forks() -> None:
    one, two, three = chain.rechain([LINE, replace(LINE, op="02"), replace(LINE, op="03")], "r", KEY)
    assert chain.verify_chain([one, two, three]).n == 3
    with pytest.raises(Gap):
        chain.verify_chain([one, three])
    with pytest.raises(Fork):
        chain.verify_chain([one, one])
    with pytest.raises(Fork):
        chain.check_next(ChainHead(1, "0" * 64), two.line)


@given(st.integers(0, 2**46), st.lists(st.integers(-(10**6), 10**6), max_size=30))
def test_the_clock_always_rises_and_its_text_sorts_alike(start_ms: int, jumps: list[int]) -> None:
    last, wall = 0, start_ms
    texts = []
    for jump in jumps:
        wall += jump
        now = hlc.tick(last, wall)
        assert now > last
        texts.append(hlc.to_text(now))
        assert hlc.from_text(texts[-1]) == now
        last = now
    assert texts == sorted(texts)


def test_a_clock_in_the_future_is_cut_and_one_in_the_past_is_lifted_above_its_base() -> None:
    assert hlc.observe(5, hlc.MAX_HLC) == 5  # or no line could be written ever again
    assert hlc.to_text(hlc.tick(5, 1_000, offset_ms=1 << 62))
    assert hlc.effective(10**18, 1_000) == (1_001 << 16) - 1
    assert hlc.effective((1_000 << 16) + 3, 1_000) == (1_000 << 16) + 3
    assert hlc.effective(5, 1_000, [700 << 16]) == (700 << 16) + 1


def test_messages_are_read_strictly_and_grow() -> None:
    data = json.loads(codec.dump(SyncRequest("e", (Cursor("s:1", 3, "c"),))))
    assert codec.load(SyncRequest, json.dumps({**data, "later": [1]}).encode()) == SyncRequest(
        "e", (Cursor("s:1", 3, "c"),)
    )  # fmt: skip
    for wrong in (
        {**data, "limit": True},
        {**data, "cursors": [{"feed": 1}]},
        {"epoch": "e"},
        [],
        {**data, "limit": 2**63},
    ):
        with pytest.raises(codec.BadMessage):
            codec.load(SyncRequest, json.dumps(wrong).encode())
    with pytest.raises(codec.BadMessage):
        codec.load(FeedEntry, b'{"seq":1,"device":"d","eff":1,"status":"lost"}')


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1" * 40])
@pytest.mark.parametrize("place", ['"cursors":[{{"feed":"s:1","seq":{0}}}]', '"cursors":[],"unknown":[1, {0}]', '"cursors":[],"x":\t{0}'])
def test_a_number_that_no_column_can_hold_is_refused_wherever_it_stands(number: str, place: str) -> None:
    with pytest.raises(codec.BadMessage):
        codec.load(SyncRequest, ('{"epoch":"e",' + place.format(number) + "}").encode())


def test_digits_within_a_text_are_no_number() -> None:
    request = codec.load(SyncRequest, f'{{"epoch":"{"7" * 40}","cursors":[],"unknown":"1,{"8" * 30}"}}'.encode())
    assert request.epoch == "7" * 40
