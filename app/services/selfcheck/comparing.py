"""What an institution declared beside what inspectors found. The program lays both side by side; a person judges."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.core.findings import Finding
from app.core.inspections import SheetView
from app.core.self_checks import (
    Anomaly,
    ComparedLine,
    Filled,
    GivenItem,
    Reply,
    TemplateRef,
    Verdict,
    verdict_of,
)
from app.services.checklists import given_of
from app.services.selfcheck.form_layout import asked_items
from checklists import tables
from checklists.schema import Item, Template

_SAME_ITEM, _SAME_TITLE, _DECLARED, _LIKELIEST = 8, 4, 2, 1
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing inspectors found: a finding, or a failed item that no finding speaks of."""

    title: str
    codes: frozenset[str]
    items: frozenset[Key]
    amount_cny: Decimal | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What inspectors saw of one inspection: what they found, and the items they assessed without finding anything."""

    found: tuple[Found, ...]
    clean: tuple[tuple[Key, frozenset[str], str], ...]


def seen(sheets: Sequence[tuple[SheetView, Template]], findings: Sequence[Finding]) -> Seen:
    """Return what inspectors saw; a failed item that a finding names counts as that finding."""
    told = {_key(one) for finding in findings for one in finding.items}
    found = [
        Found(one.title, frozenset({one.violation} - {""}), frozenset(map(_key, one.items)), one.amount_cny)
        for one in findings
    ]
    clean = []
    for sheet, template in sheets:
        given = given_of(sheet.answers)
        for item in template.items:
            answer = given.get(item.code)
            key = (template.id, item.code)
            if answer is None or answer.state == "open":
                continue
            if answer.state != "fail":
                clean.append((key, frozenset(item.violations), str(answer.state)))
            elif key not in told:
                amount = tables.amount_of(item, answer)
                found.append(Found(item.violation_title, frozenset(item.violations), frozenset({key}), amount))
    return Seen(tuple(found), tuple(clean))


def compare(
    templates: Sequence[tuple[Template, TemplateRef]], filled: Filled, inspected: Seen
) -> tuple[tuple[ComparedLine, ...], Decimal]:
    """Return a line per item of the self-check, then what was found beside all of them; and the amount found in all.

    Each thing found is counted once, at the item it fits best: the same item, the same name of the violation, the same code.
    """
    answers = {(one.template, one.item): one for one in filled.answers}
    confirmed = _confirmed(filled.anomalies)
    items = [(template, item) for template, ref in templates for item in asked_items(template, ref)]
    places: dict[int, list[Found]] = {}
    strangers = []
    for one in inspected.found:
        scores = [_score(one, template, item, answers, confirmed) for template, item in items]
        best = max(range(len(scores)), key=scores.__getitem__, default=-1)
        if best < 0 or not scores[best]:
            strangers.append(one)
        else:
            places.setdefault(best, []).append(one)
    lines = [
        _line(template, item, answers.get((template.id, item.code)), confirmed, places.get(n, []), inspected)
        for n, (template, item) in enumerate(items)
    ]
    lines += [
        ComparedLine("", one.title, "open", None, "fail", one.amount_cny, _labels([one]), Verdict.FOUND_ONLY)
        for one in strangers
    ]
    total = sum((one.amount_cny or Decimal(0) for one in inspected.found), Decimal(0))
    return tuple(lines), total


def counts(lines: Sequence[ComparedLine]) -> Mapping[str, int]:
    """Return how many lines there are of each verdict."""
    return dict(Counter(str(one.verdict) for one in lines))


def _line(
    template: Template,
    item: Item,
    answer: GivenItem | None,
    confirmed: Mapping[str, Decimal],
    found: list[Found],
    inspected: Seen,
) -> ComparedLine:
    said = answer.state if answer is not None else "open"
    declared = answer.amount_cny if answer is not None and said == "fail" else None
    if item.code in confirmed:
        said, declared = "fail", max(declared or Decimal(0), confirmed[item.code])
    state, amount = _clean_state(template, item, inspected), None
    if found:
        state = "fail"
        known = [one.amount_cny for one in found if one.amount_cny is not None]
        amount = sum(known, Decimal(0)) if known else None
    verdict = verdict_of(said, declared, state, amount)
    return ComparedLine(item.code, item.question, said, declared, state, amount, _labels(found), verdict)


def _clean_state(template: Template, item: Item, inspected: Seen) -> str:
    states = {
        state
        for key, codes, state in inspected.clean
        if key == (template.id, item.code) or (codes and codes & set(item.violations))
    }
    return "pass" if "pass" in states else "na" if states else "open"


def _score(
    found: Found,
    template: Template,
    item: Item,
    answers: Mapping[Key, GivenItem],
    confirmed: Mapping[str, Decimal],
) -> int:
    score = _SAME_ITEM * ((template.id, item.code) in found.items)
    score += _SAME_TITLE * bool(found.title and found.title in (item.violation_title, item.question))
    shared = found.codes & set(item.violations)
    if not score and not shared:
        return 0
    answer = answers.get((template.id, item.code))
    is_declared = item.code in confirmed or (answer is not None and answer.state == "fail")
    return 1 + score + _DECLARED * is_declared + _LIKELIEST * bool(shared and item.violations[0] in shared)


def _confirmed(anomalies: Sequence[Anomaly]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in anomalies:
        if one.reply is Reply.CONFIRMED and one.item:
            found[one.item] = found.get(one.item, Decimal(0)) + (one.declared_cny or Decimal(0))
    return found


def _labels(found: Sequence[Found]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.title for one in found))


def _key(target: str) -> Key:
    template, _, item = target.partition("/")
    return template, item
