"""Versions of the meaning of tables and fields: every line says which one it was written in, and older ones are lifted.

Fields are added, never given another type or another meaning. A field that gets another name, or a table that is cut
anew, needs an upcaster: a pure function that says an older line in the words of the next version. The stored line stays
as it was signed; only the fold sees the lifted one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sync.protocol.lines import Line, singly

Upcaster = Callable[[Line], Line]


def _nothing() -> Mapping[int, Upcaster]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Schema:
    """What one program understands.

    Attributes:
        current: The newest version it knows; lines of a newer one are kept and not folded.
        steps: Upcasters by the version they lift from; a version without one reads the same in the next.
    """

    current: int
    steps: Mapping[int, Upcaster] = field(default_factory=_nothing)

    def understands(self, line: Line) -> bool:
        """Return whether the line can be folded."""
        return line.schema <= self.current

    def lift(self, line: Line) -> Line:
        """Return what a line of one row says in the current version; ids, place and signature are none of its business."""
        for version in range(line.schema, self.current):
            step = self.steps.get(version)
            if step is not None:
                line = step(line)
        return line

    def said(self, line: Line) -> Sequence[Line]:
        """Return what the line says in the current version, as `fold_all` takes it: rows made at once are lifted one by one."""
        if self.changes_since(line.schema):
            return tuple(map(self.lift, singly(line)))
        return (line,)

    def changes_since(self, version: int) -> bool:
        """Return whether what was folded under an earlier version would be folded otherwise now."""
        return any(version <= step < self.current for step in self.steps)


# What both programs of this release understand. The next version is entered here, with its step in a file beside it.
PRODUCT: Final = Schema(1)
