"""What the seed decides: chance, time, and what goes wrong."""

import random
from collections import Counter
from dataclasses import dataclass, field

START_MS = 1_780_000_000_000


class Crash(BaseException):
    """The machine stopped; nothing that runs may catch it."""


@dataclass
class Fate:
    """One schedule's chance, clock and counters.

    Attributes:
        is_kind: No more faults: what was broken may heal.
        weather: How many times as often as usual faults happen.
        seen: How often each fault and each event happened.
    """

    seed: int
    chance: random.Random = field(init=False)
    now_ms: int = START_MS
    is_kind: bool = True
    weather: int = 1
    seen: "Counter[str]" = field(default_factory=Counter)
    _ids: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def strikes(self, what: str, probability: float) -> bool:
        """Return whether this fault happens now."""
        if self.is_kind or self.chance.random() >= probability * self.weather:
            return False
        self.seen[what] += 1
        return True

    def new_id(self) -> str:
        """Return an id that rises with the clock, as the program’s own do."""
        self._ids += 1
        digits = f"{self.now_ms << 80 | 0x7 << 76 | (self._ids & 0xFFF) << 64 | 0b10 << 62 | self.chance.getrandbits(62):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def random_id(self) -> str:
        """Return an id that nobody can guess, as far as a seed allows."""
        digits = f"{self.chance.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def random_bytes(self, count: int) -> bytes:
        """Return bytes for keys and codes."""
        return self.chance.randbytes(count)
