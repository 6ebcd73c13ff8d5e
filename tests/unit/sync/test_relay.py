"""What a relay and its visitors say: codes and addresses as people type them, lists that are signed, and the shelf."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.client.errors import Refused
from sync.client.relay import PORT, Have, make_code, read_address, read_code
from sync.client.relay_shelf import Limits, Shelf
from sync.protocol.chain import DeviceKey
from sync.protocol.errors import SyncError
from sync.protocol.packets import BODY_AT

A, B = "a" * 64, "b" * 64


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_a_code_has_eight_signs_that_are_read_for_nothing_else_and_no_two_are_the_same(one: bytes, other: bytes) -> None:
    code = make_code(one)
    assert len(code) == 8
    assert not set(code) & set("01IO")
    assert (make_code(other) == code) == (one == other)
    assert read_code(f" {code[:4].lower()}-{code[4:]}　") == code


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("192.168.1.5", f"http://192.168.1.5:{PORT}"),
        (" 192.168.1.5：9000 ", "http://192.168.1.5:9000"),
        ("１９２．１６８．１．５", f"http://192.168.1.5:{PORT}"),
        ("http://laptop.local:9000/", "http://laptop.local:9000"),
        ("[fe80::1]:9000", "http://[fe80::1]:9000"),
    ],
)
def test_an_address_is_read_as_people_type_it(typed: str, url: str) -> None:
    assert read_address(typed) == url


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_address_or_refused(typed: str) -> None:
    try:
        url = read_address(typed)
    except Refused:
        return
    assert url.startswith("http://")
    assert read_address(url) == url


@pytest.mark.parametrize("typed", ["", "https://x", "ftp://x", "x:99999", "x:y", "http://u:p@x", "x/path", "x?q", "[::"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"relay\.address"):
        read_address(typed)


def test_a_list_of_files_counts_for_its_device_and_its_session_alone() -> None:
    key, other = DeviceKey.from_seed(b"1" * 32), DeviceKey.from_seed(b"2" * 32)
    have = Have.of("device-1", "session-1", (A, B), key)
    have.check("session-1", key.public_hex)
    changed = (
        Have("device-2", "session-1", (A, B), have.sig), Have("device-1", "session-1", (A,), have.sig),
        Have("device-1", "session-1", (A, B), "0" * 128), Have.of("device-1", "session-1", ("../x",), key),
        Have.of("device-1", "session-2", (A, B), key), Have.of("device-1", "session-1", (A, B), other),
    )  # fmt: skip
    for one in changed:
        with pytest.raises(Refused, match=r"relay\.have"):
            one.check("session-1", key.public_hex)


def test_a_part_goes_where_the_last_one_ended_and_a_cut_one_is_kept_as_far_as_it_came(tmp_path: Path) -> None:
    shelf, size = Shelf(tmp_path, Limits(spare_bytes=0)), BODY_AT + 100
    assert shelf.append(A, 0, size, 10, _reads(b"0123456789")) is None
    with pytest.raises(ConnectionError):
        shelf.append(A, 10, size, 10, _reads(b"01234"))
    assert shelf.offset(A) == 15
    for offset, stated in ((10, size), (16, size), (0, size), (15, size + 1)):
        with pytest.raises(Refused, match=r"relay\.request"):
            shelf.append(A, offset, stated, 10, _reads(b"0123456789"))
    assert shelf.offset(A) == 15
    with pytest.raises(SyncError, match=r"packet\.not_one"):  # whole, and no packet: gone
        shelf.append(A, 15, size, size - 15, _reads(b"x" * size))
    assert shelf.offset(A) == 0
    assert list(tmp_path.iterdir()) == []


def test_two_lines_cannot_write_one_packet_at_once(tmp_path: Path) -> None:
    shelf, size = Shelf(tmp_path, Limits(spare_bytes=0)), BODY_AT + 100

    def meanwhile(count: int) -> bytes:
        with pytest.raises(Refused, match=r"relay\.writing") as caught:
            shelf.append(A, 0, size, 10, _reads(b"0123456789"))
        assert caught.value.retryable
        return b"x" * count

    shelf.append(A, 0, size, 10, meanwhile)
    assert shelf.offset(A) == 10


def test_a_shelf_takes_no_more_than_there_is_room_for(tmp_path: Path) -> None:
    size = BODY_AT + 100
    few = Shelf(tmp_path / "few", Limits(packets=1, spare_bytes=0))
    few.append(A, 0, size, 10, _reads(b"0123456789"))
    small = Shelf(tmp_path / "small", Limits(total_bytes=size - 1, spare_bytes=0))
    full = Shelf(tmp_path / "full", Limits(spare_bytes=1 << 62))
    for shelf in (few, small, full):
        with pytest.raises(Refused, match=r"relay\.full"):
            shelf.append(B, 0, size, 10, _reads(b"0123456789"))
        assert shelf.offset(B) == 0


def _reads(data: bytes) -> Callable[[int], bytes]:
    left = bytearray(data)

    def read(count: int) -> bytes:
        some = bytes(left[:count])
        del left[:count]
        return some

    return read
