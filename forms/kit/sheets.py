"""What a file is written from: pages ready to be written, what it says about itself, and files inside it."""

from dataclasses import dataclass

from forms.kit.painter import Inventory


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page ready to be written: what is hashed, and what is laid over it."""

    content: bytes
    overlay: bytes


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says about itself."""

    title: str
    author: str
    subject: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file.

    Attributes:
        relationship: What it is to the pages: `Data`, `Source`, `Supplement`.
        is_plain: True where its bytes must stand uncompressed, because they are found and replaced afterwards.
    """

    name: str
    mime: str
    content: bytes
    description: str
    relationship: str = "Data"
    is_plain: bool = False


def write_pdf(
    sheets: list[Sheet],
    inventory: Inventory,
    properties: Properties,
    outline: list[tuple[str, int]],
    attachments: tuple[Attachment, ...] = (),
) -> bytes:
    """Return the file (PDF/A-3b, if no picture is of four inks); the same input gives the same bytes.

    Args:
        outline: Bookmarks: title and index of the page.
    """
    from forms.kit.pdf import written

    return written(sheets, inventory, properties, outline, attachments)
