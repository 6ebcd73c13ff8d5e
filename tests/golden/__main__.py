"""Write the table of merges and the sheets and page digests of the papers anew: `python -m tests.golden`."""

import json
from pathlib import Path

from tests.golden.cases import FIELD_KINDS
from tests.golden.outcomes import page
from tests.golden.sheets import FOLDER, PAGES, all_printed, digests, sheet

if __name__ == "__main__":
    Path(__file__).with_name("merges.txt").write_text(page(FIELD_KINDS["judgement"]), encoding="utf-8", newline="\n")
    for paper, made in all_printed().items():
        (FOLDER / f"{paper}.txt").write_text(sheet(made()), encoding="utf-8", newline="\n")
    PAGES.write_text(json.dumps(digests(), indent=1) + "\n", encoding="utf-8", newline="\n")
