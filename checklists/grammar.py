"""The grammar of conditions and formulas: a text becomes a small tree, or is refused with the place where it goes wrong.

Parsed by hand; nothing of Python is reachable from it. The notation is described in docs/checklists-format.md.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import assert_never

from checklists.errors import ExpressionBroken

Value = Decimal | str | bool | dt.date | None

MAX_LENGTH = 400
MAX_DEPTH = 30

#: How many arguments each function takes, at least and at most; a leading item code may be left out.
FUNCTIONS = {
    "passed": (0, 1), "failed": (0, 1), "na": (0, 1), "assessed": (0, 1),
    "value": (0, 1), "count": (0, 1), "amount": (0, 1), "evidence": (0, 1), "rows": (0, 1), "noted": (0, 1), "filled": (0, 1),
    "total": (1, 2),
    "min": (2, 2), "max": (2, 2), "abs": (1, 1), "round": (2, 2), "blank": (1, 1), "date": (1, 1),
}  # fmt: skip
ROW_FUNCTIONS = frozenset({"any_row", "all_rows", "count_rows"})
ITEM_FUNCTIONS = frozenset(
    {"passed", "failed", "na", "assessed", "value", "count", "amount", "evidence", "rows", "noted", "filled"}
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, `true` or `false`."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A fact of the inspection (`level`), or a column inside a formula."""

    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """`row.<column>`, only inside a row function."""

    column: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `FUNCTIONS` or `ROW_FUNCTIONS`."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`not` or a sign."""

    operator: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison, `and`, `or`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Among:
    """`x in (a, b)`."""

    operand: "Node"
    options: tuple["Node", ...]


Node = Literal | Name | Cell | Call | Unary | Binary | Among


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d{1,15}(?:\.\d{1,6})?)
      | (?P<text>"[^"\n]*"|'[^'\n]*')
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)
      | (?P<operator>==|!=|<=|>=|[-+*/()<>,])
    )""",
    re.VERBOSE | re.ASCII,
)
COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_RESERVED = frozenset({"and", "or", "not", "in", "true", "false"})


@lru_cache(maxsize=2048)
def parse(text: str) -> Node:
    """Read an expression.

    Raises:
        ExpressionBroken: If it does not follow the grammar.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionBroken("checklist.expression", at=MAX_LENGTH, reason="too_long")
    return _Parser(text).whole()


class _Parser:
    """Recursive descent; `depth` keeps a hostile text from exhausting the stack."""

    def __init__(self, text: str) -> None:
        self.tokens = list(self._split(text))
        self.next = 0
        self.depth = 0

    @staticmethod
    def _split(text: str) -> list[tuple[str, str, int]]:
        tokens, at = [], 0
        end = len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise ExpressionBroken("checklist.expression", at=at, reason="unreadable")
            tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            at = match.end()
        tokens.append(("end", "", end))
        return tokens

    def whole(self) -> Node:
        node = self.either()
        if self.tokens[self.next][0] != "end":
            raise self.broken("unexpected")
        return node

    def broken(self, reason: str) -> ExpressionBroken:
        _, text, at = self.tokens[self.next]
        return ExpressionBroken("checklist.expression", at=at, reason=reason, found=text)

    def accept(self, *texts: str) -> str | None:
        kind, text, _ = self.tokens[self.next]
        if kind in ("operator", "word") and text in texts:
            self.next += 1
            return text
        return None

    def expect(self, text: str) -> None:
        if self.accept(text) is None:
            raise self.broken(f"expected {text}")

    def either(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.broken("too_deep")
        node = self.both()
        while self.accept("or"):
            node = Binary("or", node, self.both())
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.negation()
        while self.accept("and"):
            node = Binary("and", node, self.negation())
        return node

    def negation(self) -> Node:
        negations = 0
        while self.accept("not"):
            negations += 1
        node = self.comparison()
        if negations:
            # Two negations are one assertion about a truth value, and still unknown about the unknown.
            node = Unary("not", node)
            if negations % 2 == 0:
                node = Unary("not", node)
        return node

    def comparison(self) -> Node:
        node = self.sum()
        operator = self.accept(*COMPARISONS)
        if operator:
            return Binary(operator, node, self.sum())
        if self.accept("in"):
            self.expect("(")
            options = [self.sum()]
            while self.accept(","):
                options.append(self.sum())
            self.expect(")")
            return Among(node, tuple(options))
        return node

    def sum(self) -> Node:
        node = self.product()
        while operator := self.accept("+", "-"):
            node = Binary(operator, node, self.product())
        return node

    def product(self) -> Node:
        node = self.signed()
        while operator := self.accept("*", "/"):
            node = Binary(operator, node, self.signed())
        return node

    def signed(self) -> Node:
        if self.accept("-"):
            return Unary("-", self.atom())
        return self.atom()

    def atom(self) -> Node:
        kind, text, _ = self.tokens[self.next]
        if kind == "number":
            self.next += 1
            return Literal(Decimal(text))
        if kind == "text":
            self.next += 1
            return Literal(text[1:-1])
        if kind == "word":
            return self.word(text)
        self.expect("(")
        node = self.either()
        self.expect(")")
        return node

    def word(self, text: str) -> Node:
        if text in ("true", "false"):
            self.next += 1
            return Literal(text == "true")
        if text in _RESERVED:
            raise self.broken("unexpected")
        self.next += 1
        if self.accept("("):
            return self.call(text)
        if text.startswith("row."):
            return Cell(text[4:])
        if "." in text:
            self.next -= 1
            raise self.broken("unknown_name")
        return Name(text)

    def call(self, function: str) -> Node:
        arguments: list[Node] = []
        if not self.accept(")"):
            arguments.append(self.either())
            while self.accept(","):
                arguments.append(self.either())
            self.expect(")")
        least, most = (1, 1) if function in ROW_FUNCTIONS else FUNCTIONS.get(function, (-1, -1))
        if least < 0:
            raise self.broken(f"unknown_function {function}")
        if not least <= len(arguments) <= most:
            raise self.broken(f"arguments_of {function}")
        return Call(function, tuple(arguments))


def walk(node: Node) -> list[Node]:
    """Return the node and everything below it."""
    match node:
        case Literal() | Name() | Cell():
            return [node]
        case Call():
            below = node.arguments
        case Unary():
            below = (node.operand,)
        case Binary():
            below = (node.left, node.right)
        case Among():
            below = (node.operand, *node.options)
        case _:
            assert_never(node)
    return [node, *(found for part in below for found in walk(part))]
