"""Which papers a path of work still lacks, and which must not be there. Source: domain 4.2."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from forms.papers import Level, Need, Paper, Path


@dataclass(frozen=True, slots=True)
class Gap:
    """A paper that is missing (REQUIRED), may be needed (CONDITIONAL) or must not be there (FORBIDDEN).

    Attributes:
        when: The case in which it is needed, or why it is forbidden; Chinese, to be shown.
        or_one_of: Papers that would do as well.
    """

    paper: str
    level: Level
    when: str = ""
    or_one_of: tuple[str, ...] = ()


def gaps(papers: Iterable[Paper], path: Path, present: Collection[str]) -> tuple[Gap, ...]:
    """Return what a path lacks or must not have, in the order of the file; `present` holds ids of papers."""
    asked = [
        (paper.id, need)
        for paper in sorted(papers, key=lambda one: (one.file_order, one.id))
        for need in paper.needs
        if need.path is path
    ]
    found, told = [], set[str]()
    for paper, need in asked:
        if need.level is Level.FORBIDDEN:
            if paper in present:
                found.append(Gap(paper, need.level, need.when))
            continue
        group = _group(asked, paper, need)
        if need.instead in told or not group.isdisjoint(present):
            continue
        # A group of alternatives is one gap, told at its first paper.
        told |= {need.instead} - {""}
        found.append(Gap(paper, need.level, need.when, tuple(sorted(group - {paper}))))
    return tuple(found)


def _group(asked: list[tuple[str, Need]], paper: str, need: Need) -> set[str]:
    if not need.instead:
        return {paper}
    return {other for other, its in asked if its.instead == need.instead}
