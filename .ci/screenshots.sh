#!/usr/bin/env bash
# Take the pictures of docs/images on a virtual screen.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash .ci/setup.sh screenshots
exec xvfb-run -a -s '-screen 0 1920x1200x24' .venv/bin/python -m bench.screenshots "$@"
