#!/usr/bin/env bash
# Run the tests in two processes and without a display. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash .ci/setup.sh
bash .ci/browser.sh
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
unset PYTHONDONTWRITEBYTECODE
exec .venv/bin/python -m pytest -n "${JOBS:-2}" --dist worksteal --durations=10 "$@"
