"""The lists of the screen as Qt models, and the words their rows are read out in."""

from app.core.findings import Finding
from app.core.inspections import Blocker
from app.core.money import format_cny
from app.gui.messages import sentence_of
from app.gui.models.tuples import ROW, TupleListModel
from app.gui.screens.inspection.ledger import Key
from app.gui.screens.inspection.picture import Line, SectionLine
from app.gui.texts import tr

LINE = ROW
STATES = ("pass", "fail", "na", "open")


def state_text(state: str) -> str:
    """Return the word of one of the four states."""
    return tr(f"inspection.state_{state}")


class ItemsModel(TupleListModel[Line]):
    """The items of the list."""

    def __init__(self) -> None:
        super().__init__(spoken_item, lambda line: line.key)

    def row_of(self, key: Key) -> int | None:
        """Return the row of an item, or None where it is not listed."""
        index = self.index_of(key)
        return index.row() if index.isValid() else None


class SectionsModel(TupleListModel[SectionLine]):
    """The sections with their progress."""

    def __init__(self) -> None:
        super().__init__(spoken_section, lambda line: (line.template, line.section))

    def row_of(self, template: str, section: str) -> int | None:
        """Return the row of a section, or None where it has no visible item."""
        index = self.index_of((template, section))
        return index.row() if index.isValid() else None


class BlockersModel(TupleListModel[tuple[int, Blocker]]):
    """What stops or warns before signing, numbered, because two of them may read alike."""

    def __init__(self) -> None:
        super().__init__(spoken_blocker, lambda row: row[0])


class FindingsModel(TupleListModel[Finding]):
    """The findings of an inspection."""

    def __init__(self) -> None:
        super().__init__(spoken_finding, lambda finding: finding.id)


def spoken_item(line: Line) -> str:
    """Return code, question, state, what is attached and what is wrong."""
    parts = [f"{line.item.code} {line.item.question}", state_text(line.answer.state), meta_text(line)]
    return tr("widgets.comma").join([part for part in parts if part] + [problem.message for problem in line.problems])


def spoken_section(line: SectionLine) -> str:
    """Return title, progress and failures."""
    failed = tr("inspection.section_failed", count=line.failed) if line.failed else ""
    parts = (line.sheet_title, f"{line.title} {line.assessed} / {line.total}", failed)
    return tr("widgets.comma").join(part for part in parts if part)


def spoken_blocker(row: tuple[int, Blocker]) -> str:
    """Return severity, item and sentence."""
    blocker = row[1]
    parts = (tr(f"inspection.severity_{blocker.severity}"), blocker.item, blocker_text(blocker))
    return tr("widgets.comma").join(part for part in parts if part)


def spoken_finding(finding: Finding) -> str:
    """Return title and amount."""
    return tr("widgets.comma").join(part for part in (finding.title, amount_text(finding), finding.facts) if part)


def amount_text(finding: Finding) -> str:
    """Return a finding's amount, or nothing where none is at issue."""
    return "" if finding.amount_cny is None else format_cny(finding.amount_cny)


def blocker_text(blocker: Blocker) -> str:
    """Return the sentence of a blocker: the template's own, or the program's."""
    return blocker.message or sentence_of(f"blocker.{blocker.code}", dict(blocker.params))


def meta_text(line: Line) -> str:
    """Return what is attached to an answer in a few words: photos, rows, cases, value, amount, and whose it is."""
    answer, parts = line.answer, []
    if answer.evidence:
        parts.append(tr("inspection.meta_evidence", count=answer.evidence))
    if answer.rows:
        parts.append(tr("inspection.meta_rows", count=len(answer.rows)))
    if answer.count is not None:
        parts.append(tr("inspection.meta_count", count=answer.count))
    if answer.value:
        parts.append(
            f"{answer.value} {line.item.unit or ('%' if line.item.kind == 'percent' else '')}".strip()
        )
    if line.amount_cny is not None:
        parts.append(format_cny(line.amount_cny))
    if line.is_of_mate:
        parts.append(tr("inspection.meta_of_mate"))
    return " · ".join(parts)
