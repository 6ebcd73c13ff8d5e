#!/usr/bin/env bash
# Measure; arguments go to the measuring program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash .ci/setup.sh bench
env -u VIRTUAL_ENV -u UV_PROJECT_ENVIRONMENT UV_PYTHON=.venv/bin/python .venv/bin/uv sync --locked --inexact --quiet --group bench
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
exec .venv/bin/python -m bench "$@"
