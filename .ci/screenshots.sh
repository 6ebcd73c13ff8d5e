#!/usr/bin/env bash
# Take the pictures of docs/images from the real window, without a display; arguments go to docs/images/take.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash .ci/setup.sh
exec env QT_QPA_PLATFORM=offscreen .venv/bin/python docs/images/take.py "$@"
