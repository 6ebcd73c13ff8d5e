"""What an expression of `grammar` comes to, over given values.

Three-valued: what is not known makes a comparison unknown (None), `not unknown` stays unknown, and `and`/`or` follow
Kleene, so that a missing figure never fires a rule by being negated.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Protocol, assert_never

from checklists.grammar import (
    COMPARISONS,
    ROW_FUNCTIONS,
    Among,
    Binary,
    Call,
    Cell,
    Literal,
    Name,
    Node,
    Unary,
    Value,
)

_ARITHMETIC = Context(prec=34, rounding=ROUND_HALF_UP, traps=[])


class Scope(Protocol):
    """Where an expression finds what it speaks of."""

    def name(self, name: str) -> Value:
        """Return a fact or a column, None where unknown."""

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        """Return what a function about items says."""

    def rows(self) -> Sequence["Scope"]:
        """Return one scope per detail row of the item in question; their `name` gives cells."""


def truth(value: Value) -> bool | None:
    """Return what a condition says: true, false, or None for unknown. Only true and false are answers."""
    return value if isinstance(value, bool) else None


def evaluate(node: Node, scope: Scope, row: Scope | None = None) -> Value:
    """Return the value of an expression; whatever cannot be computed is None."""
    match node:
        case Literal():
            return node.value
        case Name():
            return scope.name(node.name)
        case Cell():
            return row.name(node.column) if row is not None else None
        case Call():
            return _call(node, scope, row)
        case Unary():
            return _unary(node.operator, evaluate(node.operand, scope, row))
        case Binary(operator="and" | "or"):
            return _connect(node, scope, row)
        case Binary():
            left, right = evaluate(node.left, scope, row), evaluate(node.right, scope, row)
            compare = node.operator in COMPARISONS
            return _compare(node.operator, left, right) if compare else _compute(node.operator, left, right)
        case Among():
            return _among(node, scope, row)
        case _:
            assert_never(node)


def _call(node: Call, scope: Scope, row: Scope | None) -> Value:
    if node.function in ROW_FUNCTIONS:
        return _over_rows(node, scope)
    arguments = [evaluate(argument, scope, row) for argument in node.arguments]
    match node.function:
        case "min" | "max" | "abs" | "round":
            return _numeric(node.function, arguments)
        case "blank":
            return arguments[0] is None
        case "date":
            return _date(arguments[0])
    return scope.call(node.function, arguments)


def _over_rows(node: Call, scope: Scope) -> Value:
    answers = [truth(evaluate(node.arguments[0], scope, row)) for row in scope.rows()]
    if node.function == "count_rows":
        return Decimal(sum(answer is True for answer in answers))
    decisive = node.function == "any_row"
    if any(answer is decisive for answer in answers):
        return decisive
    return None if None in answers else not decisive


def _numeric(function: str, arguments: Sequence[Value]) -> Value:
    numbers = [argument for argument in arguments if isinstance(argument, Decimal)]
    if len(numbers) < len(arguments):
        return None
    if function == "abs":
        return abs(numbers[0])
    if function == "round":
        if not (numbers[1] == int(numbers[1]) and 0 <= numbers[1] <= 6):
            return None
        return _finite(numbers[0].quantize(Decimal(1).scaleb(-int(numbers[1])), context=_ARITHMETIC))
    return min(numbers) if function == "min" else max(numbers)


def _date(value: Value) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _unary(operator: str, value: Value) -> Value:
    if operator == "not":
        known = truth(value)
        return None if known is None else not known
    return -value if isinstance(value, Decimal) else None


def _connect(node: Binary, scope: Scope, row: Scope | None) -> bool | None:
    decisive = node.operator == "or"
    left = truth(evaluate(node.left, scope, row))
    if left is decisive:
        return decisive
    right = truth(evaluate(node.right, scope, row))
    if right is decisive:
        return decisive
    return None if left is None or right is None else not decisive


def _compare(operator: str, left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None
    if type(left) is not type(right):
        return None
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _ordered(operator, (left > right) - (left < right))
    if isinstance(left, dt.date) and isinstance(right, dt.date):
        return _ordered(operator, (left > right) - (left < right))
    return None


def _ordered(operator: str, sign: int) -> bool:
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[operator]


def _among(node: Among, scope: Scope, row: Scope | None) -> bool | None:
    value = evaluate(node.operand, scope, row)
    answers = [_compare("==", value, evaluate(option, scope, row)) for option in node.options]
    if True in answers:
        return True
    return None if None in answers else False


def _compute(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, dt.date):
        return _shift(operator, left, right)
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    match operator:
        case "+":
            return _finite(_ARITHMETIC.add(left, right))
        case "-":
            return _finite(_ARITHMETIC.subtract(left, right))
        case "*":
            return _finite(_ARITHMETIC.multiply(left, right))
        case _:
            return _finite(_ARITHMETIC.divide(left, right)) if right else None


def _shift(operator: str, day: dt.date, by: Value) -> Value:
    """Dates differ by days (`paid_on - accepted_on`) and move by days (`today - 730`)."""
    if operator == "-" and isinstance(by, dt.date):
        return Decimal((day - by).days)
    if not isinstance(by, Decimal) or abs(by) > 100_000 or operator not in ("+", "-"):
        return None
    try:
        return day + dt.timedelta(days=int(by) if operator == "+" else -int(by))
    except OverflowError:
        return None


def _finite(value: Decimal) -> Decimal | None:
    return value if value.is_finite() else None
