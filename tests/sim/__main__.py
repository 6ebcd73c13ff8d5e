"""Run many schedules and print figures: `python -m tests.sim --seeds 0 1000`, or for hours `--campaign 100000 --first 0`."""

import argparse
import functools
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.sim import campaign
from tests.sim.tally import Tally


def main() -> int:
    """Run the schedules of a range of seeds; 1 if one of them found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim")
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 1000), metavar=("FIRST", "END"))
    parser.add_argument("--postgres", action="store_true", help="the server's database is a real PostgreSQL")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no schedule after so many minutes")
    parser.add_argument("--stop", action="store_true", help="stop at the first violation")
    parser.add_argument("--traces", action="store_true", help="print the hash of each schedule's course")
    parser.add_argument("--campaign", type=int, metavar="N", help="play N schedules, from where the last time ended")
    parser.add_argument("--first", type=int, default=0, help="the campaign's first seed")
    parser.add_argument("--processes", type=int, default=1, help="of the campaign")
    parser.add_argument("--folder", type=Path, help="of the campaign; outside the repository")
    wanted = parser.parse_args()
    opened = functools.partial(campaign.simulator, is_postgres=wanted.postgres)
    if wanted.campaign is None:
        return _range(wanted, opened)
    name = f"yanfang-campaign-{'postgres' if wanted.postgres else 'sqlite'}-{wanted.first}"
    folder = wanted.folder or Path(tempfile.gettempdir()) / name
    print(f"in {folder}", flush=True)
    if hasattr(os, "nice"):
        os.nice(19)  # the machine belongs to others
    return campaign.run(campaign.Campaign(folder, wanted.first, wanted.campaign, wanted.processes), opened)


def _range(wanted: argparse.Namespace, opened: campaign.Open) -> int:
    tally, began = Tally(), time.monotonic()
    with opened() as one:
        for seed in range(*wanted.seeds):
            if time.monotonic() - began > wanted.minutes * 60:
                break
            outcome = one.run(seed)
            tally.add(outcome)
            tally.seconds = time.monotonic() - began
            if wanted.traces:
                print("trace", seed, outcome.trace)
            if outcome.violations:
                found = outcome.violations
                print(f"seed {seed}: {len(found)} violations", *found[:4], sep="\n    ", flush=True)
                if wanted.stop:
                    break
            if tally.schedules % 1000 == 0:
                print(next(tally.lines()), flush=True)
    print(*tally.lines(), sep="\n")
    return 1 if tally.bad else 0


if __name__ == "__main__":
    sys.exit(main())
