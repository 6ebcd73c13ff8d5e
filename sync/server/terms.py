"""What a server is told about the product it serves: versions of the schema and rules of rows, as data."""

from dataclasses import dataclass, field
from importlib import resources
from typing import Final

from sync.protocol import codec
from sync.protocol.rules import RuleBook, Rules
from sync.protocol.schemas import PRODUCT, Schema

RULES_FILE: Final = "rules.json"


def product_rules() -> Rules:
    """Read the rules that come with this release."""
    return codec.load(Rules, resources.files("sync.server").joinpath(RULES_FILE).read_bytes())


@dataclass(frozen=True, slots=True)
class Terms:
    """Schema and rules; without rules every line of a granted feed is folded."""

    schema: Schema = PRODUCT
    book: RuleBook = field(default_factory=lambda: RuleBook(Rules()))


def product_terms() -> Terms:
    """Return the terms of this release."""
    return Terms(PRODUCT, RuleBook(product_rules()))
