"""Laying signatures into their boxes, over a page whose own content is settled."""

from collections.abc import Sequence

from forms.glyphs import visible
from forms.kit.flow import Page
from forms.kit.fonts import fonts
from forms.kit.painter import Painter
from forms.kit.wording import short_minute
from forms.kit.wrapping import lines_of
from forms.model import Role
from forms.signing import BoxKind, Rect, Signature, SignatureBox, Stroke

_PEN = 1.5
_DATE_SIZE = 6.5
_HEARD_SIZE = 8.0
_DATE_ROOM = 75.0
_LABEL_HEIGHT = 12.0


def lay_signatures(
    painter: Painter, page: Page, signatures: Sequence[tuple[Signature, SignatureBox]]
) -> None:
    """Draw every signature of a page into its box."""
    for signature, box in signatures:
        rect = box.rect
        if signature.refusal is not None:
            _refuse(painter, page, signature, rect)
        else:
            for stroke in signature.strokes:
                _pen(painter, stroke, _fitted(ink_area(rect), signature.pad_aspect))
        if signature.heard:
            told, room = visible(signature.heard), rect.width - 6 - _DATE_ROOM
            size = _HEARD_SIZE * min(1.0, room / fonts().hei.width(told, _HEARD_SIZE))
            painter.text(rect.x + 6, rect.y + 2.5, told, fonts().hei, size)
        when = short_minute(signature.signed_at)
        width = fonts().song.width(when, _DATE_SIZE)
        painter.text(rect.x + rect.width - width - 3, rect.y + 2.5, when, fonts().song, _DATE_SIZE)


def ink_area(rect: Rect) -> Rect:
    """Return the part of a box that strokes are scaled into: below the label, above the date."""
    return Rect(rect.x + 3, rect.y + 9, rect.width - 6, rect.height - 9 - _LABEL_HEIGHT)


def _fitted(area: Rect, aspect: float | None) -> Rect:
    if not aspect or aspect <= 0:
        return area
    width, height = min(area.width, area.height * aspect), min(area.height, area.width / aspect)
    return Rect(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height)


def _pen(painter: Painter, stroke: Stroke, area: Rect) -> None:
    points = [(area.x + _within(p.x) * area.width, area.y + (1 - _within(p.y)) * area.height) for p in stroke]
    if points:
        painter.curve(points, [_PEN * (0.35 + 1.1 * _within(p.pressure)) for p in stroke])


def _within(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _refuse(painter: Painter, page: Page, signature: Signature, rect: Rect) -> None:
    refusal = signature.refusal
    assert refusal is not None
    hei, song = fonts().hei, fonts().song
    is_receipt = signature.kind is BoxKind.PLACE and signature.signer.role is Role.RECEIVER
    refused = "拒绝签收" if is_receipt else "拒绝签名"
    painter.text(rect.x + 8, rect.y + 16, refused, hei, 11)
    area = page.refusal_area
    if area is None or not (is_receipt or signature.kind is BoxKind.PAGE):
        return
    text = f"{signature.signer.name}{refused}。理由：{refusal.reason or '未说明'}。"
    text += f"见证人：{refusal.witness or '无'}。" + short_minute(signature.signed_at)
    text = visible(text).replace("\n", " ")
    for size in (10.5, 9.0, 7.5):
        lines = lines_of(text, song, size, area.width)
        if len(lines) * size * 1.3 <= area.height:
            break
    else:
        lines = [*lines[:3], "（全文见签名附页）"]
    for i, line in enumerate(lines):
        painter.text(area.x, area.y + area.height - size * 1.3 * (i + 1) + 2, line, song, size)
