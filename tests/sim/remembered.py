"""What depends on nothing but its arguments is computed once: each line is read by the server, by every laptop and by the checks."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from unittest import mock

from sync.protocol import chain, lines

_PURE = ((lines, "parse"), (lines, "content_hash"), (chain, "verified"))
_KEPT = 1 << 14


@contextmanager
def remembered() -> Iterator[None]:
    """Remember the results of pure functions for a while; what they refuse is refused anew each time."""
    with ExitStack() as stack:
        for module, name in _PURE:
            kept = lru_cache(maxsize=_KEPT)(getattr(module, name))
            stack.enter_context(mock.patch.object(module, name, kept))
        yield
