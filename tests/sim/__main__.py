"""Run many schedules and print figures: `python -m tests.sim --seeds 0 100000`."""

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import Postgres
from tests.sim.folder import fast_folder
from tests.sim.postgres_disk import PostgresDisk
from tests.sim.schedule import OpenServer, Simulator


def _kind(violation: str) -> str:
    words = [word for word in violation.split() if not any(sign.isdigit() for sign in word[2:]) and len(word) > 2]
    return " ".join(words[:8])


def _postgres(stack: ExitStack) -> OpenServer:
    server = Postgres()
    stack.callback(server.stop)
    return lambda folder, world: PostgresDisk(folder, world, server)


def main() -> int:
    """Run the schedules of a range of seeds; 1 if one of them found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim")
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 1000), metavar=("FIRST", "END"))
    for noisy in ("sync.server.epochs", "app.services"):  # what they warn of is wanted here
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no schedule after so many minutes")
    parser.add_argument("--stop", action="store_true", help="stop at the first violation")
    parser.add_argument("--postgres", action="store_true", help="the server's database is a real PostgreSQL")
    parser.add_argument("--traces", action="store_true", help="print the hash of each schedule's course")
    wanted = parser.parse_args()
    seen: Counter[str] = Counter()
    rounds: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    bad = 0
    began = time.perf_counter()
    first, end = wanted.seeds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=fast_folder())))
        simulator = stack.enter_context(Simulator.opened(folder, _postgres(stack) if wanted.postgres else None))
        for seed in range(first, end):
            if time.perf_counter() - began > wanted.minutes * 60:
                break
            outcome = simulator.run(seed)
            seen.update(outcome.seen)
            rounds[outcome.rounds] += 1
            if wanted.traces:
                print("trace", seed, outcome.trace)
            if outcome.violations:
                bad += 1
                kinds.update({_kind(one) for one in outcome.violations})
                print(
                    f"seed {seed}: {len(outcome.violations)} violations",
                    *outcome.violations[:4],
                    sep="\n    ",
                    flush=True,
                )
                if wanted.stop:
                    break
            if (seed - first) % 1000 == 999:
                rate = (seed - first + 1) / (time.perf_counter() - began)
                print(f"{seed - first + 1} schedules, {bad} with violations, {rate:.1f}/s", flush=True)
    taken = time.perf_counter() - began
    done = sum(rounds.values())
    print(f"{done} schedules in {taken:.0f} s ({done / taken:.1f}/s), {bad} with violations")
    print("kinds of violations, by schedules:", dict(kinds))
    print("rounds until quiet:", dict(sorted(rounds.items())))
    for what, count in seen.most_common():
        print(f"    {count / max(done, 1):8.3f} a schedule  {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
