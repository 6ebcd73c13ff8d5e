"""`kill -9` at any moment loses at most the keystroke in progress."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.core.clock import now
from app.services.demo import cast
from app.services.demo.furnish import furnish
from tests.unit.services.desks import CHEAP, SURROUNDINGS

KILLS = int(os.environ.get("YANFANG_KILLS", "20"))


@pytest.mark.kill
@pytest.mark.timeout(1800)
def test_everything_ticked_is_there_after_each_kill_of_the_real_process(tmp_path: Path) -> None:
    home = tmp_path / "home"
    services = open_services(home, environ=SURROUNDINGS, costs=CHEAP)
    first = cast.PEOPLE[0]
    services.vault.setup(cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE)
    made = furnish(services, now())
    inspection = services.inspections.start(
        made.tasks[0], inspectors=made.inspectors[:2], recorder=made.inspectors[1], place=""
    ).value
    services.close()
    chance = random.Random(735)
    saved: dict[str, int] = {}
    for number in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("scripted_inspection.py")), str(home), inspection],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.25))
        process.kill()
        for line in process.stdout.read().split("\n")[:-1]:  # the last piece may be a cut-off line
            code, turn = line.split()
            saved[code] = int(turn)
        process.wait()
        process.stdout.close()
        services = open_services(home, environ=SURROUNDINGS, costs=CHEAP)
        services.vault.unlock(cast.SECRET)
        answers = services.inspections.view(inspection).sheets[0].answers
        for code, turn in saved.items():
            assert (answers[code].count or 0) >= turn, f"{code}: {turn} was saved, {answers[code].count} is there"
            assert answers[code].state == ("pass", "fail", "na")[(answers[code].count or 0) % 3]
        beyond = sum((answers[code].count or 0) > turn for code, turn in saved.items())
        assert beyond <= 1  # the one that was saved but not yet said
        saved = {code: one.count or 0 for code, one in answers.items()}
        # It reads the whole journal, which every round makes longer.
        checks = services.doctor.run() if number < 20 or number % 20 == 0 or number == KILLS - 1 else ()
        services.close()
        assert all(check.ok for check in checks), checks
    assert len(saved) > 0
