"""The victim of the kill test: answers items without end and says each one once it is saved.

Usage: python scripted_inspection.py HOME INSPECTION
"""

import sys
from pathlib import Path

from app.bootstrap import open_services
from app.services.demo import cast
from app.settings.key_slots import Argon2, Costs


def main() -> None:
    services = open_services(
        Path(sys.argv[1]),
        environ={"YANFANG_NO_KEYRING": "1"},
        costs=Costs(pin=Argon2(64, 1, 1), passphrase=Argon2(64, 1, 1)),
    )
    services.vault.unlock(cast.SECRET)
    inspection = sys.argv[2]
    items = [item.code for item in services.checklists.template("SGF").items]
    given = {code: one.count or 0 for code, one in services.inspections.view(inspection).sheets[0].answers.items()}
    turn = max(given.values(), default=0)
    print("ready", flush=True)
    while True:
        turn += 1
        for code in items:
            state = ("pass", "fail", "na")[turn % 3]
            services.inspections.answer(inspection, "SGF", code, state=state, count=turn)
            print(f"{code} {turn}", flush=True)


if __name__ == "__main__":
    main()
