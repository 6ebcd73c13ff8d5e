"""First push and first pull beside PouchDB and Anki's sync, where they are installed; stores are compared at the end.

NODE_PATH is the `node_modules` where `npm install pouchdb express@4 express-pouchdb` put its packages; ANKI_PYTHON is a
Python with the package `anki`. Both may be in no environment of the program: neither is a dependency of it.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bench.method import NO_GOAL, Goal, Row, Section, compared
from bench.syncing import MBIT, OURS, RTT_MS, Driven, Kind, Office, meeting, weak_line

ROUNDS = 2
TUNED = {"BATCH": "2000"}
_HERE = Path(__file__).parent
FASTER = {
    "first push": Goal("at_least", 5.0, "≥ 5× faster"),
    "first pull": Goal("at_least", 6.0, "≥ 6× faster"),
}
NEAR_GOALS = {"PouchDB": FASTER}
WEAK_GOALS = {name: {"first push": FASTER["first push"]} for name in ("Anki's normal sync", "PouchDB tuned")}
Found = dict[str, list[float]]


def measure(folder: Path) -> Section:
    """Push and pull 10,000 records, each peer and the program in turn, on loopback and over a weak line."""
    peers, notes = installed()
    near: dict[str, Found] = {name: {} for name in ("ours", *peers)}
    # PouchDB as it comes goes back and forth a thousand times: minutes over a weak line, and nothing is asked there.
    weak: dict[str, Found] = {name: {} for name in near if name != "PouchDB"}
    kinds = {"ours": OURS, **peers}
    for number in range(ROUNDS if peers else 0):
        for name, found in near.items():
            _run(folder / f"near-{number}-{len(name)}", kinds[name], found, is_weak=False)
        for name, found in weak.items():
            _run(folder / f"weak-{number}-{len(name)}", kinds[name], found, is_weak=True)
    rows = [*_rows(near, "loopback", NEAR_GOALS), *_rows(weak, f"{RTT_MS} ms, {MBIT} Mbit/s", WEAK_GOALS)]
    return Section("Beside other programs", tuple(rows), tuple(notes))


def installed(environ: Mapping[str, str] = os.environ) -> tuple[dict[str, Kind], list[str]]:
    """Return the peers that can run, and a sentence for each that cannot."""
    peers: dict[str, Kind] = {}
    notes = []
    modules, node = environ.get("NODE_PATH", ""), shutil.which("node")
    if node and modules and (Path(modules) / "express-pouchdb").is_dir():
        peers["PouchDB"] = _pouch(node, {"NODE_PATH": modules})
        peers["PouchDB tuned"] = _pouch(node, {"NODE_PATH": modules, **TUNED})
    else:
        notes.append(
            "PouchDB was left out: NODE_PATH names no folder with express-pouchdb, or there is no node."
        )
    python = environ.get("ANKI_PYTHON", "")
    if (
        python
        and subprocess.run([python, "-c", "import anki.collection"], capture_output=True).returncode == 0
    ):
        peers["Anki's normal sync"] = _anki(python)
    else:
        notes.append("Anki was left out: ANKI_PYTHON names no Python with the package anki.")
    return peers, notes


def _pouch(node: str, environ: Mapping[str, str]) -> Kind:
    return Kind(
        lambda data, port: (node, str(_HERE / "pouch_server.js"), str(port), str(data)),
        lambda office, folder, port: Driven((node, str(_HERE / "pouch_driver.js")), office, folder, port),
        environ,
    )


def _anki(python: str) -> Kind:
    script = str(_HERE / "anki_driver.py")
    return Kind(
        lambda data, port: (python, script, "serve", str(port), str(data)),
        lambda office, folder, port: Driven((python, script), office, folder, port),
        {"PYTHONPATH": ""},  # the modules of the program are none of Anki's
    )


def _run(folder: Path, kind: Kind, found: Found, *, is_weak: bool) -> None:
    with meeting(folder, kind) as office:
        if not is_weak:
            _meet(office, found, office.port)
            return
        with weak_line(office.port) as line:
            _meet(office, found, line.port)


def _meet(office: Office, found: Found, port: int) -> None:
    first, second = office.laptop("a", port), office.laptop("b", port)
    assert isinstance(first, Driven)
    assert isinstance(second, Driven)
    first.sync()  # what is needed once: a login, an empty collection sent whole
    second.sync()
    first.load()

    def keep(what: str, laptop: Driven, command: str) -> None:
        found.setdefault(what, []).append(float(laptop.ask(command)["s"]))

    keep("first push", first, "push")
    keep("first pull", second, "pull")
    keep("no change", first, "push")
    first.touch()
    keep("10 changed, push", first, "push")
    keep("10 changed, pull", second, "pull")
    if first.digest() != second.digest():
        raise RuntimeError("the stores differ")


def _rows(found: Mapping[str, Found], line: str, goals: Mapping[str, Mapping[str, Goal]]) -> list[Row]:
    rows = []
    for peer in found:
        if peer == "ours":
            continue
        for what, seconds in found["ours"].items():
            goal = goals.get(peer, {}).get(what, NO_GOAL)
            rows.append(compared(f"{what}, {line}", seconds, (peer, found[peer][what]), goal))
    return rows
