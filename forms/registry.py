"""Which documents there are: every module of `forms.documents` that has a `DOCUMENT` or a `PAPER`."""

import importlib
import pkgutil
from functools import lru_cache
from types import ModuleType

import forms.documents
from forms.composing import document_of_paper
from forms.editions import Wording, load_wording
from forms.errors import NoSuchPaper
from forms.kit.document import Document
from forms.model import FilledPaper, Section
from forms.papers import Paper


@lru_cache(maxsize=1)
def documents() -> dict[str, Document]:
    """Return the documents that are composed from typed data, by id."""
    found: list[Document] = [module.DOCUMENT for module in _modules() if hasattr(module, "DOCUMENT")]
    return {document.id: document for document in found}


@lru_cache(maxsize=1)
def papers() -> dict[str, Paper]:
    """Return all official papers by id, in the order of the file of a case."""
    found: list[Paper] = [module.PAPER for module in _modules() if hasattr(module, "PAPER")]
    return {paper.id: paper for paper in sorted(found, key=lambda one: (one.file_order, one.id))}


@lru_cache(maxsize=1)
def wording() -> Wording:
    """Return law and wording as shipped; an office with files of its own calls `load_wording(papers(), folders)`."""
    return load_wording(papers())


def paper(paper_id: str) -> Paper:
    """Return one paper.

    Raises:
        NoSuchPaper: If there is none of this id.
    """
    if paper_id not in papers():
        raise NoSuchPaper(paper=paper_id)
    return papers()[paper_id]


def document_for(kind: type) -> Document:
    """Return the document that prints this kind of data."""
    return next(document for document in documents().values() if document.kind is kind)


def document_of(section: Section) -> Document:
    """Return the document that prints this section.

    Raises:
        NoSuchPaper: If it is a paper that there is not.
    """
    if isinstance(section, FilledPaper):
        return document_of_paper(paper(section.paper), section.edition)
    return document_for(type(section))


def _modules() -> list[ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(forms.documents.__path__))
    return [importlib.import_module(f"forms.documents.{name}") for name in names]
