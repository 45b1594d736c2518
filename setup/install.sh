#!/bin/sh
# Installs into a virtual environment, which it makes. Usage: setup/install.sh VENV REQUIREMENT...
# With uv, which takes a third of pip's time, where it is on the PATH or can be had; else with pip.
set -eu

venv=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
constraints=$root/requirements/constraints.txt
python=$venv/bin/python

uv=$(command -v uv || true)
[ -n "$uv" ] && "$uv" --version >/dev/null 2>&1 || uv=

if [ ! -x "$python" ]; then
    found=$("$root/setup/python.sh")
    if [ -z "$uv" ] || ! "$uv" venv --quiet --seed --python "$found" "$venv" 2>/dev/null; then
        rm -rf "$venv"
        "$found" -m venv "$venv"
    fi
fi
if [ -z "$uv" ]; then
    "$python" -m pip install --quiet uv 2>/dev/null && uv=$venv/bin/uv || true
fi
if [ -n "$uv" ] && "$uv" pip install --quiet --python "$python" --constraint "$constraints" "$@"; then
    exit 0
fi
"$python" -m pip install --quiet --constraint "$constraints" "$@"
