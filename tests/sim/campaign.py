"""Many schedules over hours or days: stopped at any moment, it goes on from there.

A folder outside the repository holds everything: `share-1of2.json` for each process, with a stretch for each commit that
it ran at, and `findings.txt`.
"""

import logging
import multiprocessing
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import Postgres
from tests.sim.folder import fast_folder
from tests.sim.postgres_disk import PostgresDisk
from tests.sim.schedule import Simulator
from tests.sim.tally import Tally, commit, keep, tallies
from tests.unit.sync.kit import ROOT

Open = Callable[[], AbstractContextManager[Simulator]]
_KEEP_EVERY_S = 5.0


@dataclass(frozen=True)
class Campaign:
    """What is to be played: seeds from `first` on, shared out among processes."""

    folder: Path
    first: int
    count: int
    processes: int = 1

    def share(self, number: int) -> range:
        """Return the seeds of one process."""
        return range(self.first + number, self.first + self.count, self.processes)

    def path(self, number: int) -> Path:
        """Return where one process keeps how far it is."""
        return self.folder / f"share-{number + 1}of{self.processes}.json"


@contextmanager
def simulator(*, is_postgres: bool) -> Iterator[Simulator]:
    """Open a simulator over one of the two databases."""
    for noisy in ("sync.server.epochs", "app.services"):  # what they warn of is wanted here
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=fast_folder())))
        if not is_postgres:
            yield stack.enter_context(Simulator.opened(folder))
            return
        server = Postgres()
        stack.callback(server.stop)
        yield stack.enter_context(Simulator.opened(folder, lambda place, world: PostgresDisk(place, world, server)))


def check(campaign: Campaign) -> None:
    """Require that the folder is outside the repository and holds no other campaign.

    Raises:
        ValueError: If it is not so.
    """
    if campaign.folder.resolve().is_relative_to(ROOT):
        raise ValueError("a campaign's folder lies outside the repository")
    wanted = {campaign.path(number) for number in range(campaign.processes)}
    if others := set(campaign.folder.glob("share-*.json")) - wanted:
        raise ValueError(f"another campaign lies there: {sorted(one.name for one in others)}")
    for number in range(campaign.processes):
        if any(one.first != campaign.first + number for one in tallies(campaign.path(number))[:1]):
            raise ValueError("another campaign lies there: it began at another seed")


def run(campaign: Campaign, opened: Open) -> int:
    """Play what is left, in several processes if so wanted, and print the figures; 1 if anything was ever found."""
    campaign.folder.mkdir(parents=True, exist_ok=True)
    check(campaign)
    # A process that is told to end finishes its schedule and keeps where it is.
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=play, args=(campaign, number, opened)) for number in range(1, campaign.processes)]
    for one in others:
        one.start()
    play(campaign, 0, opened)
    for one in others:
        one.join()
    whole = summary(campaign)
    return 1 if whole.bad else 0


def play(campaign: Campaign, number: int, opened: Open) -> None:
    """Play what is left of one process's share."""
    path, seeds = campaign.path(number), campaign.share(number)
    stretches = tallies(path)
    left = seeds if not stretches else range(stretches[-1].next, seeds.stop, seeds.step)
    if not left:
        return
    here = commit()
    if not stretches or stretches[-1].commit != here:
        stretches.append(Tally(here, left.start, left.start))
    now = stretches[-1]
    with opened() as simulator, _told_to_end() as is_over:
        last = kept = time.monotonic()
        for seed in left:
            outcome = simulator.run(seed)
            if outcome.violations:
                _note(campaign.folder / "findings.txt", here, seed, outcome.violations)
            now.add(outcome)
            now.next = seed + seeds.step
            now.seconds, last = now.seconds + time.monotonic() - last, time.monotonic()
            if is_over() or last - kept > _KEEP_EVERY_S:
                keep(path, stretches)
                kept = last
            if is_over():
                return
        keep(path, stretches)


def summary(campaign: Campaign) -> Tally:
    """Print the figures of a campaign, by commit and together."""
    whole, by_commit = Tally(), dict[str, Tally]()
    for number in range(campaign.processes):
        for one in tallies(campaign.path(number)):
            whole.join(one)
            by_commit.setdefault(one.commit, Tally(one.commit)).join(one)
    for one in by_commit.values():
        print(f"at {one.commit}: {one.schedules} schedules, {one.bad} with violations, {one.seconds:.0f} s of processes")
    print(*whole.lines(), sep="\n")
    print(f"{campaign.count - whole.schedules} left", flush=True)
    return whole


@contextmanager
def _told_to_end() -> Iterator[Callable[[], bool]]:
    told: list[int] = []
    before = {one: signal.signal(one, lambda number, frame: told.append(number)) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(told)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _note(path: Path, here: str, seed: int, violations: tuple[str, ...]) -> None:
    text = "\n    ".join((f"{here} seed {seed}: {len(violations)} violations", *violations[:6]))
    with path.open("a", encoding="utf-8") as file:
        file.write(text + "\n")
    print(text, file=sys.stderr, flush=True)
