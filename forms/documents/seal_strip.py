"""封条: two strips to cut out, each with the authority, the period and the place of the seal."""

from dataclasses import dataclass

from forms.composing import marks_of
from forms.filling import Reading
from forms.glyphs import visible
from forms.kit.flow import LEFT, WIDTH, Flow
from forms.kit.parts import Paragraph, Part
from forms.kit.places import Mark
from forms.papers import Basis, Field, FieldKind, Paper
from forms.shared import ISSUED, NOT_IN_AUDIT, NOT_INSPECTING, SEAL
from forms.signing import Rect

_STRIP_WIDTH = 150.0
_STRIP_HEIGHT = 540.0


@dataclass(frozen=True, slots=True)
class _Strips:
    """Both strips, side by side, whole on one page."""

    authority: str
    number: str
    period: str
    serials: tuple[str, str]
    mark: Mark

    def place(self, flow: Flow) -> None:
        flow.y -= 8
        flow.need(_STRIP_HEIGHT)
        gap = (WIDTH - 2 * _STRIP_WIDTH) / 3
        for i, serial in enumerate(self.serials):
            self._strip(flow, LEFT + gap + i * (_STRIP_WIDTH + gap), serial)
        flow.y -= _STRIP_HEIGHT

    def _strip(self, flow: Flow, x: float, serial: str) -> None:
        painter, hei, song, top = flow.painter, flow.fonts.hei, flow.fonts.song, flow.y
        painter.boxes([(x, top - _STRIP_HEIGHT, _STRIP_WIDTH, _STRIP_HEIGHT)], 1.2)
        painter.boxes([(x + 5, top - _STRIP_HEIGHT + 5, _STRIP_WIDTH - 10, _STRIP_HEIGHT - 10)])
        middle = x + _STRIP_WIDTH / 2
        name, size = flow.fitted(self.authority, hei, 15, _STRIP_WIDTH - 20)
        painter.text(middle - hei.width(name, size) / 2, top - 34, name, hei, size)
        y = top - 120
        for character in "封条":
            painter.text(middle - hei.width(character, 64) / 2, y, character, hei, 64)
            y -= 100
        flow.place_box(self.mark.slot, Rect(middle - 59.5, y - 60, 119, 119), self.mark.index)
        words = "（加盖机关印章）"
        painter.text(middle - song.width(words, 9) / 2, y - 4, words, song, 9, gray=0.5)
        y -= 100
        for text in (self.number, serial, *self.period.split("\n"), "擅自启封、损毁的依法追究责任"):
            line, size = flow.fitted(visible(text), song, 10.5, _STRIP_WIDTH - 20)
            painter.text(middle - song.width(line, size) / 2, y, line, song, size)
            y -= 19


def _compose(reading: Reading) -> list[Part]:
    period = f"封存期限：自{reading.text('from_on') or '　　年　月　日'}\n至{reading.text('until_on') or '　　年　月　日'}"
    serials = (f"封条编号：{reading.text('serial_first') or '／'}", f"封条编号：{reading.text('serial_second') or '／'}")
    strips = _Strips(reading.authority, reading.number, period, serials, marks_of(reading, "seal")[0])
    return [strips, Paragraph(reading.words("issued"), size=10.5)]


PAPER = Paper(
    id="seal_strip",
    entry=10,
    title="封条",
    source=Basis.PENALTY,
    basis=("{law.sealing.clause}",),
    file_order=332,
    parent="sealing_decision",
    fields=(
        Field("serial_first", "封条编号一", hint="与封存清单所载一致"),
        Field("serial_second", "封条编号二", required=False),
        Field("from_on", "封存起始日", FieldKind.DATE, source="papers.sealing_decision.from_on"),
        Field("until_on", "封存截止日", FieldKind.DATE, source="papers.sealing_decision.until_on"),
        ISSUED,
    ),
    words=(("issued", "制作日期：{issued_on}。沿粗线裁下，加盖印章后使用。"),),
    signings=(SEAL,),
    needs=(*NOT_IN_AUDIT, *NOT_INSPECTING),
    compose=_compose,
)
