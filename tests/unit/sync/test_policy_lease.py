"""How long a laptop out of reach goes on, and the digits by which it is known."""

import pytest

from sync.protocol import codec
from sync.protocol.admission import fingerprint, machine_digest
from sync.protocol.lease import Lease, LeaseState
from sync.protocol.policy import Access, Role, Standing

DAY = 24 * 3_600_000
VERIFIED = 1_790_000_000_000
LEASE = Lease("li", Access((Standing(Role.INSPECTOR, "610102"),), {"610102": "610102"}), VERIFIED)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (0, LeaseState.FULL),
        (29.99, LeaseState.FULL),
        (30, LeaseState.READ_ONLY),
        (59.99, LeaseState.READ_ONLY),
        (60, LeaseState.LOCKED),
        (20_000, LeaseState.LOCKED),
    ],
)
def test_a_lease_is_full_for_30_days_then_read_only_and_locked_after_60(days: float, state: LeaseState) -> None:
    assert LEASE.state(VERIFIED + int(days * DAY)) is state


def test_an_instant_before_the_verification_is_no_reason_to_lock() -> None:
    assert LEASE.state(VERIFIED - 10 * DAY) is LeaseState.FULL


def test_a_lease_comes_back_from_storage_as_it_was() -> None:
    assert codec.load(Lease, codec.dump(LEASE)) == LEASE


def test_a_fingerprint_is_six_groups_of_four_digits_and_fixed_for_ever() -> None:
    assert fingerprint("00" * 32) == "8672 9915 1378 0488 6921 9574"
    assert fingerprint("01" + "00" * 31) != fingerprint("00" * 32)


def test_two_servers_know_the_same_machine_by_different_digests() -> None:
    assert machine_digest("a", "m") != machine_digest("b", "m")
    assert machine_digest("a", "m") == machine_digest("a", "m")
