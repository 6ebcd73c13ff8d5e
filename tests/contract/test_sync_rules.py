"""The rules that the server is given speak of tables, fields and states that the program has."""

from app.core.tasks import TaskState
from app.db.tables import SYNCED, fields_of
from sync.protocol.schemas import PRODUCT
from sync.server.terms import product_rules
from sync.server.words import TABLES


def test_every_rule_names_a_table_and_a_field_of_the_program() -> None:
    rules = product_rules()
    for table, field in [(one.table, one.field) for one in (*rules.transitions, *rules.parents)]:
        assert field in fields_of(SYNCED[table]), (table, field)
    assert {one.parent for one in rules.parents} <= SYNCED.keys()


def test_every_state_of_a_task_has_a_rule() -> None:
    (rule,) = [one for one in product_rules().transitions if one.table == "task"]
    states = {str(one) for one in TaskState}
    assert rule.allowed.keys() == states
    assert {new for news in rule.allowed.values() for new in news} <= states


def test_the_server_has_a_chinese_word_for_every_table() -> None:
    assert SYNCED.keys() - TABLES.keys() == set()


def test_no_table_is_its_own_ancestor() -> None:
    parents = {(one.table, one.parent) for one in product_rules().parents}
    reached = set(parents)
    for _ in SYNCED:
        reached |= {(low, top) for low, middle in reached for other, top in parents if middle == other}
    assert not [pair for pair in reached if pair[0] == pair[1]]


def test_a_version_of_the_schema_has_at_most_one_step() -> None:
    assert all(1 <= version < PRODUCT.current for version in PRODUCT.steps)
