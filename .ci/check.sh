#!/usr/bin/env bash
# Judge the source: style, types, who imports whom, words. Runs all, then fails if one failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash .ci/setup.sh
failed=()

judge() {
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then
        printf '%-14s ok\n' "$name"
    else
        printf '%-14s failed\n%s\n' "$name" "$out"
        failed+=("$name")
    fi
}

judge ruff .venv/bin/ruff check .
judge mypy .venv/bin/mypy
judge imports .venv/bin/lint-imports
judge translations .venv/bin/python -m app.gui.texts.check
if [ ${#failed[@]} -gt 0 ]; then
    printf 'make check: failed: %s\n' "${failed[*]}" >&2
    exit 1
fi
