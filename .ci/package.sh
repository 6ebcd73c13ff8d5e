#!/usr/bin/env bash
# Build dist/yanfang and try it: the frozen program must find in itself exactly what the source tree holds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash .ci/setup.sh package
export QT_QPA_PLATFORM=offscreen
unset PYTHONPATH

mkdir -p build
if ! .venv/bin/pyinstaller --noconfirm --log-level WARN --distpath dist --workpath build/pyinstaller build.spec >build/package.log 2>&1; then
    tail -n 40 build/package.log >&2
    exit 1
fi

# What build.spec leaves out must not be missed by what it keeps.
if command -v ldd >/dev/null; then
    lost=$(find dist/yanfang/_internal -name '*.so*' -type f -exec ldd {} + 2>/dev/null |
        awk '/^[^ \t]/ {file = $1} /not found/ {print file, $1}' | sort -u)
    [ -z "$lost" ] || { printf 'packed without what it links to:\n%s\n' "$lost" >&2; exit 1; }
fi

# From an empty folder and without the checkout's environment, as on the inspector's laptop.
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
program=$PWD/dist/yanfang/yanfang

frozen() {
    (cd "$elsewhere" && env -i HOME="$elsewhere" PATH=/usr/bin:/bin QT_QPA_PLATFORM=offscreen YANFANG_NO_KEYRING=1 "$@")
}

.venv/bin/python -m app selftest --json >build/selftest-source.json
frozen "$program" selftest --json >build/selftest-frozen.json
if ! cmp -s build/selftest-source.json build/selftest-frozen.json; then
    echo 'the frozen program differs from the source tree:' >&2
    diff build/selftest-source.json build/selftest-frozen.json >&2 || true
    exit 1
fi
frozen "$program" selftest

# The whole main job with the frozen server beside it.
frozen "$program" demo --out "$elsewhere/demo" --json >build/demo-frozen.json
[ -s "$elsewhere/demo/record.pdf" ] || { echo 'the frozen program made no record' >&2; exit 1; }

# The window must still be there when the time is up.
status=0
frozen timeout -k 5 8 "$program" 2>build/window-frozen.log || status=$?
if [ "$status" -ne 124 ] || grep -qE 'Traceback|window\.bug|ERROR' build/window-frozen.log; then
    echo "the frozen window ended with $status:" >&2
    cat build/window-frozen.log >&2
    exit 1
fi
printf 'dist/yanfang: %s; selftest as in the source tree, main job done, window opens\n' "$(du -sh dist/yanfang | cut -f1)"
