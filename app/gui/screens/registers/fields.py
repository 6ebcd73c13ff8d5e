"""Fields of registers and their values in words."""

from app.core.money import from_fen
from app.core.registers import ImportKind
from app.gui.texts import tr
from app.gui.widgets.parsing import money_text

_CHOSEN = frozenset(("kind", "ownership", "status", "credit_grade", "agreement", "pooling"))
_TRUTHS = frozenset(("joint", "is_active"))
_STORED_AS = {"paid_fen": "paid", "licence_no": "licence"}
_PERSON = {
    "name": "name", "role": "role", "licence_no": "licence", "licence_from": "from", "licence_to": "to", "phone": "phone",
    "unit": "unit", "specialities": "specialities", "division": "division", "issuer": "issuer",
    "organisation": "organisation", "is_active": "on_duty",
}  # fmt: skip


def name_of(field: str, about: str) -> str:
    """Return what a stored field of an institution or a person is called."""
    if about == "person":
        return tr(f"registers.person.{_PERSON[field]}") if field in _PERSON else field
    return tr(f"registers.field.{_STORED_AS.get(field, field)}")


def column_name(field: str, kind: ImportKind) -> str:
    """Return what a field of an import is called."""
    if kind is not ImportKind.INSTITUTIONS and field in _PERSON:
        return name_of(field, "person")
    return tr(f"registers.column.{field}")


def value_words(field: str, value: str) -> str:
    """Return a stored value as people read it."""
    if not value:
        return tr("registers.value.empty")
    if field in _CHOSEN:
        return tr(f"registers.{field}.{value}")
    if field in _TRUTHS:
        return tr("registers.value.yes" if value == "1" else "registers.value.no")
    if field == "paid_fen" and value.lstrip("-").isdecimal():
        return money_text(from_fen(int(value)))
    return value
