"""In which order documents lie in a case file (一案一卷): as each official paper says of itself."""

from app.core.documents import Document, DocumentKind
from forms.registry import papers

_RECORDS = {
    DocumentKind.RECORD: "onsite_record",
    DocumentKind.INTERVIEW: "interview_record",
    DocumentKind.AMENDMENT: "amendment",
}


def place_of(document: Document, paper: str) -> tuple[int, str]:
    """Return what documents are sorted by; `paper` is the id of an official paper, empty for other documents."""
    found = papers().get(paper or _RECORDS.get(document.kind, ""))
    return (found.file_order if found is not None else 1000), document.number
