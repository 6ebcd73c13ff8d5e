import os
from pathlib import Path

import pytest

from app.core.errors import AppError, Refused
from app.services.demo import cast
from tests.unit.services.desks import Desk, open_home, photo, whole


def replica(desk: Desk) -> str:
    with desk.services.inspections._store.db.read() as unit:
        return str(unit.sql("SELECT replica FROM sync_self")[0].replica)


def test_a_locked_office_tells_nothing_and_takes_nothing(visit: Desk) -> None:
    services, proof = visit.services, visit.services.evidence.of(visit.inspection)[0]
    services.vault.lock()
    for attempt in (
        lambda: services.tasks.lines(),
        lambda: services.people.find(),
        lambda: services.inspections.view(visit.inspection),
        lambda: services.inspections.answer(visit.inspection, "SGF", "SGF-1.01", state="pass"),
        lambda: services.evidence.thumbnail(proof.id),
        lambda: list(services.evidence.original(proof.id)),
        lambda: services.evidence.take(visit.inspection, [("x.jpg", photo())]),
        lambda: services.documents.recent(),
        lambda: services.sync.status(),
        lambda: services.sync.run(),
        lambda: services.backups.make(),
        lambda: services.backups.restore(Path("x")),
        lambda: services.doctor.run(),
        lambda: services.vault.reset_secret("another-secret-1"),
        lambda: services.office.rename("x", "y"),
    ):
        with pytest.raises(Refused, match=r"vault\.locked"):
            attempt()
    services.vault.unlock(cast.SECRET)
    assert services.evidence.of(visit.inspection)[0] == proof


def test_a_signed_page_is_not_shown_from_memory_after_locking(signed: Desk) -> None:
    assert signed.record is not None
    assert signed.services.documents.pdf(signed.record)
    signed.services.vault.lock()
    for attempt in (
        lambda: signed.services.documents.pdf(signed.record or ""),
        lambda: signed.services.documents.page_image(signed.record or "", 0, 1),
    ):
        with pytest.raises(Refused, match=r"vault\.locked"):
            attempt()


def test_only_the_new_secret_opens_after_a_change(visit: Desk) -> None:
    vault = visit.services.vault
    with pytest.raises(Refused, match="wrong_secret"):
        vault.change_secret("not the secret", "another-secret-1")
    with pytest.raises(Refused, match="too_short"):
        vault.change_secret(cast.SECRET, "1")
    vault.change_secret(cast.SECRET, "another-secret-1")
    vault.lock()
    with pytest.raises(Refused, match="wrong_secret"):
        vault.unlock(cast.SECRET)
    vault.unlock("another-secret-1")
    whole(visit.services)


def test_the_recovery_key_opens_and_sets_a_new_secret(tmp_path: Path) -> None:
    services = open_home(tmp_path / "home")
    try:
        key = services.vault.setup(cast.OFFICE, "程砚秋", "演练001", cast.SECRET, True, code=cast.CODE).value
        services.vault.lock()
        wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
        for text in ("", "nonsense", wrong):
            with pytest.raises(Refused, match=r"vault\.(recovery_typo|wrong_recovery)"):
                services.vault.unlock_with_recovery(text)
        services.vault.unlock_with_recovery(key.lower())
        services.vault.reset_secret("another-secret-1")
        services.vault.lock()
        with pytest.raises(Refused, match="wrong_secret"):
            services.vault.unlock(cast.SECRET)
        services.vault.unlock("another-secret-1")
        whole(services)
    finally:
        services.close()


@pytest.mark.parametrize(
    ("name", "person", "code", "refused"),
    [("", "x", "a", "office.name_missing"), (" ", "x", "a", "office.name_missing"), ("x", "", "a", "person.name_missing"),
     ("x", "y", "", "office.code_invalid"), ("x", "y", "机关", "office.code_invalid"), ("x", "y", "a/b", "office.code_invalid"),
     ("x", "y\a", "a", "value.control_character"), ("x\ud800", "y", "a", "value.invalid"), ("x", "y\ud800", "a", ""),
     ("x", "y", "a b", "office.code_invalid"), ("x", "y", "a" * 500, "office.code_invalid")],
)  # fmt: skip
def test_a_set_up_that_is_refused_leaves_nothing_behind(
    tmp_path: Path, name: str, person: str, code: str, refused: str
) -> None:
    services = open_home(tmp_path / "home")
    try:
        with pytest.raises((Refused, UnicodeEncodeError)) as error:
            services.vault.setup(name, person, "" if not refused else "1", cast.SECRET, True, code=code)
        assert getattr(error.value, "code", "") == refused
        assert not services.vault.state().exists
        services.vault.setup("云栖市青禾区医疗保障局（演练）", "程砚秋", "1", cast.SECRET, True)
        assert services.vault.state().is_open
    finally:
        services.close()


def test_a_renamed_office_has_a_name(visit: Desk) -> None:
    with pytest.raises(Refused, match=r"office\.name_missing"):
        visit.services.office.rename("  ", "x")
    assert visit.services.office.get().name == cast.OFFICE


def test_a_backup_brings_the_day_back_and_the_present_is_moved_aside(visit: Desk) -> None:
    made = visit.services.backups.make().value
    assert visit.services.backups.is_good(made.path)
    before = visit.services.inspections.view(visit.inspection)
    history = replica(visit)
    visit.services.inspections.answer(visit.inspection, "SGF", "SGF-1.01", state="fail")
    aside = visit.services.backups.restore(made.path).value
    assert visit.services.inspections.view(visit.inspection) == before
    assert aside is not None
    assert any(aside.iterdir())
    assert replica(visit) != history
    visit.services.vault.lock()
    visit.services.vault.unlock(cast.SECRET)
    whole(visit.services)
    kept = replica(visit)
    visit.services.vault.lock()
    visit.services.vault.unlock(cast.SECRET)
    assert replica(visit) == kept


def test_a_folder_put_back_as_it_was_goes_on_as_a_new_history(visit: Desk, tmp_path: Path) -> None:
    """Somebody copies the database file back by hand: the anchor beside it tells."""
    database = next(visit.home.rglob("*.db"))
    visit.services.vault.lock()
    old = database.read_bytes()
    visit.services.vault.unlock(cast.SECRET)
    history = replica(visit)
    visit.services.inspections.answer(visit.inspection, "SGF", "SGF-1.01", state="fail")
    visit.services.vault.lock()
    database.write_bytes(old)
    visit.services.vault.unlock(cast.SECRET)
    assert replica(visit) != history
    whole(visit.services)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other"])
def test_a_bad_backup_is_refused_and_the_store_stays_open(visit: Desk, damage: str) -> None:
    made = visit.services.backups.make().value.path
    content = made.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    made.chmod(0o600)
    made.write_bytes({"cut": content[:middle], "flip": flipped, "empty": b"", "other": os.urandom(8192)}[damage])
    before = visit.services.inspections.view(visit.inspection)
    assert not visit.services.backups.is_good(made)
    with pytest.raises(AppError):
        visit.services.backups.restore(made)
    assert visit.services.inspections.view(visit.inspection) == before
    whole(visit.services)


def test_a_store_that_does_not_open_is_restored_from_its_last_good_backup(visit: Desk) -> None:
    before = visit.services.inspections.view(visit.inspection)
    visit.services.backups.make()
    database = next(one for one in visit.home.rglob("*.db") if "backup" not in str(one))
    visit.services.vault.lock()
    database.write_bytes(b"\0" * 8192)
    with pytest.raises(AppError):
        visit.services.vault.unlock(cast.SECRET)
    with pytest.raises(Refused, match="wrong_secret"):
        visit.services.vault.restore_last_good("wrong-secret-1")
    visit.services.vault.restore_last_good(cast.SECRET)
    assert visit.services.inspections.view(visit.inspection) == before
    whole(visit.services)


def test_one_backup_a_day_is_made_by_itself(visit: Desk) -> None:
    assert visit.services.backups.daily().value is not None
    assert visit.services.backups.daily().value is None
    assert len(visit.services.backups.lines(verify=True)) == 1


def test_the_doctor_finds_a_changed_journal_line(visit: Desk) -> None:
    with visit.services.inspections._store.db.marked("pull") as connection:
        connection.exec_driver_sql(
            "UPDATE sync_op SET line = CAST(replace(CAST(line AS TEXT), 'pass', 'fail') AS BLOB) WHERE op ="
            " (SELECT op FROM sync_op WHERE tbl = 'answer' ORDER BY n LIMIT 1)"
        )
    assert "doctor.journal" in [one.code for one in visit.services.doctor.run() if not one.ok]


def test_the_doctor_finds_a_row_that_is_not_what_its_line_says(visit: Desk) -> None:
    with visit.services.inspections._store.db.marked("local") as connection:
        connection.exec_driver_sql("UPDATE answer SET state = 'fail' WHERE item = 'SGF-1.01'")
    assert "doctor.pairs" in [one.code for one in visit.services.doctor.run() if not one.ok]


def test_a_disk_that_fails_during_set_up_does_not_stop_the_next_try(tmp_path: Path) -> None:
    services = open_home(tmp_path / "home")
    blocked = services.profile.database
    try:
        blocked.parent.mkdir(parents=True, exist_ok=True)
        (blocked.parent / (blocked.name + ".part")).mkdir()
        with pytest.raises(AppError):
            services.vault.setup(cast.OFFICE, "程砚秋", "1", cast.SECRET, True)
        assert not services.vault.state().exists
        (blocked.parent / (blocked.name + ".part")).rmdir()
        services.vault.setup(cast.OFFICE, "程砚秋", "1", cast.SECRET, True)
        whole(services)
    finally:
        services.close()
