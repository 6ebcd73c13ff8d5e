#!/usr/bin/env bash
# Get a Chromium for the tests of the administrators' page where that is possible; without one those tests are skipped.
set -euo pipefail
for name in chromium chromium-browser google-chrome chrome msedge; do
    command -v "$name" >/dev/null && exit
done
[ -z "${YANFANG_CHROMIUM:-}" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo 'no Chromium: the tests of the administrators'\'' page are skipped (sudo apt-get install chromium fonts-noto-cjk)' >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null || true
apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null ||
    echo 'Chromium could not be installed: the tests of the administrators'\'' page are skipped' >&2
