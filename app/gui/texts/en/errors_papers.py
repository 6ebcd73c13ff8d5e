"""What may be wrong with an official paper, its number or its service."""

ERRORS = {
    "document.seal_drawn": "A seal is not drawn. Stamp the printed page and photograph it back, or use an electronic seal.",
    "paper.void_instead": "“{title}” was issued and cannot be deleted. Void it with a reason and issue a new one, or amend it.",
}
