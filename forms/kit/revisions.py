"""Text that was corrected before it was signed: what was struck stays legible, and the party signs at the place.

Source: 公安机关办理行政案件程序规定 art. 77 (changes are marked by the one whose words they are).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from forms.glyphs import visible
from forms.kit.flow import LEFT, WIDTH, Flow, Slot
from forms.kit.parts import Paragraph
from forms.model import Revision
from forms.signing import BoxKind, Rect

_MARK_HEIGHT, _MARK_WIDTH = 34.0, WIDTH / 2


@dataclass(frozen=True, slots=True)
class Revised:
    """A paragraph with its changes, and below it a box for each that signs them.

    Attributes:
        index: Of the box; unique in the document, so that a mark cannot be moved to another change.
        before: Words of the form before the text; `behind` after it.
    """

    text: str
    revisions: tuple[Revision, ...]
    signer: Slot
    index: int
    lead: str = ""
    before: str = ""
    behind: str = ""

    def place(self, flow: Flow) -> None:
        """Draw the paragraph; without changes it is an ordinary one."""
        whole, struck, added = _with_changes(self.before, self.text.strip(), self.revisions)
        text = Paragraph(whole + self.behind, lead=self.lead, struck=struck, added=added)
        if not self.revisions:
            text.place(flow)
            return
        # The box belongs to the words above it: a short paragraph goes with it to the next page.
        flow.need(min(text.height(flow), flow.full_room / 3) + _MARK_HEIGHT + 6)
        text.place(flow)
        flow.need(_MARK_HEIGHT + 6)
        flow.y -= _MARK_HEIGHT + 3
        slot = Slot(self.signer.signer, f"更正 {len(self.revisions)} 处，{self.signer.label}", self.signer.required)
        rect = Rect(LEFT + WIDTH - _MARK_WIDTH, flow.y, _MARK_WIDTH, _MARK_HEIGHT)
        flow.sign_box(slot, rect, BoxKind.CORRECTION, index=self.index)
        flow.y -= 3


def _with_changes(
    before: str, text: str, revisions: Sequence[Revision]
) -> tuple[str, tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Return the text with the struck words in it, and where the struck and the new ones stand."""
    whole, done = visible(before), 0
    struck: list[tuple[int, int]] = []
    added: list[tuple[int, int]] = []
    for change in sorted(revisions, key=lambda one: one.at):
        at = min(max(change.at, done), len(text))
        end = min(at + max(change.added, 0), len(text))
        whole += visible(text[done:at])
        for words, stretches in ((change.struck, struck), (text[at:end], added)):
            start = len(whole)
            whole += visible(words)
            stretches.append((start, len(whole)))
        done = end
    return whole + visible(text[done:]), tuple(struck), tuple(added)
