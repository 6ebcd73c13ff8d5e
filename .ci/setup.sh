#!/usr/bin/env bash
# Make the checkout ready to run: Python environment in .venv, locked dependencies, system libraries.
# Quick when nothing changed. Usage: .ci/setup.sh [test|window|package|bench]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=${1:-test}
uv_version=0.13.9
stamp=.venv/.ready

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

is_root() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

# As root install Debian packages, else end with the command that does it.
need_packages() {
    local why=$1
    shift
    is_root || fail "$why: run  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    say "installing: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null || say "apt-get update failed; trying with the list there is"
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null || fail "apt-get could not install: $*"
}

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    local python version
    python=$(find_python) || need_packages "Python 3.11 to 3.13 is missing" python3 python3-venv
    python=$(find_python) || fail "Python 3.11 to 3.13 is missing, and this system's package is of another version"
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        need_packages "Python cannot make virtual environments" "python$version-venv"
    fi
    "$python" -m venv --clear .venv
}

have_uv() { [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$uv_version" ]; }

# uv keeps itself and pip only in an environment that `python -m venv` made; one of uv's own gets them anew here.
get_uv() {
    have_uv && return
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    say "installing uv $uv_version into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
}

sync_environment() {
    local wanted
    wanted=$(cat uv.lock pyproject.toml .ci/setup.sh | sha256sum | cut -d' ' -f1)
    if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    if ! .venv/bin/python -c '' 2>/dev/null; then
        make_venv
    fi
    get_uv
    say "installing the locked dependencies"
    rm -f $stamp
    env -u VIRTUAL_ENV -u UV_PROJECT_ENVIRONMENT UV_PYTHON_DOWNLOADS=never UV_PYTHON=.venv/bin/python \
        .venv/bin/uv sync --locked --quiet
    printf '%s\n' "$wanted" >$stamp
}

# What the PySide6 wheel links and a bare Debian 12 lacks: "soname package".
offscreen_libraries='libEGL.so.1 libegl1
libGL.so.1 libgl1
libfontconfig.so.1 libfontconfig1
libglib-2.0.so.0 libglib2.0-0
libxkbcommon.so.0 libxkbcommon0
libdbus-1.so.3 libdbus-1-3'
window_libraries='libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libX11.so.6 libx11-6
libXext.so.6 libxext6
libXrandr.so.2 libxrandr2
libpulse.so.0 libpulse0
libcups.so.2 libcups2
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libwayland-egl.so.1 libwayland-egl1'
# The peer WeasyPrint of the measurements.
bench_libraries='libpango-1.0.so.0 libpango-1.0-0
libpangoft2-1.0.so.0 libpangoft2-1.0-0
libharfbuzz.so.0 libharfbuzz0b
libharfbuzz-subset.so.0 libharfbuzz-subset0'

missing_packages() {
    local known soname package
    known=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p)
    while read -r soname package; do
        [[ $known == *"$soname "* ]] || printf '%s\n' "$package"
    done
}

# PyInstaller reads libraries with objdump and takes Python's own along; Debian's Python does without it.
missing_for_packing() {
    command -v objdump >/dev/null || echo binutils
    .venv/bin/python - <<'PYTHON'
import ctypes.util, pathlib, sys, sysconfig
name = sysconfig.get_config_var("INSTSONAME") or ""
short = f"python{sys.version_info[0]}.{sys.version_info[1]}"
here = pathlib.Path(sysconfig.get_config_var("LIBDIR") or "/", name)
if ".so" in name and not here.exists() and not ctypes.util.find_library(short):
    print(f"lib{short}")
PYTHON
}

get_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    local offscreen window
    mapfile -t offscreen < <(missing_packages <<<"$offscreen_libraries")
    mapfile -t window < <(missing_packages <<<"$window_libraries")
    if [ "$purpose" = test ] && ! is_root; then
        window=()
    fi
    if [ "$purpose" = bench ]; then
        mapfile -t -O ${#window[@]} window < <(missing_packages <<<"$bench_libraries")
    fi
    if [ "$purpose" = package ]; then
        mapfile -t -O ${#window[@]} window < <(missing_for_packing)
    fi
    local missing=("${offscreen[@]}" "${window[@]}")
    [ ${#missing[@]} -eq 0 ] || need_packages "System libraries are missing" "${missing[@]}"
}

# Two goals at once must not both build the environment.
if command -v flock >/dev/null; then
    exec 9<.ci/setup.sh
    flock 9
fi
sync_environment
get_libraries
