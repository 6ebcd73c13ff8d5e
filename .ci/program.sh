#!/usr/bin/env bash
# Run the program on a rehearsal office: its window, or without a display the whole main job in build/demo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    bash .ci/setup.sh window
    exec .venv/bin/python -m app demo --window
fi
bash .ci/setup.sh
export QT_QPA_PLATFORM=offscreen
rm -rf build/demo
mkdir -p build
exec .venv/bin/python -m app demo --out build/demo
