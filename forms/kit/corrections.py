"""The table of corrections: the old text struck but legible, the new one beside it, a mark of the signer at each.

Source: 公安机关办理行政案件程序规定 art. 77.
"""

from dataclasses import dataclass

from forms.kit.flow import LEFT, WIDTH, Flow, Slot
from forms.kit.tables import Cell, Table, label
from forms.model import Correction
from forms.signing import BoxKind, Rect

_MARK_HEIGHT = 34.0


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections; each is followed by a row of boxes for those who sign at the change."""

    corrections: tuple[Correction, ...]
    signers: tuple[Slot, ...]

    def place(self, flow: Flow) -> None:
        """Draw them in order."""
        for number, change in enumerate(self.corrections, 1):
            rows = (
                (label("更正处"), Cell(change.place)),
                (label("原记录"), Cell(change.old, struck=True)),
                (label("更正为"), Cell(change.new)),
                (label("更正理由"), Cell(change.reason)),
            )
            heading = (label(f"第 {number} 处", span=2),)
            Table((2, 10), rows, header=(heading,), gap=0, whole=True, reserve=_MARK_HEIGHT).place(flow)
            self._marks(flow, number - 1)
            flow.y -= 8

    def _marks(self, flow: Flow, index: int) -> None:
        if not self.signers:
            return
        width = WIDTH / len(self.signers)
        for i, slot in enumerate(self.signers):
            rect = Rect(LEFT + i * width, flow.y - _MARK_HEIGHT, width, _MARK_HEIGHT)
            # The index counts over the whole document, so that a mark cannot be moved to another change.
            flow.sign_box(slot, rect, BoxKind.CORRECTION, index=index)
        flow.y -= _MARK_HEIGHT
