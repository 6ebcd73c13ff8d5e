"""Write the table anew: `python -m tests.golden`."""

from pathlib import Path

from tests.golden.cases import FIELD_KINDS
from tests.golden.outcomes import page

if __name__ == "__main__":
    Path(__file__).with_name("merges.txt").write_text(page(FIELD_KINDS["judgement"]), encoding="utf-8", newline="\n")
