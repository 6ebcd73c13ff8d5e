"""The wall before reporters: nothing in clear anywhere, opened by keepers alone, each look on record first."""

import json
import logging
from pathlib import Path

import pytest

from app.core.errors import Refused
from app.core.leads import LeadId, Reporter
from app.db.journal import Journal
from app.settings import keeper_keys
from app.settings.key_slots import Argon2
from tests.unit.forms.reading import text_of
from tests.unit.services.desks import Desk

PASSWORD = "keeper-2468"
WHO = Reporter("范小棠", "13900001234", "990199198001010028", "柳溪镇三组", "原收银员，愿意作证")
WORDS = (WHO.name, WHO.phone, WHO.id_no, WHO.address, WHO.note)


def _reported(office: Desk) -> LeadId:
    place = office.services.institutions.find("康宁")[0]
    return office.services.leads.add(
        channel="letter", content="反映该店串换药品。", institution=place.id, reporter=WHO
    ).value


@pytest.fixture
def kept(office: Desk) -> tuple[Desk, LeadId]:
    office.services.leads.wall.become_keeper(PASSWORD)
    return office, _reported(office)


def _everything(desk: Desk) -> str:
    """Return every value of every table as text, blobs and journal lines too, as somebody with the open store reads it."""
    found = []
    with desk.services.leads._store.db.read() as unit:
        for row in unit.sql("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for line in unit.tuples(f'SELECT * FROM "{row.name}"'):
                found += [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in line]
    return "\n".join(found)


def _files(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_nothing_of_the_reporter_is_in_store_journal_files_or_log(
    kept: tuple[Desk, LeadId], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    desk, lead = kept
    with caplog.at_level(logging.DEBUG):
        assert desk.services.leads.wall.look(lead, "回访核实", PASSWORD).value == WHO
        desk.services.leads.task(lead, templates=("SGF",), members=desk.inspectors[:2])
    stored, raw = _everything(desk), _files(desk.home)
    for word in WORDS:
        assert word not in stored
        assert json.dumps(word) not in stored  # escaped
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            assert word.encode(encoding) not in raw
        assert word not in caplog.text
    assert "反映该店串换药品" in stored  # the search finds what is there


def test_sheet_and_exports_do_not_name_the_reporter(kept: tuple[Desk, LeadId], tmp_path: Path) -> None:
    desk, lead = kept
    task = desk.services.leads.task(lead, templates=("SGF",), members=desk.inspectors[:2]).value
    out = desk.services.tasks.export_sheet(task.id, tmp_path / "任务单.pdf").value
    printed = text_of(out.read_bytes())
    assert "反映该店串换药品" in printed
    for word in WORDS:
        assert "".join(word.split()) not in printed
        assert word.encode() not in out.read_bytes()


def test_each_look_is_on_record_with_who_when_and_why(kept: tuple[Desk, LeadId]) -> None:
    desk, lead = kept
    wall = desk.services.leads.wall
    assert wall.looks(lead) == ()
    outcome = wall.look(lead, "电话告知立案决定", PASSWORD)
    assert {one.table for one in outcome.changed} == {"lead_look"}
    [look] = wall.looks(lead)
    assert (look.name, look.reason) == ("程砚秋", "电话告知立案决定")
    with desk.services.leads._store.db.read() as unit:
        lines = unit.sql("SELECT kind FROM sync_op WHERE tbl = 'lead_look'")
    assert [line.kind for line in lines] == ["append"]
    assert desk.services.leads.line(lead).looks == 1


@pytest.mark.parametrize(
    ("reason", "password", "code"),
    [
        (" ", PASSWORD, "lead.look_reason"), ("核实", "keeper-0000", "lead.wrong_password"),
        (f"给{WHO.name}打电话", PASSWORD, "lead.reporter_in_content"),
    ],
)
def test_without_reason_or_password_nothing_is_shown_and_no_look_is_claimed(
    kept: tuple[Desk, LeadId], reason: str, password: str, code: str
) -> None:
    desk, lead = kept
    with pytest.raises(Refused) as refused:
        desk.services.leads.wall.look(lead, reason, password)
    assert refused.value.code == code
    assert desk.services.leads.wall.looks(lead) == ()


def test_what_was_not_stored_is_not_shown(kept: tuple[Desk, LeadId], monkeypatch: pytest.MonkeyPatch) -> None:
    desk, lead = kept
    def fails(self: Journal) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Journal, "flush", fails)
    with pytest.raises(OSError, match="disk full"):
        desk.services.leads.wall.look(lead, "核实", PASSWORD)
    monkeypatch.undo()
    assert desk.services.leads.wall.looks(lead) == ()


def test_an_anonymous_lead_has_nothing_behind_the_wall(kept: tuple[Desk, LeadId]) -> None:
    desk, _ = kept
    place = desk.services.institutions.find("康宁")[0]
    lead = desk.services.leads.add(channel="web", content="反映刷卡。", institution=place.id).value
    with pytest.raises(Refused, match=r"lead\.anonymous"):
        desk.services.leads.wall.look(lead, "核实", PASSWORD)
    desk.services.leads.wall.add(lead, WHO)
    assert desk.services.leads.line(lead).lead.is_real_name
    assert desk.services.leads.wall.look(lead, "核实", PASSWORD).value == WHO


def test_the_last_keeper_stays_and_a_second_password_on_the_same_laptop_is_refused(office: Desk) -> None:
    wall = office.services.leads.wall
    with pytest.raises(Refused, match=r"lead\.password_short"):
        wall.become_keeper("1234567")
    keeper = wall.become_keeper(PASSWORD).value
    assert keeper.is_active
    assert keeper.is_here
    assert wall.may_look()
    with pytest.raises(Refused, match=r"lead\.keeper_already"):
        wall.become_keeper(PASSWORD)
    with pytest.raises(Refused, match=r"lead\.keeper_last"):
        wall.end_keeper(keeper.id)


def test_a_keeper_who_ended_opens_what_was_sealed_before_and_nothing_since(kept: tuple[Desk, LeadId]) -> None:
    desk, lead = kept
    wall = desk.services.leads.wall
    [keeper] = wall.keepers()
    with desk.services.leads._store.db.write() as unit:  # a second keeper, as from another laptop
        other = keeper_keys.make(b"\7" * 32, b"\7" * 16, PASSWORD, Argon2(64, 1, 1))
        unit.put("lead_keeper", "k2", {"person": keeper.person, "public": other.public_hex, "added_by": keeper.person, "added_at": 1})
    wall.end_keeper(keeper.id)
    assert not wall.may_look()
    assert wall.look(lead, "核实", PASSWORD).value == WHO
    with pytest.raises(Refused, match=r"lead\.sealed_for_others"):
        wall.look(_reported(desk), "核实", PASSWORD)


def test_a_sealed_text_opens_for_its_keepers_under_its_own_lead_and_for_nobody_else() -> None:
    cost = Argon2(64, 1, 1)
    keys = {name: keeper_keys.make(bytes([n]) * 32, bytes([n]) * 16, f"secret-{name}", cost) for n, name in enumerate("abc", 1)}
    sealed = keeper_keys.seal("谁", "lead-1", {name: keys[name].public_hex for name in "ab"})
    assert keeper_keys.readers(sealed) == {"a", "b"}
    for name in "ab":
        secret = keeper_keys.unlock(keys[name].locked, f"secret-{name}")
        assert secret is not None
        assert keeper_keys.unseal(sealed, "lead-1", name, secret) == "谁"
        assert keeper_keys.unseal(sealed, "lead-2", name, secret) is None  # moved to another lead
    other = keeper_keys.unlock(keys["c"].locked, "secret-c")
    assert other is not None
    for name in "abc":
        assert keeper_keys.unseal(sealed, "lead-1", name, other) is None
    assert keeper_keys.unlock(keys["a"].locked, "secret-b") is None


def test_short_and_long_texts_are_sealed_to_the_same_length() -> None:
    key = keeper_keys.make(b"\1" * 32, b"\2" * 16, PASSWORD, Argon2(64, 1, 1))
    lengths = {len(keeper_keys.seal("x" * n, "lead", {"a": key.public_hex})) for n in (1, 100, 500)}
    assert len(lengths) == 1
