"""Two laptops of an office and a real server: one asks, the other takes back, both see the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import Refused
from app.core.places import InstitutionKind
from app.services.selfcheck.filling import visit_of
from tests.e2e.two_laptops import Pair, two_laptops
from tests.unit.services import selfchecks as world
from tests.unit.services.desks import photo
from tests.unit.sync.kit import ServerProcess


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    server = ServerProcess(tmp_path / "server")
    with two_laptops(server, tmp_path) as made:
        yield made
    server.kill()


def test_what_one_laptop_asked_comes_back_on_the_other(pair: Pair, tmp_path: Path) -> None:
    place = world.hospital(pair.a, "云栖药房（演练）", InstitutionKind.PHARMACY)
    asked = world.ask(pair.a, tmp_path, institution=place, anomalies=())
    shop = world.answer(asked, tmp_path / "shop")
    shop.inspections.answer(visit_of(asked.check.id), "ZCY", "ZCY-01", state="pass")
    shop.evidence.take(visit_of(asked.check.id), [("清单.jpg", photo("清单"))], links=[world.link("ZCY", "ZCY-01")])
    shop.filling.export(asked.check.id, tmp_path / "back.zip")
    shop.close()
    with pytest.raises(Refused, match="foreign"):
        pair.b.self_checks.take_back(tmp_path / "back.zip")  # it has not heard of it yet
    pair.meet()
    pair.b.self_checks.export_form(asked.check.id, tmp_path / "form.xlsx")  # the package itself has come along
    pair.b.self_checks.take_back(tmp_path / "back.zip")
    pair.meet()
    mine, theirs = (one.self_checks.view(asked.check.id) for one in (pair.a, pair.b))
    assert mine == theirs
    [file] = mine.filled.files
    pair.a.self_checks.save_file(asked.check.id, file.sha256, tmp_path / "out.jpg")
    assert (tmp_path / "out.jpg").read_bytes() == photo("清单")
    pair.assert_equal()
