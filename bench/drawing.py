"""The draw of a million institutions and fifty thousand inspectors, against a plain numpy draw with SHA-256 keys.

    python -m bench.drawing [--reps 3] [--places 1000000] [--people 50000]

Each run is a process of its own, so that its peak of memory is its own; seconds are those of the processor (both sides use
one core), so that what else the machine does hardly counts. Both sides begin with the registers in memory, leave out who is
excluded or locked, draw one of a hundred of each of 2,400 strata (district and kind) by weight, and send two inspectors with
a valid licence, never to their own district, at most 40 times each. One institution of seven has complaints or a record: its
weight is 2 to 4, which is as many tickets here, and an exponential key in the bound. The draw also gives out who stands by.
"""

import argparse
import datetime as dt
import hashlib
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

DISTRICTS, KINDS, SEED = 400, 6, "01382438112797316654"


def peak_mb() -> int:
    """Return the most memory that this process has held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def bound(n: int, m: int) -> tuple[float, int]:
    """Draw with numpy: keys are the first eight bytes of SHA-256, exponential with weights; return seconds and drawn."""
    import numpy as np

    chance = np.random.default_rng(11)
    district, kind = chance.integers(0, DISTRICTS, n, dtype=np.int16), chance.integers(0, KINDS, n, dtype=np.int8)
    weight = np.where(chance.random(n) < 1 / 7, chance.integers(2, 5, n), 1)
    excluded = chance.random(n) < 0.03
    checked_days_ago = chance.integers(0, 2000, n, dtype=np.int16)
    home, able = chance.integers(0, DISTRICTS, m, dtype=np.int16), chance.random(m) < 0.63
    ids = [f"i{i:07d}" for i in range(n)]
    start = time.process_time()
    head = hashlib.sha256(SEED.encode()).hexdigest()
    keys = b"".join([hashlib.sha256((head + one).encode()).digest()[:8] for one in ids])
    uniform = (np.frombuffer(keys, dtype=">u8").astype(np.float64) + 1) / 2**64
    key = -np.log(uniform) / weight
    stratum = district.astype(np.int32) * KINDS + kind
    stratum[excluded | (checked_days_ago < 90)] = 1 << 20
    order = np.lexsort((key, stratum))
    order = order[stratum[order] < 1 << 20]
    within = stratum[order]
    begins = np.r_[0, np.flatnonzero(np.diff(within)) + 1]
    counts = np.diff(np.r_[begins, within.size])
    rank = np.arange(within.size) - np.repeat(begins, counts)
    drawn = order[rank < np.repeat(-(-counts // 100), counts)]
    pool = np.flatnonzero(able)
    tickets = [hashlib.sha256(f"{head}p{one:05d}".encode()).digest()[:8] for one in pool]
    pool = pool[np.argsort(np.frombuffer(b"".join(tickets), dtype=">u8"))]
    there = district[drawn]
    first = pool[np.arange(drawn.size) * 2 % pool.size]
    second = pool[(np.arange(drawn.size) * 2 + 1) % pool.size]
    for seats, other in ((first, second), (second, first)):
        bad = np.flatnonzero((home[seats] == there) | (seats == other))
        step = 1
        while bad.size:
            seats[bad] = pool[(bad * 2 + 7919 * step) % pool.size]
            bad, step = bad[(home[seats[bad]] == there[bad]) | (seats[bad] == other[bad])], step + 1
    assert np.bincount(np.r_[first, second]).max() <= 40
    return time.process_time() - start, int(drawn.size)


def ours(n: int, m: int) -> tuple[float, int]:
    """Draw as the program does; return seconds and drawn."""
    import random

    from app.draws.frozen import Candidate, Frozen, Place, Staffing, Stratum
    from app.draws.run import draw

    chance = random.Random(11)
    districts = [f"{610000 + d:06d}" for d in range(DISTRICTS)]
    within = {(s, w): ((s, w),) for s in range(DISTRICTS * KINDS) for w in (1, 2, 3, 4)}
    rows = []
    for i in range(n):
        district, kind = chance.randrange(DISTRICTS), chance.randrange(KINDS)
        weight = chance.randrange(2, 5) if chance.random() < 1 / 7 else 1
        place = Place(f"i{i:07d}", within[district * KINDS + kind, weight], districts[district])
        rows.append((place, chance.random() < 0.03, chance.randrange(2000)))
    people = [
        Candidate(f"p{i:05d}", "inspector", districts[chance.randrange(DISTRICTS)])
        for i in range(m)
        if chance.random() < 0.63
    ]
    start = time.process_time()
    places = [place for place, is_out, ago in rows if not is_out and ago >= 90]
    counts = Counter(place.strata[0][0] for place in places)
    staff = Staffing(cross_district=True, max_load=40)
    strata = [
        Stratum(f"s{at}", f"s{at}", "", f"s{at}", "1/100", counts[at], -(-counts[at] // 100), staff=staff)
        for at in range(DISTRICTS * KINDS)
    ]
    made = draw(Frozen({}, dt.datetime.now(dt.UTC), (), 10, tuple(strata), tuple(places), tuple(people)), SEED)
    seconds = time.process_time() - start
    assert not made.shortages
    load = Counter(member.person for team in made.teams for member in team.members)
    assert max(load.values()) <= 40
    drawn = sum(len(lot.picks) for lot in made.lots)
    assert len(made.teams) == drawn
    return seconds, drawn


def main() -> None:
    """Measure both in turn and say the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--reps", type=int, default=3)
    options.add_argument("--places", type=int, default=1_000_000)
    options.add_argument("--people", type=int, default=50_000)
    options.add_argument("--one", choices=("bound", "ours"))
    given = options.parse_args()
    sides: dict[str, Callable[[int, int], tuple[float, int]]] = {"bound": bound, "ours": ours}
    if given.one:
        seconds, drawn = sides[given.one](given.places, given.people)
        print(json.dumps({"seconds": seconds, "drawn": drawn, "peak_mb": peak_mb()}))
        return
    found: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for _ in range(given.reps):
        for name in sides:
            words = ["--one", name, "--places", str(given.places), "--people", str(given.people)]
            said = subprocess.run([sys.executable, "-m", "bench.drawing", *words], capture_output=True, check=True, text=True)
            found[name].append(json.loads(said.stdout))
    best = {name: min(one["seconds"] for one in runs) for name, runs in found.items()}
    for name, runs in found.items():
        print(f"{name:6} {best[name]:.2f} s  {max(one['peak_mb'] for one in runs):.0f} MB  {runs[0]['drawn']:.0f} drawn")
    print(f"ours / bound = {best['ours'] / best['bound']:.2f}")


if __name__ == "__main__":
    main()
