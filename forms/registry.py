"""Which documents there are: every module of `forms.documents` that has a `DOCUMENT`."""

import importlib
import pkgutil
from functools import lru_cache

import forms.documents
from forms.kit.document import Document


@lru_cache(maxsize=1)
def documents() -> dict[str, Document]:
    """Return all documents by id."""
    found = {}
    for module in pkgutil.iter_modules(forms.documents.__path__):
        document: Document = importlib.import_module(f"forms.documents.{module.name}").DOCUMENT
        found[document.id] = document
    return dict(sorted(found.items()))


def document_for(kind: type) -> Document:
    """Return the document that prints this kind of data."""
    return next(document for document in documents().values() if document.kind is kind)
