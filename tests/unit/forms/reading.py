"""Reading printed documents back with an independent reader."""

import pypdfium2 as pdfium

from forms.kit.flow import LEFT, WIDTH


def text_of(pdf: bytes) -> str:
    """Return all text without blanks and line ends, which printing is free to move."""
    document = pdfium.PdfDocument(pdf)
    pages = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    return "".join("".join(page.split()) for page in pages).replace("\ufffe", "").replace("\x02", "")


def stray_characters(pdf: bytes) -> list[tuple[int, str]]:
    """Return the characters drawn outside the text area's left, right, lower or upper edge, with their page."""
    document = pdfium.PdfDocument(pdf)
    found = []
    for number in range(len(document)):
        text = document[number].get_textpage()
        for i in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(i, loose=False)
            if right <= left:
                continue
            if left < LEFT - 1 or right > LEFT + WIDTH + 1 or bottom < 55 or top > 841.89 - 55:
                found.append((number + 1, text.get_text_range(i, 1)))
    return found
