"""What a hostile sender may try is refused in less than two seconds and 512 MiB."""

import json
import os
import subprocess
import sys

import pytest

from tests.unit.sync.kit import ROOT

MOST_S = 2.0
MOST_MIB = 512


@pytest.mark.timeout(240)
def test_hostile_bodies_lines_names_chunks_and_packets_are_refused_quickly_and_in_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.hostile_process"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    ready, *cases = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(cases) > 150
    assert [one for one in cases if one["refused"].startswith(("TAKEN", "BROKE", "5"))] == []
    assert [one for one in cases if one["seconds"] >= MOST_S] == []
    assert [one for one in cases if one["peak_mib"] >= MOST_MIB] == []
    assert ready["ready"] < MOST_MIB / 2  # otherwise the limit would be met by the cases' own bytes
