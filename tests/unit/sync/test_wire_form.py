"""Bodies and lines as they travel: nothing gets lost on the way, and nothing becomes larger than it may."""

import hashlib
import uuid
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import codec, framing, linked
from sync.protocol.chain import DeviceKey, seal
from sync.protocol.lines import GENESIS, FieldEdit, Kind, Line
from sync.protocol.wordbook import WORDS

_IDS = st.sampled_from([str(uuid.UUID(int=at * 7919)) for at in range(100)])
_DIGITS = st.one_of(*(st.binary(min_size=size, max_size=size).map(bytes.hex) for size in (31, 32, 33, 64, 70)))
_WORDS = st.one_of(_IDS, _DIGITS, st.text(max_size=40), _IDS.map(lambda one: f"d:{one}{one}"), _DIGITS.map(str.upper))


@given(st.lists(st.one_of(_WORDS, st.builds(lambda one: {"line": one, "sig": one}, _WORDS))), st.integers(0, 3))
def test_a_body_gives_back_its_bytes(words: list[object], times: int) -> None:
    plain = codec.dump(words * 9**times)
    assert framing.unpack(framing.pack(plain)) == plain


def test_parts_and_marks_that_do_not_belong_together_are_refused() -> None:
    press = zstandard.ZstdCompressor()
    for text, parts in (
        (b'"\x02"', b""), (b'"\x02"', bytes(15)), (b'"\x02"', bytes(17)), (b'""', b"x"), (b'"\x01 "', b""), (b"\x01", b""),
        (b'"\x02\x01!"', bytes(16)), (b'"\x02\x01\x1f"', bytes(16)), (b'"\x03\x04"', bytes(95)),
    ):  # fmt: skip
        with pytest.raises(framing.BadFrame):
            framing.unpack(press.compress(text) + parts)
    for text in (b"\x02" + b"\x01 " * 240_000, b"\x01" * (8 << 20), b"\x03" + b"\x01 " * 150_000):
        with pytest.raises(framing.TooLarge):
            framing.unpack(press.compress(text) + bytes(32))
    assert framing.unpack(press.compress(b"\x02\x01 \x04") + bytes(80)) == f"{uuid.UUID(int=0)}".encode() * 2 + b"0" * 128


def test_the_words_that_both_ends_know_are_those_of_version_1() -> None:
    assert hashlib.sha256(WORDS).hexdigest() == "c09db1790cad5cec87f8943006a8a5d7a58545d81ff899a789ba1eb0252c779f"


@given(st.binary(max_size=2000))
def test_arbitrary_bytes_are_no_frame(data: bytes) -> None:
    with pytest.raises((framing.BadFrame, framing.TooLarge)):
        framing.unpack(b"\0" + data)


def test_bombs_are_refused_however_they_state_their_size() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(200 << 20))
    assert len(bomb) < 20_000
    with pytest.raises(framing.TooLarge):
        framing.unpack(bomb)
    with pytest.raises(framing.BadFrame):
        framing.unpack(zstandard.ZstdCompressor(write_content_size=False).compress(bytes(9 << 20)))
    good = framing.pack(b"x" * 1000)
    for bad in (good[:-1], good + b"y", good + good, good[:-3] + b"abc"):
        with pytest.raises(framing.BadFrame):
            framing.unpack(bad)


def test_a_frame_longer_than_it_says_is_refused() -> None:
    honest = bytearray(zstandard.ZstdCompressor(write_checksum=False).compress(bytes(70_000)))
    params = zstandard.get_frame_parameters(bytes(honest))
    assert params.content_size == 70_000
    at = bytes(honest).index((70_000).to_bytes(4, "little"))
    honest[at : at + 4] = (66_000).to_bytes(4, "little")
    with pytest.raises(framing.BadFrame):
        framing.unpack(bytes(honest))


def test_fields_that_look_like_a_place_left_out_are_left_alone() -> None:
    key = DeviceKey.from_seed(bytes(32))
    trap = tuple(FieldEdit(name, value) for name, value in (("op", "o"), ("prev", ""), ("r", "r"), ("z", ',"prev":"","r":"')))
    first = Line(
        op="op-1", kind=Kind.CUSTODY, table="custody", row="row", scope="s:61", fields=trap, author="p", txn="t", replica="rep",
        n=1, prev=GENESIS, hlc=1, wall_ms=1, offset_ms=None, schema=1,
    )  # fmt: skip
    one = seal(first, key)
    two, apart = (seal(replace(first, n=2, prev=prev), key) for prev in (one.op_hash, "1" * 64))
    for sealed in ([one, two], [one, apart], [apart, two]):
        assert [*linked.whole_lines(linked.on_wire(sealed))] == [each.data for each in sealed]
