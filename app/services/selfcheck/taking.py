"""Judge what came back against what was asked: only what was asked is taken, and figures are computed anew."""

import dataclasses
from collections.abc import Mapping, Sequence

from app.core.errors import Refused
from app.core.self_checks import Anomaly, Filled, GivenItem, Package, Promise
from app.services.selfcheck.form_layout import asked_items
from checklists import tables
from checklists.schema import AnswerState, Given, Item, Template


def judged(package: Package, templates: Sequence[Template], filled: Filled) -> Filled:
    """Return what is taken of a return.

    Raises:
        Refused: `selfcheck.damaged` where it answers what was not asked, or names files that are not there.
    """
    files = {one.sha256 for one in filled.files}
    return Filled(
        answers=_answers(package, templates, filled.answers, files),
        anomalies=_anomalies(package.anomalies, filled.anomalies, files),
        promises=tuple(Promise(one.amount_cny, one.by_on, one.note) for one in filled.promises if one.amount_cny),
        files=filled.files,
        statement=filled.statement,
    )


def with_paid(former: Sequence[Promise], given: Sequence[Promise]) -> tuple[Promise, ...]:
    """Return promises given anew with what was paid on the former ones: on those of the same amount and day, else on one
    that covers it, in its former place if that does.

    Raises:
        Refused: `selfcheck.paid_promise_gone` where there is none: a payment on record is neither lost nor put on another.
    """
    result, free = list(given), list(range(len(given)))
    left = []
    for place, one in enumerate(former):
        same = [at for at in free if (given[at].amount_cny, given[at].by_on) == (one.amount_cny, one.by_on)]
        if same:
            free.remove(same[0])
            result[same[0]] = _paid(given[same[0]], one)
        elif one.paid_cny:
            left.append((place, one, one.paid_cny))
    for place, one, paid in left:
        covering = [at for at in free if given[at].amount_cny >= paid]
        if not covering:
            raise Refused("selfcheck.paid_promise_gone", paid=f"{paid:,.2f}", promised=f"{one.amount_cny:,.2f}", day=one.by_on.isoformat())
        at = place if place in covering else covering[0]
        free.remove(at)
        result[at] = _paid(given[at], one)
    return tuple(result)


def _paid(promise: Promise, former: Promise) -> Promise:
    return dataclasses.replace(promise, paid_cny=former.paid_cny, paid_on=former.paid_on)


def _answers(
    package: Package, templates: Sequence[Template], given: Sequence[GivenItem], files: set[str]
) -> tuple[GivenItem, ...]:
    asked = {
        (template.id, item.code): item
        for ref, template in zip(package.templates, templates, strict=True)
        for item in asked_items(template, ref)
    }
    found: dict[tuple[str, str], GivenItem] = {}
    for one in given:
        item = asked.get((one.template, one.item))
        if item is None or (one.template, one.item) in found or one.state not in set(AnswerState):
            raise Refused("selfcheck.damaged", reason=f"{one.template}/{one.item}"[:80])
        _need(one.evidence, files)
        found[one.template, one.item] = _figured(item, one)
    return tuple(found.get(key) or GivenItem(*key) for key in asked)


def _figured(item: Item, one: GivenItem) -> GivenItem:
    columns = {column.name for column in item.columns if column.formula is None}
    if any(row.keys() - columns for row in one.rows):
        raise Refused("selfcheck.damaged", reason=one.item[:80])
    given = Given(AnswerState(one.state), amount_cny=one.amount_cny, rows=one.rows)
    return dataclasses.replace(one, amount_cny=tables.amount_of(item, given))


def _anomalies(asked: Sequence[Anomaly], given: Sequence[Anomaly], files: set[str]) -> tuple[Anomaly, ...]:
    replies: Mapping[str, Anomaly] = {one.id: one for one in given}
    if replies.keys() - {one.id for one in asked}:
        raise Refused("selfcheck.damaged", reason="anomalies")
    found = []
    for one in asked:
        reply = replies.get(one.id, one)
        _need(reply.evidence, files)
        found.append(dataclasses.replace(
            one, reply=reply.reply, nature=reply.nature, declared_cny=reply.declared_cny, grounds=reply.grounds,
            evidence=reply.evidence,
        ))  # fmt: skip
    return tuple(found)


def _need(named: Sequence[str], files: set[str]) -> None:
    if set(named) - files:
        raise Refused("selfcheck.damaged", reason="files")
