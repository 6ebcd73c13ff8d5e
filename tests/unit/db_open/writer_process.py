"""Write visits one by one for ever and say each number once it is durable (killed by the test)."""

import sys
from pathlib import Path

from sqlalchemy import text

from app.db.engine import for_writing, make_engine
from tests.unit.db_open.small_store import KEY


def main() -> None:
    """Add visits and their ticks; print the visit's id after each commit."""
    engine = for_writing(make_engine(Path(sys.argv[1]), KEY))
    while True:
        with engine.begin() as tx:
            visit = tx.execute(text("INSERT INTO visit(place) VALUES ('x') RETURNING id")).scalar_one()
            for n in range(20):
                tx.execute(text("INSERT INTO tick(visit, n) VALUES (:v, :n)"), {"v": visit, "n": n})
        print(visit, flush=True)


if __name__ == "__main__":
    main()
