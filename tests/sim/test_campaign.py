"""A campaign that was stopped goes on where it stood, and its figures add up."""

import functools
from pathlib import Path

import pytest

from tests.sim import campaign
from tests.sim.campaign import Campaign, simulator
from tests.sim.tally import tallies
from tests.unit.sync.kit import ROOT

sqlite = functools.partial(simulator, is_postgres=False)


def test_a_campaign_goes_on_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Campaign(tmp_path, 500, 5)
    monkeypatch.setenv("YANFANG_COMMIT", "monday")
    campaign.run(Campaign(tmp_path, 500, 2), sqlite)
    monkeypatch.setenv("YANFANG_COMMIT", "tuesday")
    campaign.run(whole, sqlite)
    stretches = tallies(whole.path(0))
    assert [(one.commit, one.first, one.next, one.schedules) for one in stretches] == [
        ("monday", 500, 502, 2), ("tuesday", 502, 505, 3)
    ]  # fmt: skip
    capsys.readouterr()
    campaign.run(whole, sqlite)  # nothing is left
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("at monday: 2 schedules, 0 with violations")
    assert told[2].startswith("5 schedules")
    assert told[-1] == "0 left"


def test_a_campaign_leaves_the_repository_and_others_alone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="outside the repository"):
        campaign.check(Campaign(ROOT / "somewhere", 0, 1))
    (tmp_path / "share-1of2.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="another campaign"):
        campaign.check(Campaign(tmp_path, 0, 1))
