"""The table, on the screen and in the documentation."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from bench.method import Row, Section

_HEAD = ("what", "ours", "bound or peer", "ratio", "goal", "verdict")
_METHOD = """\
`make bench` measures the program against bounds and peers and writes this page. Ours and theirs take turns in one run,
on one disk; the ratio is the median of the ratios round by round. Absolute times, given as median (least–most), move
with the machine: only the ratios are goals. All data are made by code with a fixed seed.

- **One answer saved**: `services.inspections.answer` against one upsert by Python's `sqlite3` in WAL mode with
  `synchronous=FULL`, one each in turn. Ours is encrypted, writes the signed journal line, and reads
  the answer back.
- **An inspection opened**: `view`, `evidence.of` and `findings.of` against plain SELECTs of the same rows through the
  driver, same file, same key.
- **A record printed**: `forms.render`. The bare canvas draws every line, box and picture that ours draws, at the
  places where ours put them: it lays nothing out and hashes nothing. The program's own layout of 40 photos with
  captions, digests and places to sign takes more than twelve pages. ReportLab's and WeasyPrint's layouts hold the same
  texts, tables and photos in the same faces; photos are 640 px, and that all are in each file is checked.
- **Photos taken in**: `services.evidence.take` of 12 photos; the parts are a copy with `fsync`, SHA-256, SM3, thumbnail
  with print rendition (Pillow, reduced decoding), and a row committed by plain SQLite, added up. Ours also encrypts and
  decodes in a fenced process.
- **A register imported**: `services.registers.bring_in` of 30,000 rows of 15 columns, one in twenty there twice, into an
  empty register. The first peer reads the same file with the same library and inserts its cells into plain SQLite; the
  second reads it and inserts, ready-made, the very rows and signed lines that ours leaves, encrypted. What lies between
  is checking, matching, encoding and signing.
- **Search in the register**: every key of ten words typed letter by letter into 50,000 institutions that an import brought
  in, by the service, and in the real window: there the longest silence of its event loop. "Computing" is processor time of
  the one thread; the peer is `LIKE` over name, codes and address in the same encrypted store, which knows no initials.
- **Beside other programs**: the same 10,000 records by PouchDB (express-pouchdb, LevelDB; tuned: 2,000 documents a batch)
  and by Anki's own sync. Neither signs, encrypts at rest or keeps a journal; ours does all three at both ends. They are no
  dependency: `NODE_PATH` and `ANKI_PYTHON` say where they are installed (bench/beside/__init__.py).
- **The window starts**: fresh processes, from their start to the first paint; the rest of the program loads behind it.
- **The window stays awake**: a timer of 5 ms on the window's thread; the longest time without a beat, less the 5 ms,
  median of three runs, each in a fresh process over a store of 1,000 inspections. "Computing" is the processor time of
  that thread within it; the rest it waited.
"""


def table(rows: Sequence[Row]) -> str:
    """Return rows as a Markdown table."""
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD)]
    lines += [
        "| " + " | ".join((row.what, row.ours, row.peer, row.ratio, row.goal, row.verdict)) + " |"
        for row in rows
    ]
    return "\n".join(lines)


def page(sections: Sequence[Section], machine: str, when: dt.date) -> str:
    """Return the whole page of the documentation."""
    parts = ["# Performance", _METHOD, f"Measured on {when.isoformat()}: {machine}."]
    parts.append(table([row for section in sections for row in section.rows]))
    noted = [section for section in sections if section.notes]
    if noted:
        parts.append("## Notes")
    for section in noted:
        parts.append(f"{section.title}:\n\n" + "\n".join(f"- {note}" for note in section.notes))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def write(path: Path, text: str) -> None:
    """Replace the page."""
    path.write_text(text, encoding="utf-8", newline="\n")
