"""Write the table of merges and the sheets of the papers anew: `python -m tests.golden`."""

from pathlib import Path

from tests.golden.cases import FIELD_KINDS
from tests.golden.outcomes import page
from tests.golden.sheets import FOLDER, papers_drawn, sheet

if __name__ == "__main__":
    Path(__file__).with_name("merges.txt").write_text(page(FIELD_KINDS["judgement"]), encoding="utf-8", newline="\n")
    for one in papers_drawn():
        (FOLDER / f"{one.id}.txt").write_text(sheet(one), encoding="utf-8", newline="\n")
