#!/usr/bin/env bash
# Take the pictures of docs/images from the real window, without a display.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash .ci/setup.sh
env QT_QPA_PLATFORM=offscreen .venv/bin/python docs/images/take.py "$@"
[ $# -gt 0 ] || .venv/bin/python docs/images/take_admin.py
[ $# -gt 0 ] || env QT_QPA_PLATFORM=offscreen .venv/bin/python docs/images/take_members.py
