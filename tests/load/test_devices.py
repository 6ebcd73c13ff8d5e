"""The machine of the long run with three hundred devices works, and what it asserts holds for a few seconds already."""

from pathlib import Path

from bench.devices import Plan, run


def test_twenty_devices_at_once_meet_no_error_and_read_dense_feeds(tmp_path: Path) -> None:
    plan = Plan(devices=20, seconds=3.0, batches=2, lines=40, photos=2, photo_bytes=20_000, processes=1)
    day = run(tmp_path, plan)
    assert day.errors == {}
    assert (day.sent, day.receipted) == (20 * 2 * 40, 20 * 2 * 40)
    assert (day.files, day.files_receipted) == (40, 40)
    assert (day.holes, day.missing) == (0, 0)
